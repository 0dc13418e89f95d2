-- The members of a group are rows of memberships. So its document has none, and the version and times in it are those of the last
-- change of the document itself: the columns say what holds.
create table groups (
    organization_id text collate "C" not null references organizations (id),
    id text collate "C" not null,
    version bigint not null,
    created_at text collate "C" not null,
    last_modified_at text collate "C" not null,
    display_name text not null,
    display_name_key text collate "C" not null,
    external_id text collate "C",
    document bytea not null,
    search jsonb not null,
    primary key (organization_id, id)
);

create index groups_display_name_key on groups (organization_id, display_name_key, id);
create index groups_external_id on groups (organization_id, external_id, id) where external_id is not null;
create index groups_without_external_id on groups (organization_id, id) where external_id is null;

-- Who is a member of which group. member_type is User or Group.
create table memberships (
    organization_id text collate "C" not null,
    group_id text collate "C" not null,
    member_id text collate "C" not null,
    member_type text collate "C" not null,
    primary key (organization_id, group_id, member_id)
);

-- The groups of a member.
create index memberships_member_id on memberships (organization_id, member_id, group_id);
-- The groups in a group, found without reading its other members.
create index memberships_of_groups on memberships (organization_id, group_id, member_id) where member_type = 'Group';

-- The role that the members of a group have at least. role_key is a value of the organization's catalogue in the form in which roles compare.
create table role_mappings (
    organization_id text collate "C" not null,
    group_id text collate "C" not null,
    role_key text collate "C" not null,
    primary key (organization_id, group_id)
);

-- The groups that a deleted user was in, for its restoration.
create table deleted_memberships (
    organization_id text collate "C" not null,
    member_id text collate "C" not null,
    group_id text collate "C" not null,
    primary key (organization_id, member_id, group_id)
);

create index deleted_memberships_group_id on deleted_memberships (organization_id, group_id);

create function forget_memberships() returns trigger language plpgsql as $$
begin
    delete from deleted_memberships where organization_id = old.organization_id and member_id = old.id;
    return null;
end
$$;

create trigger deleted_users_out_of_groups after delete on deleted_users for each row execute function forget_memberships();

create function count_group() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        insert into resource_counts (organization_id, resource_type, shard, total)
        values (new.organization_id, 'Group', pg_backend_pid() % 16, 1)
        on conflict (organization_id, resource_type, shard) do update set total = resource_counts.total + 1;
    else
        insert into resource_counts (organization_id, resource_type, shard, total)
        values (old.organization_id, 'Group', pg_backend_pid() % 16, -1)
        on conflict (organization_id, resource_type, shard) do update set total = resource_counts.total - 1;
    end if;
    return null;
end
$$;

create trigger groups_counted after insert or delete on groups for each row execute function count_group();
