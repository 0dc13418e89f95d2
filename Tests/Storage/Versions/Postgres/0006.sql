-- A database as the program with schema version 6 left it: that of version 5, brought up to date, with events, a webhook and what waits for it.
-- The token is: token-of-the-database-of-version-0001-0123456789
-- PostgreSQL database dump

-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

-- Name: count_group(); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.count_group() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

-- Name: count_user(); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.count_user() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

-- Name: forget_memberships(); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.forget_memberships() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    delete from deleted_memberships where organization_id = old.organization_id and member_id = old.id;
    return null;
end
$$;

-- Name: look_user_up(); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.look_user_up() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

SET default_tablespace = '';

SET default_table_access_method = heap;

-- Name: access_tokens; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.access_tokens (
    organization_id text NOT NULL COLLATE pg_catalog."C",
    id text NOT NULL COLLATE pg_catalog."C",
    client_id text NOT NULL COLLATE pg_catalog."C",
    secret_id text COLLATE pg_catalog."C",
    scope text NOT NULL COLLATE pg_catalog."C",
    hash bytea NOT NULL,
    created_at text NOT NULL COLLATE pg_catalog."C",
    expires_at text NOT NULL COLLATE pg_catalog."C"
);

-- Name: audit_records; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.audit_records (
    organization_id text NOT NULL COLLATE pg_catalog."C",
    id text NOT NULL COLLATE pg_catalog."C",
    at text NOT NULL COLLATE pg_catalog."C",
    request_id text NOT NULL COLLATE pg_catalog."C",
    actor_kind text NOT NULL COLLATE pg_catalog."C",
    actor text NOT NULL COLLATE pg_catalog."C",
    operation text COLLATE pg_catalog."C",
    method text COLLATE pg_catalog."C",
    path text COLLATE pg_catalog."C",
    status integer,
    scim_type text COLLATE pg_catalog."C",
    resource_type text COLLATE pg_catalog."C",
    resource_id text COLLATE pg_catalog."C",
    version bigint,
    times bigint NOT NULL,
    detail text,
    duration_us bigint,
    quirks text
);

-- Name: client_secrets; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.client_secrets (
    organization_id text NOT NULL COLLATE pg_catalog."C",
    id text NOT NULL COLLATE pg_catalog."C",
    client_id text NOT NULL COLLATE pg_catalog."C",
    hash bytea NOT NULL,
    created_at text NOT NULL COLLATE pg_catalog."C",
    expires_at text NOT NULL COLLATE pg_catalog."C",
    last_used_at text COLLATE pg_catalog."C",
    revoked_at text COLLATE pg_catalog."C"
);

-- Name: clients; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.clients (
    organization_id text NOT NULL COLLATE pg_catalog."C",
    id text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL,
    scope text NOT NULL COLLATE pg_catalog."C",
    issuer text COLLATE pg_catalog."C",
    jwks_uri text COLLATE pg_catalog."C",
    subject text COLLATE pg_catalog."C",
    audience text COLLATE pg_catalog."C",
    reusable bigint NOT NULL,
    created_at text NOT NULL COLLATE pg_catalog."C",
    last_used_at text COLLATE pg_catalog."C",
    revoked_at text COLLATE pg_catalog."C"
);

-- Name: deleted_memberships; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.deleted_memberships (
    organization_id text NOT NULL COLLATE pg_catalog."C",
    member_id text NOT NULL COLLATE pg_catalog."C",
    group_id text NOT NULL COLLATE pg_catalog."C"
);

-- Name: deleted_users; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.deleted_users (
    organization_id text NOT NULL COLLATE pg_catalog."C",
    id text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    created_at text NOT NULL COLLATE pg_catalog."C",
    last_modified_at text NOT NULL COLLATE pg_catalog."C",
    user_name_key text NOT NULL COLLATE pg_catalog."C",
    external_id text COLLATE pg_catalog."C",
    display_name_key text COLLATE pg_catalog."C",
    active bigint NOT NULL,
    role_key text COLLATE pg_catalog."C",
    document bytea NOT NULL,
    search jsonb NOT NULL,
    deleted_at text NOT NULL COLLATE pg_catalog."C"
);

-- Name: events; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.events (
    organization_id text NOT NULL COLLATE pg_catalog."C",
    sequence bigint NOT NULL,
    "position" bigint,
    at text NOT NULL COLLATE pg_catalog."C",
    type text NOT NULL COLLATE pg_catalog."C",
    resource_type text NOT NULL COLLATE pg_catalog."C",
    resource_id text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    before_values text,
    after_values text,
    member_id text COLLATE pg_catalog."C",
    member_type text COLLATE pg_catalog."C",
    request_id text NOT NULL COLLATE pg_catalog."C",
    actor_kind text NOT NULL COLLATE pg_catalog."C",
    actor text NOT NULL COLLATE pg_catalog."C",
    acknowledged_at text COLLATE pg_catalog."C"
);

-- Name: events_sequence_seq; Type: SEQUENCE; Schema: public; Owner: -

ALTER TABLE public.events ALTER COLUMN sequence ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.events_sequence_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

-- Name: groups; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.groups (
    organization_id text NOT NULL COLLATE pg_catalog."C",
    id text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    created_at text NOT NULL COLLATE pg_catalog."C",
    last_modified_at text NOT NULL COLLATE pg_catalog."C",
    display_name text NOT NULL,
    display_name_key text NOT NULL COLLATE pg_catalog."C",
    external_id text COLLATE pg_catalog."C",
    document bytea NOT NULL,
    search jsonb NOT NULL
);

-- Name: indexed_attributes; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.indexed_attributes (
    organization_id text NOT NULL COLLATE pg_catalog."C",
    attribute text NOT NULL COLLATE pg_catalog."C",
    path text NOT NULL,
    member text
);

-- Name: memberships; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.memberships (
    organization_id text NOT NULL COLLATE pg_catalog."C",
    group_id text NOT NULL COLLATE pg_catalog."C",
    member_id text NOT NULL COLLATE pg_catalog."C",
    member_type text NOT NULL COLLATE pg_catalog."C"
);

-- Name: organizations; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.organizations (
    id text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL,
    name_key text NOT NULL COLLATE pg_catalog."C",
    settings text NOT NULL,
    created_at text NOT NULL COLLATE pg_catalog."C",
    cursor_key bytea
);

