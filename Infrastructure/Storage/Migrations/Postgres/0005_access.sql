-- Who changed what, and what was refused to whom. times is how often the same was refused, where that is counted and not kept one by one.
create table audit_records (
    organization_id text collate "C" not null,
    id text collate "C" not null,
    at text collate "C" not null,
    request_id text collate "C" not null,
    actor_kind text collate "C" not null,
    actor text collate "C" not null,
    operation text collate "C",
    method text collate "C",
    path text collate "C",
    status integer,
    scim_type text collate "C",
    resource_type text collate "C",
    resource_id text collate "C",
    version bigint,
    times bigint not null,
    primary key (organization_id, id)
);

-- OAuth clients: with secrets (RFC 6749), or with a trust in who signs their assertions (RFC 7523), which is issuer to audience; reusable is 1 where an assertion
-- may be shown again.
create table clients (
    organization_id text collate "C" not null references organizations (id),
    id text collate "C" not null,
    name text not null,
    scope text collate "C" not null,
    issuer text collate "C",
    jwks_uri text collate "C",
    subject text collate "C",
    audience text collate "C",
    reusable bigint not null,
    created_at text collate "C" not null,
    last_used_at text collate "C",
    revoked_at text collate "C",
    primary key (organization_id, id)
);

create unique index clients_id on clients (id);
create index clients_issuer on clients (issuer, subject, audience) where issuer is not null;

create table client_secrets (
    organization_id text collate "C" not null,
    id text collate "C" not null,
    client_id text collate "C" not null,
    hash bytea not null,
    created_at text collate "C" not null,
    expires_at text collate "C" not null,
    last_used_at text collate "C",
    revoked_at text collate "C",
    primary key (organization_id, id),
    foreign key (organization_id, client_id) references clients (organization_id, id)
);

create index client_secrets_client_id on client_secrets (organization_id, client_id);

-- What clients are given in exchange. secret_id is null where an assertion was.
create table access_tokens (
    organization_id text collate "C" not null,
    id text collate "C" not null,
    client_id text collate "C" not null,
    secret_id text collate "C",
    scope text collate "C" not null,
    hash bytea not null,
    created_at text collate "C" not null,
    expires_at text collate "C" not null,
    primary key (organization_id, id),
    foreign key (organization_id, client_id) references clients (organization_id, id)
);

create unique index access_tokens_hash on access_tokens (hash);
create index access_tokens_client_id on access_tokens (organization_id, client_id, expires_at);

-- Assertions that were exchanged, until they expire: none is taken twice, on whatever server.
create table used_assertions (
    organization_id text collate "C" not null,
    client_id text collate "C" not null,
    hash bytea not null,
    expires_at text collate "C" not null,
    primary key (organization_id, client_id, hash),
    foreign key (organization_id, client_id) references clients (organization_id, id)
);

create index used_assertions_expires_at on used_assertions (organization_id, client_id, expires_at);
