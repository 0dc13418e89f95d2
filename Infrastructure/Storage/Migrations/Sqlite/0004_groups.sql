-- The members of a group are rows of memberships. So its document has none, and the version and times in it are those of the last
-- change of the document itself: the columns say what holds.
create table groups (
    organization_id text not null references organizations (id),
    id text not null,
    version integer not null,
    created_at text not null,
    last_modified_at text not null,
    display_name text not null,
    display_name_key text not null,
    external_id text,
    document blob not null,
    search blob not null,
    primary key (organization_id, id)
) strict;

create index groups_display_name_key on groups (organization_id, display_name_key, id);
create index groups_external_id on groups (organization_id, external_id, id) where external_id is not null;
create index groups_without_external_id on groups (organization_id, id) where external_id is null;

-- Who is a member of which group. member_type is User or Group.
create table memberships (
    organization_id text not null,
    group_id text not null,
    member_id text not null,
    member_type text not null,
    primary key (organization_id, group_id, member_id)
) strict, without rowid;

-- The groups of a member.
create index memberships_member_id on memberships (organization_id, member_id, group_id);
-- The groups in a group, found without reading its other members.
create index memberships_of_groups on memberships (organization_id, group_id, member_id) where member_type = 'Group';

-- The role that the members of a group have at least. role_key is a value of the organization's catalogue in the form in which roles compare.
create table role_mappings (
    organization_id text not null,
    group_id text not null,
    role_key text not null,
    primary key (organization_id, group_id)
) strict, without rowid;

-- The groups that a deleted user was in, for its restoration.
create table deleted_memberships (
    organization_id text not null,
    member_id text not null,
    group_id text not null,
    primary key (organization_id, member_id, group_id)
) strict, without rowid;

create index deleted_memberships_group_id on deleted_memberships (organization_id, group_id);

create trigger deleted_users_out_of_groups after delete on deleted_users begin
    delete from deleted_memberships where organization_id = old.organization_id and member_id = old.id;
end;

create trigger groups_counted_in after insert on groups begin
    insert into resource_counts (organization_id, resource_type, total) values (new.organization_id, 'Group', 1)
    on conflict (organization_id, resource_type) do update set total = total + 1;
end;

create trigger groups_counted_out after delete on groups begin
    update resource_counts set total = total - 1
    where organization_id = old.organization_id and resource_type = 'Group';
end;

-- Without these the planner takes an organization for ten rows, and reads all of its memberships to find one.
analyze sqlite_schema;
insert into sqlite_stat1 (tbl, idx, stat) values
    ('groups', 'sqlite_autoindex_groups_1', '100000 10000 1'),
    ('groups', 'groups_display_name_key', '100000 10000 1 1'),
    ('groups', 'groups_external_id', '100000 10000 1 1'),
    ('memberships', 'memberships', '10000000 1000000 100 1'),
    ('memberships', 'memberships_member_id', '10000000 1000000 5 1'),
    ('memberships', 'memberships_of_groups', '100000 10000 5 1'),
    ('deleted_memberships', 'deleted_memberships', '100000 10000 5 1'),
    ('deleted_memberships', 'deleted_memberships_group_id', '100000 10000 10');
analyze sqlite_schema;
