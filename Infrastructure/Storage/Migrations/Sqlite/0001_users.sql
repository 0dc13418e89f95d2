-- Times are UTC text of one width (2026-11-23T10:00:00.000Z), so that their order is the order of their bytes.
-- Keys (…_key) hold the form in which values are compared; documents are the UTF-8 bytes that are served.

create table organizations (
    id text not null primary key,
    name text not null,
    name_key text not null,
    settings text not null,
    created_at text not null
) strict;

create unique index organizations_name_key on organizations (name_key);

create table tokens (
    organization_id text not null references organizations (id),
    id text not null,
    name text not null,
    scope text not null,
    hash blob not null,
    created_at text not null,
    expires_at text,
    last_used_at text,
    revoked_at text,
    primary key (organization_id, id)
) strict;

create unique index tokens_hash on tokens (hash);

create table users (
    organization_id text not null references organizations (id),
    id text not null,
    version integer not null,
    created_at text not null,
    last_modified_at text not null,
    user_name_key text not null,
    external_id text,
    display_name_key text,
    active integer not null,
    role_key text,
    document blob not null,
    search blob not null,
    primary key (organization_id, id)
) strict;

-- Decides every race for a userName.
create unique index users_user_name_key on users (organization_id, user_name_key);
-- The id at the end keeps their rows in the order of a list; without it the planner walks the whole organization in that order.
create index users_external_id on users (organization_id, external_id, id) where external_id is not null;
create index users_display_name_key on users (organization_id, display_name_key, id) where display_name_key is not null;
-- The last-owner guard reads nothing else.
create index users_active_owners on users (organization_id, id) where role_key = 'owner' and active = 1;

-- Tombstones: rows that SCIM no longer shows, kept for the retention time.
create table deleted_users (
    organization_id text not null references organizations (id),
    id text not null,
    version integer not null,
    created_at text not null,
    last_modified_at text not null,
    user_name_key text not null,
    external_id text,
    display_name_key text,
    active integer not null,
    role_key text,
    document blob not null,
    search blob not null,
    deleted_at text not null,
    primary key (organization_id, id)
) strict;

-- totalResults of an unfiltered list, exact without counting rows.
create table resource_counts (
    organization_id text not null references organizations (id),
    resource_type text not null,
    total integer not null,
    primary key (organization_id, resource_type)
) strict, without rowid;

create trigger users_counted_in after insert on users begin
    insert into resource_counts (organization_id, resource_type, total) values (new.organization_id, 'User', 1)
    on conflict (organization_id, resource_type) do update set total = total + 1;
end;

create trigger users_counted_out after delete on users begin
    update resource_counts set total = total - 1
    where organization_id = old.organization_id and resource_type = 'User';
end;
