-- The same tables as on SQLite. Text is compared by its bytes (collate "C"), as everywhere in this program.
-- Times are UTC text of one width (2026-11-23T10:00:00.000Z), so that their order is the order of their bytes.
-- Keys (…_key) hold the form in which values are compared; documents are the UTF-8 bytes that are served.

create table organizations (
    id text collate "C" not null primary key,
    name text not null,
    name_key text collate "C" not null,
    settings text not null,
    created_at text collate "C" not null
);

create unique index organizations_name_key on organizations (name_key);

create table tokens (
    organization_id text collate "C" not null references organizations (id),
    id text collate "C" not null,
    name text not null,
    scope text not null,
    hash bytea not null,
    created_at text collate "C" not null,
    expires_at text collate "C",
    last_used_at text collate "C",
    revoked_at text collate "C",
    primary key (organization_id, id)
);

create unique index tokens_hash on tokens (hash);

create table users (
    organization_id text collate "C" not null references organizations (id),
    id text collate "C" not null,
    version bigint not null,
    created_at text collate "C" not null,
    last_modified_at text collate "C" not null,
    user_name_key text collate "C" not null,
    external_id text collate "C",
    display_name_key text collate "C",
    active bigint not null,
    role_key text collate "C",
    document bytea not null,
    search jsonb not null,
    primary key (organization_id, id)
);

-- Decides every race for a userName.
create unique index users_user_name_key on users (organization_id, user_name_key);
-- The id at the end keeps their rows in the order of a list.
create index users_external_id on users (organization_id, external_id, id) where external_id is not null;
create index users_display_name_key on users (organization_id, display_name_key, id) where display_name_key is not null;
-- The last-owner guard reads nothing else.
create index users_active_owners on users (organization_id, id) where role_key = 'owner' and active = 1;

-- Tombstones: rows that SCIM no longer shows, kept for the retention time.
create table deleted_users (
    organization_id text collate "C" not null references organizations (id),
    id text collate "C" not null,
    version bigint not null,
    created_at text collate "C" not null,
    last_modified_at text collate "C" not null,
    user_name_key text collate "C" not null,
    external_id text collate "C",
    display_name_key text collate "C",
    active bigint not null,
    role_key text collate "C",
    document bytea not null,
    search jsonb not null,
    deleted_at text collate "C" not null,
    primary key (organization_id, id)
);

-- totalResults of an unfiltered list, exact without counting rows. Sixteen rows share the count, so that writers do not queue for
-- one; which of them a writer takes follows from its session. A single row can go below zero, their sum cannot.
create table resource_counts (
    organization_id text collate "C" not null references organizations (id),
    resource_type text collate "C" not null,
    shard integer not null,
    total bigint not null,
    primary key (organization_id, resource_type, shard)
);

create function count_user() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        insert into resource_counts (organization_id, resource_type, shard, total)
        values (new.organization_id, 'User', pg_backend_pid() % 16, 1)
        on conflict (organization_id, resource_type, shard) do update set total = resource_counts.total + 1;
    else
        insert into resource_counts (organization_id, resource_type, shard, total)
        values (old.organization_id, 'User', pg_backend_pid() % 16, -1)
        on conflict (organization_id, resource_type, shard) do update set total = resource_counts.total - 1;
    end if;
    return null;
end
$$;

create trigger users_counted after insert or delete on users for each row execute function count_user();
