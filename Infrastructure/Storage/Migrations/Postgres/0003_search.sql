-- Reads go on meanwhile. Changes of users wait from here on, so that none is missed below; every change takes its users first.
lock table users in share row exclusive mode;

-- The attributes that an organization wants to be looked up fast: where their values lie in the shadow, and, where they have several,
-- which member of each is meant ('' where the values are simple; null where there is one value).
create table indexed_attributes (
    organization_id text collate "C" not null,
    attribute text collate "C" not null,
    path text not null,
    member text,
    primary key (organization_id, attribute)
);

-- Which users have which value of an attribute that lies in the shadow, and under which type ('' where it has none). Keys are cut off
-- after 128 characters: of longer ones this tells candidates only.
create table user_lookups (
    organization_id text collate "C" not null,
    attribute text collate "C" not null,
    value_key text collate "C" not null,
    id text collate "C" not null,
    type_key text collate "C" not null,
    primary key (organization_id, attribute, value_key, id, type_key)
);

-- Values, beside userName, that a schema of the operator wants to be unique in an organization.
create table user_uniques (
    organization_id text collate "C" not null,
    attribute text collate "C" not null,
    value_key text collate "C" not null,
    id text collate "C" not null,
    primary key (organization_id, attribute, value_key)
);

create index user_uniques_id on user_uniques (organization_id, id);

-- What user_lookups holds of each user: e-mail addresses for all organizations, and what each has marked.
create view user_values (organization_id, attribute, value_key, id, type_key) as
select u.organization_id, 'emails.value', left(e.value ->> 'value', 128) collate "C", u.id,
    coalesce(left(e.value ->> 'type', 128), '') collate "C"
from users u, jsonb_array_elements(case jsonb_typeof(u.search -> 'emails') when 'array' then u.search -> 'emails' else '[]' end) e
where e.value ->> 'value' is not null
union all
select i.organization_id, i.attribute, left(u.search #>> cast(i.path as text[]), 128) collate "C", u.id, ''
from indexed_attributes i, users u
where u.organization_id = i.organization_id and i.member is null and u.search #>> cast(i.path as text[]) is not null
union all
select i.organization_id, i.attribute, left(case i.member when '' then e.value #>> '{}' else e.value ->> i.member end, 128) collate "C", u.id,
    coalesce(left(e.value ->> 'type', 128), '') collate "C"
from indexed_attributes i, users u, jsonb_array_elements(
    case jsonb_typeof(u.search #> cast(i.path as text[])) when 'array' then u.search #> cast(i.path as text[]) else '[]' end) e
where u.organization_id = i.organization_id and i.member is not null and case i.member when '' then e.value #>> '{}' else e.value ->> i.member end is not null;

create function look_user_up() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and old.search -> 'emails' is not distinct from new.search -> 'emails'
        and not exists (select 1 from indexed_attributes where organization_id = new.organization_id) then
        return case tg_when when 'BEFORE' then new else null end;
    end if;
    if tg_op = 'DELETE' then
        delete from user_uniques where organization_id = old.organization_id and id = old.id;
    end if;
    if tg_when = 'BEFORE' then
        delete from user_lookups where (organization_id, attribute, value_key, id, type_key) in (
            select organization_id, attribute, value_key, id, type_key from user_values where organization_id = old.organization_id and id = old.id);
        return case tg_op when 'DELETE' then old else new end;
    end if;
    insert into user_lookups (organization_id, attribute, value_key, id, type_key)
    select organization_id, attribute, value_key, id, type_key from user_values where organization_id = new.organization_id and id = new.id
    on conflict do nothing;
    return null;
end
$$;

create trigger users_looked_up_before before update of search or delete on users for each row execute function look_user_up();
create trigger users_looked_up_after after insert or update of search on users for each row execute function look_user_up();

-- After the triggers, which wait for changes under way: whoever is written from here on is seen by one or by the other.
insert into user_lookups (organization_id, attribute, value_key, id, type_key)
select organization_id, attribute, value_key, id, type_key from user_values
on conflict do nothing;

-- Who has none of an attribute, for lists that are ordered by it.
create index users_without_external_id on users (organization_id, id) where external_id is null;
create index users_without_display_name on users (organization_id, id) where display_name_key is null;

-- Last, since every request reads this table: it is locked for a moment only.
-- Seals the cursors of an organization's lists, so that none can be made up, changed, or used by another organization.
alter table organizations add column cursor_key bytea;
-- Without an extension, random bytes come in the form of UUIDs, 122 random bits in each.
update organizations set cursor_key = decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex');