-- Name: resource_counts; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.resource_counts (
    organization_id text NOT NULL COLLATE pg_catalog."C",
    resource_type text NOT NULL COLLATE pg_catalog."C",
    shard integer NOT NULL,
    total bigint NOT NULL
);

-- Name: role_mappings; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.role_mappings (
    organization_id text NOT NULL COLLATE pg_catalog."C",
    group_id text NOT NULL COLLATE pg_catalog."C",
    role_key text NOT NULL COLLATE pg_catalog."C"
);

-- Name: schema_migrations; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.schema_migrations (
    version integer NOT NULL,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at text NOT NULL
);

-- Name: tokens; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.tokens (
    organization_id text NOT NULL COLLATE pg_catalog."C",
    id text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL,
    scope text NOT NULL,
    hash bytea NOT NULL,
    created_at text NOT NULL COLLATE pg_catalog."C",
    expires_at text COLLATE pg_catalog."C",
    last_used_at text COLLATE pg_catalog."C",
    revoked_at text COLLATE pg_catalog."C"
);

-- Name: used_assertions; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.used_assertions (
    organization_id text NOT NULL COLLATE pg_catalog."C",
    client_id text NOT NULL COLLATE pg_catalog."C",
    hash bytea NOT NULL,
    expires_at text NOT NULL COLLATE pg_catalog."C"
);

-- Name: user_lookups; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.user_lookups (
    organization_id text NOT NULL COLLATE pg_catalog."C",
    attribute text NOT NULL COLLATE pg_catalog."C",
    value_key text NOT NULL COLLATE pg_catalog."C",
    id text NOT NULL COLLATE pg_catalog."C",
    type_key text NOT NULL COLLATE pg_catalog."C"
);

-- Name: user_uniques; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.user_uniques (
    organization_id text NOT NULL COLLATE pg_catalog."C",
    attribute text NOT NULL COLLATE pg_catalog."C",
    value_key text NOT NULL COLLATE pg_catalog."C",
    id text NOT NULL COLLATE pg_catalog."C"
);

-- Name: users; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.users (
    organization_id text NOT NULL COLLATE pg_catalog."C",
    id text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    created_at text NOT NULL COLLATE pg_catalog."C",
    last_modified_at text NOT NULL COLLATE pg_catalog."C",
    user_name_key text NOT NULL COLLATE pg_catalog."C",
    external_id text COLLATE pg_catalog."C",
    display_name_key text COLLATE pg_catalog."C",
    active bigint NOT NULL,
    role_key text COLLATE pg_catalog."C",
    document bytea NOT NULL,
    search jsonb NOT NULL
);

-- Name: user_values; Type: VIEW; Schema: public; Owner: -

CREATE VIEW public.user_values AS
 SELECT u.organization_id,
    'emails.value'::text AS attribute,
    ("left"((e.value ->> 'value'::text), 128) COLLATE "C") AS value_key,
    u.id,
    (COALESCE("left"((e.value ->> 'type'::text), 128), ''::text) COLLATE "C") AS type_key
   FROM public.users u,
    LATERAL jsonb_array_elements(
        CASE jsonb_typeof((u.search -> 'emails'::text))
            WHEN 'array'::text THEN (u.search -> 'emails'::text)
            ELSE '[]'::jsonb
        END) e(value)
  WHERE ((e.value ->> 'value'::text) IS NOT NULL)
