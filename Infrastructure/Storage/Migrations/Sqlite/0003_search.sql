-- Seals the cursors of an organization's lists, so that none can be made up, changed, or used by another organization.
alter table organizations add column cursor_key blob;
update organizations set cursor_key = randomblob(32);

-- The attributes that an organization wants to be looked up fast: where their values lie in the shadow, and, where they have several,
-- which member of each is meant ('' where the values are simple; null where there is one value).
create table indexed_attributes (
    organization_id text not null,
    attribute text not null,
    path text not null,
    member text,
    primary key (organization_id, attribute)
) strict, without rowid;

-- Which users have which value of an attribute that lies in the shadow, and under which type ('' where it has none). Keys are cut off
-- after 128 characters: of longer ones this tells candidates only.
create table user_lookups (
    organization_id text not null,
    attribute text not null,
    value_key text not null,
    id text not null,
    type_key text not null,
    primary key (organization_id, attribute, value_key, id, type_key)
) strict, without rowid;

-- Values, beside userName, that a schema of the operator wants to be unique in an organization.
create table user_uniques (
    organization_id text not null,
    attribute text not null,
    value_key text not null,
    id text not null,
    primary key (organization_id, attribute, value_key)
) strict, without rowid;

create index user_uniques_id on user_uniques (organization_id, id);

-- What user_lookups holds of each user: e-mail addresses for all organizations, and what each has marked.
create view user_values (organization_id, attribute, value_key, id, type_key) as
select u.organization_id, 'emails.value', substr(e.value ->> '$.value', 1, 128), u.id,
    coalesce(substr(e.value ->> '$.type', 1, 128), '')
from users u join json_each(u.search, '$.emails') e
where e.value ->> '$.value' is not null
union all
select i.organization_id, i.attribute, substr(u.search ->> i.path, 1, 128), u.id, ''
from indexed_attributes i cross join users u
where u.organization_id = i.organization_id and i.member is null and u.search ->> i.path is not null
union all
select i.organization_id, i.attribute, substr(case when i.member = '' then e.value when e.type = 'object' then e.value ->> i.member end, 1, 128), u.id,
    coalesce(substr(case e.type when 'object' then e.value ->> '$.type' end, 1, 128), '')
from indexed_attributes i cross join users u join json_each(u.search, i.path) e
where u.organization_id = i.organization_id and i.member is not null and case when i.member = '' then e.value when e.type = 'object' then e.value ->> i.member end is not null;

insert into user_lookups (organization_id, attribute, value_key, id, type_key)
select organization_id, attribute, value_key, id, type_key from user_values where true
on conflict do nothing;

create trigger users_looked_up_in after insert on users begin
    insert into user_lookups (organization_id, attribute, value_key, id, type_key)
    select organization_id, attribute, value_key, id, type_key from user_values where organization_id = new.organization_id and id = new.id
    on conflict do nothing;
end;

create trigger users_looked_up_out before delete on users begin
    delete from user_uniques where organization_id = old.organization_id and id = old.id;
    delete from user_lookups where (organization_id, attribute, value_key, id, type_key) in (
        select organization_id, attribute, value_key, id, type_key from user_values where organization_id = old.organization_id and id = old.id);
end;

create trigger users_looked_up_before before update of search on users
when (old.search -> '$.emails') is not (new.search -> '$.emails') or exists (select 1 from indexed_attributes where organization_id = old.organization_id)
begin
    delete from user_lookups where (organization_id, attribute, value_key, id, type_key) in (
        select organization_id, attribute, value_key, id, type_key from user_values where organization_id = old.organization_id and id = old.id);
end;

create trigger users_looked_up_after after update of search on users
when (old.search -> '$.emails') is not (new.search -> '$.emails') or exists (select 1 from indexed_attributes where organization_id = new.organization_id)
begin
    insert into user_lookups (organization_id, attribute, value_key, id, type_key)
    select organization_id, attribute, value_key, id, type_key from user_values where organization_id = new.organization_id and id = new.id
    on conflict do nothing;
end;

-- Who has none of an attribute, for lists that are ordered by it.
create index users_without_external_id on users (organization_id, id) where external_id is null;
create index users_without_display_name on users (organization_id, id) where display_name_key is null;
