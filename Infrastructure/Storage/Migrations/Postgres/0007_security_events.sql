-- The method of the request that did it; null for a command, and before.
alter table events add column method text collate "C";

-- What brought the event about where it is about something else: the group, mapping or organization that was changed, with its version since. The log looks for it there, and for who
-- came to a group or left it by the member.
alter table events add column cause_type text collate "C";
alter table events add column cause_id text collate "C";
alter table events add column cause_version bigint;
create index events_cause on events (organization_id, cause_id, request_id) where cause_id is not null;
create index events_member on events (organization_id, member_id, position) where member_id is not null;

-- What was refused, and requests that changed nothing and were not refused, which are kept for a shorter time.
create index audit_records_refused on audit_records (organization_id, id) where status >= 400;
create index audit_records_unchanged on audit_records (organization_id, id) where operation is null and status < 400;

-- What a request did to a resource, for the provisioning log.
drop index events_resource;
create index events_resource on events (organization_id, resource_id, version);

-- Whether an application acknowledges at all.
create index events_acknowledged on events (organization_id) where acknowledged_at is not null;

-- How events are sent: webhook (Standard Webhooks 1.0), or as security event tokens by push (RFC 8935) or poll (RFC 8936; url is empty then). Of tokens, audience is whom they
-- are for, and mode says whether they hold values (full) or names (notice).
alter table webhooks add column delivery text collate "C" not null default 'webhook';
alter table webhooks add column audience text;
alter table webhooks add column mode text collate "C";

-- What signs security event tokens; it has to be known as it is: a private key (PKCS #8). It signs until another one is made, and its public part is told until expires_at.
create table signing_keys (
    organization_id text collate "C" not null references organizations (id),
    id text collate "C" not null,
    key bytea not null,
    created_at text collate "C" not null,
    expires_at text collate "C",
    primary key (organization_id, id)
);

-- Requests that were accepted and are carried out later (RFC 7240, respond-async). id is the request's id. token_hash names whose request it is; body is its JSON, null when it is
-- done. An organization's are carried out in the order of number. Who carries one out holds it until leased_until, by the number
-- lease, which nobody has had before; attempts counts how often that ended in a fault.
create table deferred_requests (
    organization_id text collate "C" not null references organizations (id),
    id text collate "C" not null,
    number bigint not null,
    at text collate "C" not null,
    token_hash bytea not null,
    method text collate "C" not null,
    endpoint text collate "C" not null,
    resource_id text collate "C",
    if_match text collate "C",
    if_none_match text collate "C",
    body bytea,
    size bigint not null,
    attempts bigint not null,
    lease bigint not null,
    leased_until text collate "C" not null,
    finished_at text collate "C",
    primary key (organization_id, id)
);

create index deferred_requests_waiting on deferred_requests (organization_id, number) where finished_at is null;
create index deferred_requests_number on deferred_requests (organization_id, number);
create index deferred_requests_finished_at on deferred_requests (organization_id, finished_at) where finished_at is not null;

-- What became of them: of a Bulk request one row for each operation, of any other one. result is the member of Operations of a Bulk response (RFC 7644, section 3.7).
create table deferred_results (
    organization_id text collate "C" not null,
    request_id text collate "C" not null,
    number bigint not null,
    at text collate "C" not null,
    result text collate "C" not null,
    primary key (organization_id, request_id, number),
    foreign key (organization_id, request_id) references deferred_requests (organization_id, id) on delete cascade
);