UNION ALL
 SELECT i.organization_id,
    i.attribute,
    ("left"((u.search #>> (i.path)::text[]), 128) COLLATE "C") AS value_key,
    u.id,
    ''::text AS type_key
   FROM public.indexed_attributes i,
    public.users u
  WHERE ((u.organization_id = i.organization_id) AND (i.member IS NULL) AND ((u.search #>> (i.path)::text[]) IS NOT NULL))
UNION ALL
 SELECT i.organization_id,
    i.attribute,
    ("left"(
        CASE i.member
            WHEN ''::text THEN (e.value #>> '{}'::text[])
            ELSE (e.value ->> i.member)
        END, 128) COLLATE "C") AS value_key,
    u.id,
    (COALESCE("left"((e.value ->> 'type'::text), 128), ''::text) COLLATE "C") AS type_key
   FROM public.indexed_attributes i,
    public.users u,
    LATERAL jsonb_array_elements(
        CASE jsonb_typeof((u.search #> (i.path)::text[]))
            WHEN 'array'::text THEN (u.search #> (i.path)::text[])
            ELSE '[]'::jsonb
        END) e(value)
  WHERE ((u.organization_id = i.organization_id) AND (i.member IS NOT NULL) AND (
        CASE i.member
            WHEN ''::text THEN (e.value #>> '{}'::text[])
            ELSE (e.value ->> i.member)
        END IS NOT NULL));

-- Name: webhook_deliveries; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.webhook_deliveries (
    organization_id text NOT NULL COLLATE pg_catalog."C",
    webhook_id text NOT NULL COLLATE pg_catalog."C",
    "position" bigint NOT NULL,
    resource_id text NOT NULL COLLATE pg_catalog."C",
    attempts bigint NOT NULL,
    first_at text NOT NULL COLLATE pg_catalog."C",
    next_at text NOT NULL COLLATE pg_catalog."C",
    status integer,
    failure text COLLATE pg_catalog."C",
    dead_at text COLLATE pg_catalog."C"
);

-- Name: webhook_secrets; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.webhook_secrets (
    organization_id text NOT NULL COLLATE pg_catalog."C",
    webhook_id text NOT NULL COLLATE pg_catalog."C",
    id text NOT NULL COLLATE pg_catalog."C",
    secret bytea NOT NULL,
    created_at text NOT NULL COLLATE pg_catalog."C",
    expires_at text COLLATE pg_catalog."C"
);

-- Name: webhooks; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.webhooks (
    organization_id text NOT NULL COLLATE pg_catalog."C",
    id text NOT NULL COLLATE pg_catalog."C",
    url text NOT NULL,
    types text COLLATE pg_catalog."C",
    created_at text NOT NULL COLLATE pg_catalog."C",
    "position" bigint NOT NULL,
    failures bigint NOT NULL,
    next_at text NOT NULL COLLATE pg_catalog."C",
    leased_until text NOT NULL COLLATE pg_catalog."C",
    disabled_at text COLLATE pg_catalog."C",
    disabled_why text COLLATE pg_catalog."C"
);

-- Data for Name: access_tokens; Type: TABLE DATA; Schema: public; Owner: -

-- Data for Name: audit_records; Type: TABLE DATA; Schema: public; Owner: -

INSERT INTO public.audit_records VALUES ('01a20b9e-dc54-7c2b-a477-2367f77df41e', '01a218f3-6293-73ca-bafe-d39b74e5f3d9', '2026-11-26T17:42:13.395Z', '4b70182d775366bbb8805c372de7eae5', 'command', 'root', 'CreateClient', NULL, NULL, NULL, NULL, 'Client', '01a218f3-6286-796a-a053-bc241b5c7f4b', NULL, 1, NULL, NULL, NULL);
INSERT INTO public.audit_records VALUES ('01a20b9e-dc54-7c2b-a477-2367f77df41e', '01a218f3-656f-7d0e-8128-bacc26884a1a', '2026-11-26T17:42:14.127Z', 'f59143cc34bfcff0c3d45d1c7e53dcab', 'command', 'root', 'CreateTrust', NULL, NULL, NULL, NULL, 'Client', '01a218f3-655b-7721-a3a2-52c2993c06a4', NULL, 1, NULL, NULL, NULL);
INSERT INTO public.audit_records VALUES ('01a20b9e-dc54-7c2b-a477-2367f77df41e', '01a218f3-7733-7e76-b84c-6216d3d9f764', '2026-11-26T17:42:18.675Z', '32fbc1045c932c4029b2e50dba37cf9b', 'token', '01a20b9e-dc54-7c2c-b45c-f027c796fe8d', 'PatchUser', NULL, NULL, NULL, NULL, 'User', '01a20b9e-ec21-7b69-95fb-6c0796ad7836', 2, 1, NULL, NULL, NULL);
INSERT INTO public.audit_records VALUES ('01a20b9e-dc54-7c2b-a477-2367f77df41e', '01a218f3-776d-7eba-b29b-ec79b6c1ea5f', '2026-11-26T17:42:18.733Z', '5597820dcc071454eac51430c86f69e3', 'token', '01a20b9e-dc54-7c2c-b45c-f027c796fe8d', NULL, 'GET', '/scim/v2/Users/{id}', 404, NULL, NULL, NULL, NULL, 1, NULL, NULL, NULL);
INSERT INTO public.audit_records VALUES ('01a20b9e-dc54-7c2b-a477-2367f77df41e', '01a2198a-43d7-7855-8562-421dee8615ce', '2026-11-26T20:27:01.463Z', 'e9817f32e0c9563a2b86d3da90c10da8', 'token', '01a20b9e-dc54-7c2c-b45c-f027c796fe8d', 'CreateUser', 'POST', '/scim/v2/Users', 201, NULL, 'User', '01a2198a-43c3-7ca8-adf8-201efcf6abe9', 1, 1, NULL, 44584, NULL);
INSERT INTO public.audit_records VALUES ('01a20b9e-dc54-7c2b-a477-2367f77df41e', '01a2198a-460f-75f9-801b-558980144dce', '2026-11-26T20:27:02.031Z', '7600feda6b334110332a29362df186e4', 'command', 'root', 'CreateWebhook', NULL, NULL, NULL, NULL, 'Webhook', '01a2198a-45f7-72ca-86f3-888b2c42bef1', NULL, 1, NULL, NULL, NULL);
INSERT INTO public.audit_records VALUES ('01a20b9e-dc54-7c2b-a477-2367f77df41e', '01a2198a-4654-7438-860e-e26ea47791a2', '2026-11-26T20:27:02.100Z', '2c536467c9970eb5a427859d9ae6ff8a', 'token', '01a20b9e-dc54-7c2c-b45c-f027c796fe8d', 'PatchUser', 'PATCH', '/scim/v2/Users/01a2198a-43c3-7ca8-adf8-201efcf6abe9', 200, NULL, 'User', '01a2198a-43c3-7ca8-adf8-201efcf6abe9', 2, 1, NULL, 30961, NULL);
INSERT INTO public.audit_records VALUES ('01a20b9e-dc54-7c2b-a477-2367f77df41e', '01a2198a-467b-776a-82d9-019da10fe504', '2026-11-26T20:27:02.139Z', '077c2ee2704fc903ff0165bc44463184', 'token', '01a20b9e-dc54-7c2c-b45c-f027c796fe8d', 'DeactivateUser', 'DELETE', '/scim/v2/Users/01a2198a-43c3-7ca8-adf8-201efcf6abe9', 204, NULL, 'User', '01a2198a-43c3-7ca8-adf8-201efcf6abe9', 2, 1, NULL, 28203, NULL);
INSERT INTO public.audit_records VALUES ('01a20b9e-dc54-7c2b-a477-2367f77df41e', '01a2198a-469b-7f90-86b6-d8f3e483d21e', '2026-11-26T20:27:02.171Z', 'f9a89b79637bcd4c45f9e722d1b790e1', 'token', '01a20b9e-dc54-7c2c-b45c-f027c796fe8d', NULL, 'GET', '/scim/v2/Users/{id}', 404, NULL, NULL, NULL, NULL, 1, 'There is no User with the id ''…''.', 20741, NULL);

-- Data for Name: client_secrets; Type: TABLE DATA; Schema: public; Owner: -

INSERT INTO public.client_secrets VALUES ('01a20b9e-dc54-7c2b-a477-2367f77df41e', '01a218f3-6286-796b-9cc3-0e273019755c', '01a218f3-6286-796a-a053-bc241b5c7f4b', '\x962e4fae4eacdcab539ae97148a1852c7f4f837b6bad6118374f9b9d22c94c81', '2026-11-26T17:42:13.382Z', '2028-11-25T17:42:13.382Z', NULL, NULL);

-- Data for Name: clients; Type: TABLE DATA; Schema: public; Owner: -

INSERT INTO public.clients VALUES ('01a20b9e-dc54-7c2b-a477-2367f77df41e', '01a218f3-6286-796a-a053-bc241b5c7f4b', 'entra', 'write', NULL, NULL, NULL, NULL, 0, '2026-11-26T17:42:13.382Z', NULL, NULL);
INSERT INTO public.clients VALUES ('01a20b9e-dc54-7c2b-a477-2367f77df41e', '01a218f3-655b-7721-a3a2-52c2993c06a4', 'federated', 'write', 'https://idp.example.com/v2.0', 'https://idp.example.com/keys', 's', 'api://a', 0, '2026-11-26T17:42:14.107Z', NULL, NULL);

-- Data for Name: deleted_memberships; Type: TABLE DATA; Schema: public; Owner: -

-- Data for Name: deleted_users; Type: TABLE DATA; Schema: public; Owner: -

INSERT INTO public.deleted_users VALUES ('01a20b9e-dc54-7c2b-a477-2367f77df41e', '01a20b9e-ec2e-762f-acbe-29a68d42447c', 1, '2026-11-24T03:34:54.254Z', '2026-11-24T03:34:54.254Z', 'gone@example.com', NULL, 'gone', 1, 'member', '\x7b22736368656d6173223a5b2275726e3a696574663a706172616d733a7363696d3a736368656d61733a636f72653a322e303a55736572225d2c226964223a2230316132306239652d656332652d373632662d616362652d323961363864343234343763222c22757365724e616d65223a22676f6e65406578616d706c652e636f6d222c22646973706c61794e616d65223a22476f6e65222c22616374697665223a747275652c22726f6c65223a226d656d626572222c226d657461223a7b227265736f7572636554797065223a2255736572222c2263726561746564223a22323032362d31312d32345430333a33343a35342e3235345a222c226c6173744d6f646966696564223a22323032362d31312d32345430333a33343a35342e3235345a222c2276657273696f6e223a22572f5c22315c22222c226c6f636174696f6e223a222f55736572732f30316132306239652d656332652d373632662d616362652d323961363864343234343763227d7d', '{"role": "member", "active": "true", "schemas": ["urn:ietf:params:scim:schemas:core:2.0:user"], "userName": "gone@example.com", "displayName": "gone"}', '2026-11-24T03:34:54.265Z');
INSERT INTO public.deleted_users VALUES ('01a20b9e-dc54-7c2b-a477-2367f77df41e', '01a2198a-43c3-7ca8-adf8-201efcf6abe9', 2, '2026-11-26T20:27:01.443Z', '2026-11-26T20:27:02.088Z', 'dora@example.com', '00u9', NULL, 0, 'member', '\x7b22736368656d6173223a5b2275726e3a696574663a706172616d733a7363696d3a736368656d61733a636f72653a322e303a55736572225d2c226964223a2230316132313938612d343363332d376361382d616466382d323031656663663661626539222c22757365724e616d65223a22646f7261406578616d706c652e636f6d222c2265787465726e616c4964223a2230307539222c22616374697665223a66616c73652c22726f6c65223a226d656d626572222c226d657461223a7b227265736f7572636554797065223a2255736572222c2263726561746564223a22323032362d31312d32365432303a32373a30312e3434335a222c226c6173744d6f646966696564223a22323032362d31312d32365432303a32373a30322e3038385a222c2276657273696f6e223a22572f5c22325c22222c226c6f636174696f6e223a222f55736572732f30316132313938612d343363332d376361382d616466382d323031656663663661626539227d7d', '{}', '2026-11-26T20:27:02.125Z');

-- Data for Name: events; Type: TABLE DATA; Schema: public; Owner: -

INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES ('01a20b9e-dc54-7c2b-a477-2367f77df41e', 1, 1, '2026-11-26T20:27:01.468Z', 'user.created', 'User', '01a2198a-43c3-7ca8-adf8-201efcf6abe9', 1, NULL, '{"userName":"dora@example.com","externalId":"00u9","active":true,"role":"member"}', NULL, NULL, 'e9817f32e0c9563a2b86d3da90c10da8', 'token', '01a20b9e-dc54-7c2c-b45c-f027c796fe8d', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES ('01a20b9e-dc54-7c2b-a477-2367f77df41e', 2, 2, '2026-11-26T20:27:02.100Z', 'user.deactivated', 'User', '01a2198a-43c3-7ca8-adf8-201efcf6abe9', 2, '{"active":true}', '{"active":false}', NULL, NULL, '2c536467c9970eb5a427859d9ae6ff8a', 'token', '01a20b9e-dc54-7c2c-b45c-f027c796fe8d', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES ('01a20b9e-dc54-7c2b-a477-2367f77df41e', 3, 3, '2026-11-26T20:27:02.139Z', 'user.deleted', 'User', '01a2198a-43c3-7ca8-adf8-201efcf6abe9', 2, '{"userName":"dora@example.com","externalId":"00u9","active":false,"role":"member"}', NULL, NULL, NULL, '077c2ee2704fc903ff0165bc44463184', 'token', '01a20b9e-dc54-7c2c-b45c-f027c796fe8d', NULL);

-- Data for Name: groups; Type: TABLE DATA; Schema: public; Owner: -

INSERT INTO public.groups VALUES ('01a20b9e-dc54-7c2b-a477-2367f77df41e', '01a21770-ef3c-732c-a7bc-7c442330afbf', 1, '2026-11-26T10:40:06.972Z', '2026-11-26T10:40:06.972Z', 'Leads', 'leads', NULL, '\x7b22736368656d6173223a5b2275726e3a696574663a706172616d733a7363696d3a736368656d61733a636f72653a322e303a47726f7570225d2c226964223a2230316132313737302d656633632d373332632d613762632d376334343233333061666266222c22646973706c61794e616d65223a224c65616473222c226d657461223a7b227265736f7572636554797065223a2247726f7570222c2263726561746564223a22323032362d31312d32365431303a34303a30362e3937325a222c226c6173744d6f646966696564223a22323032362d31312d32365431303a34303a30362e3937325a222c2276657273696f6e223a22572f5c22315c22222c226c6f636174696f6e223a222f47726f7570732f30316132313737302d656633632d373332632d613762632d376334343233333061666266227d7d', '{}');

-- Data for Name: indexed_attributes; Type: TABLE DATA; Schema: public; Owner: -

INSERT INTO public.indexed_attributes VALUES ('01a20b9e-dc54-7c2b-a477-2367f77df41e', 'title', '{"title"}', NULL);

-- Data for Name: memberships; Type: TABLE DATA; Schema: public; Owner: -

INSERT INTO public.memberships VALUES ('01a20b9e-dc54-7c2b-a477-2367f77df41e', '01a21770-ef3c-732c-a7bc-7c442330afbf', '01a20b9e-ebae-76dd-ba95-626672e67dbc', 'User');

-- Data for Name: organizations; Type: TABLE DATA; Schema: public; Owner: -

INSERT INTO public.organizations VALUES ('01a20b9e-dc54-7c2b-a477-2367f77df41e', 'acme', 'acme', '{"emailDomains":["example.com"],"roles":["owner","editor","member"],"defaultRole":"member","indexed":["title"],"sensitive":[],"strict":false}', '2026-11-24T03:34:50.196Z', '\x588a867efd2d4c4fa94218d66449fa98deedda44139b4471991e8f9ea8b8d7be');

-- Data for Name: resource_counts; Type: TABLE DATA; Schema: public; Owner: -

INSERT INTO public.resource_counts VALUES ('01a20b9e-dc54-7c2b-a477-2367f77df41e', 'User', 3, 2);
INSERT INTO public.resource_counts VALUES ('01a20b9e-dc54-7c2b-a477-2367f77df41e', 'User', 9, 1);
INSERT INTO public.resource_counts VALUES ('01a20b9e-dc54-7c2b-a477-2367f77df41e', 'Group', 14, 1);
INSERT INTO public.resource_counts VALUES ('01a20b9e-dc54-7c2b-a477-2367f77df41e', 'User', 7, 1);
INSERT INTO public.resource_counts VALUES ('01a20b9e-dc54-7c2b-a477-2367f77df41e', 'User', 14, -1);

-- Data for Name: role_mappings; Type: TABLE DATA; Schema: public; Owner: -

INSERT INTO public.role_mappings VALUES ('01a20b9e-dc54-7c2b-a477-2367f77df41e', '01a21770-ef3c-732c-a7bc-7c442330afbf', 'editor');

-- Data for Name: schema_migrations; Type: TABLE DATA; Schema: public; Owner: -

INSERT INTO public.schema_migrations VALUES (1, 'users', '4d1d90102acc7622039b4573e5cd81bb033737533c5f5afe72b4302f6e93aff7', '2026-11-24T03:34:49.783Z');
INSERT INTO public.schema_migrations VALUES (2, 'deleted_at', '0e8253ae3b288a446bddb586002b32326b6c1aa92a67da2d0ecd291c5c5591c5', '2026-11-25T22:17:12.556Z');
INSERT INTO public.schema_migrations VALUES (3, 'search', 'de76c97482ed8b775011775bf65ae148111be5d38d929ee9b239c57506a74fcb', '2026-11-26T03:50:50.972Z');
INSERT INTO public.schema_migrations VALUES (4, 'groups', '7217becd737123d46ce09966a01d47c4b2933641d79973b930e18bae098b7fff', '2026-11-26T10:40:06.297Z');
INSERT INTO public.schema_migrations VALUES (5, 'access', '10e4f75663ed2f9eb4e9bb2db8fec69a82e79f09bce6b0360255ef81400ee6f1', '2026-11-26T17:42:13.267Z');
INSERT INTO public.schema_migrations VALUES (6, 'events', '9663e249cd65c3cbaa0982531b24f3f8ace138cdddd40b2d9c8a548fbae511a0', '2026-11-26T20:27:00.704Z');

-- Data for Name: tokens; Type: TABLE DATA; Schema: public; Owner: -

INSERT INTO public.tokens VALUES ('01a20b9e-dc54-7c2b-a477-2367f77df41e', '01a20b9e-dc54-7c2c-b45c-f027c796fe8d', 'bootstrap', 'write', '\x0fffbe9a22f6c58ea95e620dad63319f9123a66630edc241ac8083cd4f394274', '2026-11-24T03:34:50.196Z', NULL, '2026-11-26T20:27:01.421Z', NULL);

-- Data for Name: used_assertions; Type: TABLE DATA; Schema: public; Owner: -

-- Data for Name: user_lookups; Type: TABLE DATA; Schema: public; Owner: -

INSERT INTO public.user_lookups VALUES ('01a20b9e-dc54-7c2b-a477-2367f77df41e', 'emails.value', 'ana@example.com', '01a20b9e-ebae-76dd-ba95-626672e67dbc', 'work');
INSERT INTO public.user_lookups VALUES ('01a20b9e-dc54-7c2b-a477-2367f77df41e', 'emails.value', 'cora@example.com', '01a214c8-c9e6-7573-99fb-173a3723fcda', 'work');
INSERT INTO public.user_lookups VALUES ('01a20b9e-dc54-7c2b-a477-2367f77df41e', 'emails.value', 'cora@home.example.org', '01a214c8-c9e6-7573-99fb-173a3723fcda', 'home');
INSERT INTO public.user_lookups VALUES ('01a20b9e-dc54-7c2b-a477-2367f77df41e', 'title', 'lead', '01a20b9e-ebae-76dd-ba95-626672e67dbc', '');
INSERT INTO public.user_lookups VALUES ('01a20b9e-dc54-7c2b-a477-2367f77df41e', 'title', 'lead', '01a214c8-c9e6-7573-99fb-173a3723fcda', '');

-- Data for Name: user_uniques; Type: TABLE DATA; Schema: public; Owner: -

-- Data for Name: users; Type: TABLE DATA; Schema: public; Owner: -

INSERT INTO public.users VALUES ('01a20b9e-dc54-7c2b-a477-2367f77df41e', '01a20b9e-ebae-76dd-ba95-626672e67dbc', 2, '2026-11-24T03:34:54.126Z', '2026-11-24T03:34:54.213Z', 'ana@example.com', '00u1', 'ana ruiz', 1, 'owner', '\x7b22736368656d6173223a5b2275726e3a696574663a706172616d733a7363696d3a736368656d61733a636f72653a322e303a55736572222c2275726e3a696574663a706172616d733a7363696d3a736368656d61733a657874656e73696f6e3a656e74657270726973653a322e303a55736572225d2c226964223a2230316132306239652d656261652d373664642d626139352d363236363732653637646263222c22757365724e616d65223a22416e61406578616d706c652e636f6d222c2265787465726e616c4964223a2230307531222c22646973706c61794e616d65223a22416e61205275697a222c226e616d65223a7b22676976656e4e616d65223a22416e61222c2266616d696c794e616d65223a225275c3ad7a227d2c22656d61696c73223a5b7b2276616c7565223a22616e61406578616d706c652e636f6d222c2274797065223a22776f726b222c227072696d617279223a747275657d5d2c22726f6c65223a226f776e6572222c2275726e3a696574663a706172616d733a7363696d3a736368656d61733a657874656e73696f6e3a656e74657270726973653a322e303a55736572223a7b22656d706c6f7965654e756d626572223a2237222c226465706172746d656e74223a224bc3bc636865227d2c22616374697665223a747275652c227469746c65223a224c656164222c226d657461223a7b227265736f7572636554797065223a2255736572222c2263726561746564223a22323032362d31312d32345430333a33343a35342e3132365a222c226c6173744d6f646966696564223a22323032362d31312d32345430333a33343a35342e3231335a222c2276657273696f6e223a22572f5c22325c22222c226c6f636174696f6e223a222f55736572732f30316132306239652d656261652d373664642d626139352d363236363732653637646263227d7d', '{"name": {"givenName": "ana", "familyName": "ruíz"}, "role": "owner", "title": "lead", "active": "true", "emails": [{"type": "work", "value": "ana@example.com", "primary": "true"}], "schemas": ["urn:ietf:params:scim:schemas:core:2.0:user", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:user"], "userName": "ana@example.com", "externalId": "00u1", "displayName": "ana ruiz", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "küche", "employeeNumber": "7"}}');
INSERT INTO public.users VALUES ('01a20b9e-dc54-7c2b-a477-2367f77df41e', '01a214c8-c9e6-7573-99fb-173a3723fcda', 1, '2026-11-25T22:17:12.934Z', '2026-11-25T22:17:12.934Z', 'cora@example.com', NULL, NULL, 1, 'member', '\x7b22736368656d6173223a5b2275726e3a696574663a706172616d733a7363696d3a736368656d61733a636f72653a322e303a55736572225d2c226964223a2230316132313463382d633965362d373537332d393966622d313733613337323366636461222c22757365724e616d65223a22636f7261406578616d706c652e636f6d222c227469746c65223a224c656164222c22656d61696c73223a5b7b2276616c7565223a22436f7261406578616d706c652e636f6d222c2274797065223a22776f726b222c227072696d617279223a747275657d2c7b2276616c7565223a22636f726140686f6d652e6578616d706c652e6f7267222c2274797065223a22686f6d65227d5d2c22616374697665223a747275652c22726f6c65223a226d656d626572222c226d657461223a7b227265736f7572636554797065223a2255736572222c2263726561746564223a22323032362d31312d32355432323a31373a31322e3933345a222c226c6173744d6f646966696564223a22323032362d31312d32355432323a31373a31322e3933345a222c2276657273696f6e223a22572f5c22315c22222c226c6f636174696f6e223a222f55736572732f30316132313463382d633965362d373537332d393966622d313733613337323366636461227d7d', '{"title": "lead", "emails": [{"type": "work", "value": "cora@example.com", "primary": "true"}, {"type": "home", "value": "cora@home.example.org"}]}');
INSERT INTO public.users VALUES ('01a20b9e-dc54-7c2b-a477-2367f77df41e', '01a20b9e-ec21-7b69-95fb-6c0796ad7836', 2, '2026-11-24T03:34:54.241Z', '2026-11-26T17:42:18.640Z', 'bob@example.com', '00u2', NULL, 0, 'member', '\x7b22736368656d6173223a5b2275726e3a696574663a706172616d733a7363696d3a736368656d61733a636f72653a322e303a55736572225d2c226964223a2230316132306239652d656332312d376236392d393566622d366330373936616437383336222c22757365724e616d65223a22626f62406578616d706c652e636f6d222c2265787465726e616c4964223a2230307532222c22616374697665223a66616c73652c22726f6c65223a226d656d626572222c226e69636b4e616d65223a22426f222c226d657461223a7b227265736f7572636554797065223a2255736572222c2263726561746564223a22323032362d31312d32345430333a33343a35342e3234315a222c226c6173744d6f646966696564223a22323032362d31312d32365431373a34323a31382e3634305a222c2276657273696f6e223a22572f5c22325c22222c226c6f636174696f6e223a222f55736572732f30316132306239652d656332312d376236392d393566622d366330373936616437383336227d7d', '{"nickName": "bo"}');

-- Data for Name: webhook_deliveries; Type: TABLE DATA; Schema: public; Owner: -

INSERT INTO public.webhook_deliveries VALUES ('01a20b9e-dc54-7c2b-a477-2367f77df41e', '01a2198a-45f7-72ca-86f3-888b2c42bef1', 2, '01a2198a-43c3-7ca8-adf8-201efcf6abe9', 1, '2026-11-26T20:27:02.228Z', '2026-11-26T20:27:06.611Z', NULL, 'NameResolutionError', NULL);
INSERT INTO public.webhook_deliveries VALUES ('01a20b9e-dc54-7c2b-a477-2367f77df41e', '01a2198a-45f7-72ca-86f3-888b2c42bef1', 3, '01a2198a-43c3-7ca8-adf8-201efcf6abe9', 0, '2026-11-26T20:27:02.224Z', '2026-11-26T20:27:02.224Z', NULL, NULL, NULL);

-- Data for Name: webhook_secrets; Type: TABLE DATA; Schema: public; Owner: -

INSERT INTO public.webhook_secrets VALUES ('01a20b9e-dc54-7c2b-a477-2367f77df41e', '01a2198a-45f7-72ca-86f3-888b2c42bef1', '01a2198a-45f7-72cb-8e37-628ff3174c11', '\x2015545ea50dbf26654a09778034598ac8267148719cb4366c8a2c8d34ea13d5', '2026-11-26T20:27:02.007Z', NULL);

-- Data for Name: webhooks; Type: TABLE DATA; Schema: public; Owner: -

INSERT INTO public.webhooks VALUES ('01a20b9e-dc54-7c2b-a477-2367f77df41e', '01a2198a-45f7-72ca-86f3-888b2c42bef1', 'https://app.example.com/events', NULL, '2026-11-26T20:27:02.007Z', 3, 1, '', '', NULL, NULL);

-- Name: events_sequence_seq; Type: SEQUENCE SET; Schema: public; Owner: -

SELECT pg_catalog.setval('public.events_sequence_seq', 3, true);

-- Name: access_tokens access_tokens_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.access_tokens
    ADD CONSTRAINT access_tokens_pkey PRIMARY KEY (organization_id, id);

-- Name: audit_records audit_records_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.audit_records
    ADD CONSTRAINT audit_records_pkey PRIMARY KEY (organization_id, id);

-- Name: client_secrets client_secrets_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.client_secrets
    ADD CONSTRAINT client_secrets_pkey PRIMARY KEY (organization_id, id);

-- Name: clients clients_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.clients
    ADD CONSTRAINT clients_pkey PRIMARY KEY (organization_id, id);

-- Name: deleted_memberships deleted_memberships_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.deleted_memberships
    ADD CONSTRAINT deleted_memberships_pkey PRIMARY KEY (organization_id, member_id, group_id);

-- Name: deleted_users deleted_users_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.deleted_users
    ADD CONSTRAINT deleted_users_pkey PRIMARY KEY (organization_id, id);

-- Name: events events_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (organization_id, sequence);

-- Name: groups groups_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.groups
    ADD CONSTRAINT groups_pkey PRIMARY KEY (organization_id, id);

-- Name: indexed_attributes indexed_attributes_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.indexed_attributes
    ADD CONSTRAINT indexed_attributes_pkey PRIMARY KEY (organization_id, attribute);

-- Name: memberships memberships_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.memberships
    ADD CONSTRAINT memberships_pkey PRIMARY KEY (organization_id, group_id, member_id);

-- Name: organizations organizations_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.organizations
    ADD CONSTRAINT organizations_pkey PRIMARY KEY (id);

-- Name: resource_counts resource_counts_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.resource_counts
    ADD CONSTRAINT resource_counts_pkey PRIMARY KEY (organization_id, resource_type, shard);

-- Name: role_mappings role_mappings_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.role_mappings
    ADD CONSTRAINT role_mappings_pkey PRIMARY KEY (organization_id, group_id);

-- Name: schema_migrations schema_migrations_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (version);

-- Name: tokens tokens_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.tokens
    ADD CONSTRAINT tokens_pkey PRIMARY KEY (organization_id, id);

-- Name: used_assertions used_assertions_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.used_assertions
    ADD CONSTRAINT used_assertions_pkey PRIMARY KEY (organization_id, client_id, hash);

-- Name: user_lookups user_lookups_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.user_lookups
    ADD CONSTRAINT user_lookups_pkey PRIMARY KEY (organization_id, attribute, value_key, id, type_key);

-- Name: user_uniques user_uniques_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.user_uniques
    ADD CONSTRAINT user_uniques_pkey PRIMARY KEY (organization_id, attribute, value_key);

-- Name: users users_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (organization_id, id);

-- Name: webhook_deliveries webhook_deliveries_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (organization_id, webhook_id, "position");

-- Name: webhook_secrets webhook_secrets_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.webhook_secrets
    ADD CONSTRAINT webhook_secrets_pkey PRIMARY KEY (organization_id, webhook_id, id);

-- Name: webhooks webhooks_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.webhooks
    ADD CONSTRAINT webhooks_pkey PRIMARY KEY (organization_id, id);

-- Name: access_tokens_client_id; Type: INDEX; Schema: public; Owner: -

CREATE INDEX access_tokens_client_id ON public.access_tokens USING btree (organization_id, client_id, expires_at);

-- Name: access_tokens_hash; Type: INDEX; Schema: public; Owner: -

CREATE UNIQUE INDEX access_tokens_hash ON public.access_tokens USING btree (hash);

-- Name: client_secrets_client_id; Type: INDEX; Schema: public; Owner: -

CREATE INDEX client_secrets_client_id ON public.client_secrets USING btree (organization_id, client_id);

-- Name: clients_id; Type: INDEX; Schema: public; Owner: -

CREATE UNIQUE INDEX clients_id ON public.clients USING btree (id);

-- Name: clients_issuer; Type: INDEX; Schema: public; Owner: -

CREATE INDEX clients_issuer ON public.clients USING btree (issuer, subject, audience) WHERE (issuer IS NOT NULL);

-- Name: deleted_memberships_group_id; Type: INDEX; Schema: public; Owner: -

CREATE INDEX deleted_memberships_group_id ON public.deleted_memberships USING btree (organization_id, group_id);

-- Name: deleted_users_deleted_at; Type: INDEX; Schema: public; Owner: -

CREATE INDEX deleted_users_deleted_at ON public.deleted_users USING btree (organization_id, deleted_at, id);

-- Name: events_position; Type: INDEX; Schema: public; Owner: -

CREATE UNIQUE INDEX events_position ON public.events USING btree (organization_id, "position") WHERE ("position" IS NOT NULL);

-- Name: events_resource; Type: INDEX; Schema: public; Owner: -

CREATE INDEX events_resource ON public.events USING btree (organization_id, resource_id, "position");

-- Name: events_unacknowledged; Type: INDEX; Schema: public; Owner: -

CREATE INDEX events_unacknowledged ON public.events USING btree (organization_id, "position") WHERE ((acknowledged_at IS NULL) AND (type = ANY (ARRAY['user.deactivated'::text, 'user.deleted'::text])));

-- Name: events_unplaced; Type: INDEX; Schema: public; Owner: -

CREATE INDEX events_unplaced ON public.events USING btree (organization_id, sequence) WHERE ("position" IS NULL);

-- Name: groups_display_name_key; Type: INDEX; Schema: public; Owner: -

CREATE INDEX groups_display_name_key ON public.groups USING btree (organization_id, display_name_key, id);

-- Name: groups_external_id; Type: INDEX; Schema: public; Owner: -

CREATE INDEX groups_external_id ON public.groups USING btree (organization_id, external_id, id) WHERE (external_id IS NOT NULL);

-- Name: groups_without_external_id; Type: INDEX; Schema: public; Owner: -

CREATE INDEX groups_without_external_id ON public.groups USING btree (organization_id, id) WHERE (external_id IS NULL);

-- Name: memberships_member_id; Type: INDEX; Schema: public; Owner: -

CREATE INDEX memberships_member_id ON public.memberships USING btree (organization_id, member_id, group_id);

-- Name: memberships_of_groups; Type: INDEX; Schema: public; Owner: -

CREATE INDEX memberships_of_groups ON public.memberships USING btree (organization_id, group_id, member_id) WHERE (member_type = 'Group'::text);

-- Name: organizations_name_key; Type: INDEX; Schema: public; Owner: -

CREATE UNIQUE INDEX organizations_name_key ON public.organizations USING btree (name_key);

-- Name: tokens_hash; Type: INDEX; Schema: public; Owner: -

CREATE UNIQUE INDEX tokens_hash ON public.tokens USING btree (hash);

-- Name: used_assertions_expires_at; Type: INDEX; Schema: public; Owner: -

CREATE INDEX used_assertions_expires_at ON public.used_assertions USING btree (organization_id, client_id, expires_at);

-- Name: user_uniques_id; Type: INDEX; Schema: public; Owner: -

CREATE INDEX user_uniques_id ON public.user_uniques USING btree (organization_id, id);

-- Name: users_active_owners; Type: INDEX; Schema: public; Owner: -

CREATE INDEX users_active_owners ON public.users USING btree (organization_id, id) WHERE ((role_key = 'owner'::text) AND (active = 1));

-- Name: users_display_name_key; Type: INDEX; Schema: public; Owner: -

CREATE INDEX users_display_name_key ON public.users USING btree (organization_id, display_name_key, id) WHERE (display_name_key IS NOT NULL);

-- Name: users_external_id; Type: INDEX; Schema: public; Owner: -

CREATE INDEX users_external_id ON public.users USING btree (organization_id, external_id, id) WHERE (external_id IS NOT NULL);

-- Name: users_user_name_key; Type: INDEX; Schema: public; Owner: -

CREATE UNIQUE INDEX users_user_name_key ON public.users USING btree (organization_id, user_name_key);

-- Name: users_without_display_name; Type: INDEX; Schema: public; Owner: -

CREATE INDEX users_without_display_name ON public.users USING btree (organization_id, id) WHERE (display_name_key IS NULL);

-- Name: users_without_external_id; Type: INDEX; Schema: public; Owner: -

CREATE INDEX users_without_external_id ON public.users USING btree (organization_id, id) WHERE (external_id IS NULL);

-- Name: webhook_deliveries_next_at; Type: INDEX; Schema: public; Owner: -

CREATE INDEX webhook_deliveries_next_at ON public.webhook_deliveries USING btree (organization_id, webhook_id, next_at) WHERE (dead_at IS NULL);

-- Name: webhook_deliveries_resource; Type: INDEX; Schema: public; Owner: -

CREATE INDEX webhook_deliveries_resource ON public.webhook_deliveries USING btree (organization_id, webhook_id, resource_id, "position") WHERE (dead_at IS NULL);

-- Name: deleted_users deleted_users_out_of_groups; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER deleted_users_out_of_groups AFTER DELETE ON public.deleted_users FOR EACH ROW EXECUTE FUNCTION public.forget_memberships();

-- Name: groups groups_counted; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER groups_counted AFTER INSERT OR DELETE ON public.groups FOR EACH ROW EXECUTE FUNCTION public.count_group();

-- Name: users users_counted; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER users_counted AFTER INSERT OR DELETE ON public.users FOR EACH ROW EXECUTE FUNCTION public.count_user();

-- Name: users users_looked_up_after; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER users_looked_up_after AFTER INSERT OR UPDATE OF search ON public.users FOR EACH ROW EXECUTE FUNCTION public.look_user_up();

-- Name: users users_looked_up_before; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER users_looked_up_before BEFORE DELETE OR UPDATE OF search ON public.users FOR EACH ROW EXECUTE FUNCTION public.look_user_up();

-- Name: access_tokens access_tokens_organization_id_client_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.access_tokens
    ADD CONSTRAINT access_tokens_organization_id_client_id_fkey FOREIGN KEY (organization_id, client_id) REFERENCES public.clients(organization_id, id);

-- Name: client_secrets client_secrets_organization_id_client_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.client_secrets
    ADD CONSTRAINT client_secrets_organization_id_client_id_fkey FOREIGN KEY (organization_id, client_id) REFERENCES public.clients(organization_id, id);

-- Name: clients clients_organization_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.clients
    ADD CONSTRAINT clients_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id);

-- Name: deleted_users deleted_users_organization_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.deleted_users
    ADD CONSTRAINT deleted_users_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id);

-- Name: events events_organization_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id);

-- Name: groups groups_organization_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.groups
    ADD CONSTRAINT groups_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id);

-- Name: resource_counts resource_counts_organization_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.resource_counts
    ADD CONSTRAINT resource_counts_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id);

-- Name: tokens tokens_organization_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.tokens
    ADD CONSTRAINT tokens_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id);

-- Name: used_assertions used_assertions_organization_id_client_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.used_assertions
    ADD CONSTRAINT used_assertions_organization_id_client_id_fkey FOREIGN KEY (organization_id, client_id) REFERENCES public.clients(organization_id, id);

-- Name: users users_organization_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id);

-- Name: webhook_deliveries webhook_deliveries_organization_id_webhook_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_organization_id_webhook_id_fkey FOREIGN KEY (organization_id, webhook_id) REFERENCES public.webhooks(organization_id, id) ON DELETE CASCADE;

-- Name: webhook_secrets webhook_secrets_organization_id_webhook_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.webhook_secrets
    ADD CONSTRAINT webhook_secrets_organization_id_webhook_id_fkey FOREIGN KEY (organization_id, webhook_id) REFERENCES public.webhooks(organization_id, id) ON DELETE CASCADE;

-- Name: webhooks webhooks_organization_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.webhooks
    ADD CONSTRAINT webhooks_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id);

-- PostgreSQL database dump complete

