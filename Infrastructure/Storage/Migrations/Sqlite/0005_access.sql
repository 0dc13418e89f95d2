-- Who changed what, and what was refused to whom. times is how often the same was refused, where that is counted and not kept one by one.
create table audit_records (
    organization_id text not null,
    id text not null,
    at text not null,
    request_id text not null,
    actor_kind text not null,
    actor text not null,
    operation text,
    method text,
    path text,
    status integer,
    scim_type text,
    resource_type text,
    resource_id text,
    version integer,
    times integer not null,
    primary key (organization_id, id)
) strict, without rowid;

-- OAuth clients: with secrets (RFC 6749), or with a trust in who signs their assertions (RFC 7523), which is issuer to audience; reusable is 1 where an assertion
-- may be shown again.
create table clients (
    organization_id text not null references organizations (id),
    id text not null,
    name text not null,
    scope text not null,
    issuer text,
    jwks_uri text,
    subject text,
    audience text,
    reusable integer not null,
    created_at text not null,
    last_used_at text,
    revoked_at text,
    primary key (organization_id, id)
) strict;

create unique index clients_id on clients (id);
create index clients_issuer on clients (issuer, subject, audience) where issuer is not null;

create table client_secrets (
    organization_id text not null,
    id text not null,
    client_id text not null,
    hash blob not null,
    created_at text not null,
    expires_at text not null,
    last_used_at text,
    revoked_at text,
    primary key (organization_id, id),
    foreign key (organization_id, client_id) references clients (organization_id, id)
) strict;

create index client_secrets_client_id on client_secrets (organization_id, client_id);

-- What clients are given in exchange. secret_id is null where an assertion was.
create table access_tokens (
    organization_id text not null,
    id text not null,
    client_id text not null,
    secret_id text,
    scope text not null,
    hash blob not null,
    created_at text not null,
    expires_at text not null,
    primary key (organization_id, id),
    foreign key (organization_id, client_id) references clients (organization_id, id)
) strict;

create unique index access_tokens_hash on access_tokens (hash);
create index access_tokens_client_id on access_tokens (organization_id, client_id, expires_at);

-- Assertions that were exchanged, until they expire: none is taken twice, on whatever server.
create table used_assertions (
    organization_id text not null,
    client_id text not null,
    hash blob not null,
    expires_at text not null,
    primary key (organization_id, client_id, hash),
    foreign key (organization_id, client_id) references clients (organization_id, id)
) strict, without rowid;

create index used_assertions_expires_at on used_assertions (organization_id, client_id, expires_at);
