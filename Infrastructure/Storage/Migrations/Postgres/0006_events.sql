-- What happened to an organization's resources. sequence is in the order in which it was written, which for one resource is the order of its commits; position is given after
-- the commit, in the order in which commits are seen, counts from 1 in each organization, and no position is given twice. before_values and after_values are JSON objects with the
-- attributes that changed; of members that come and go, member_id and member_type say who. acknowledged_at is when the application said that it is in effect there.
create table events (
    organization_id text collate "C" not null references organizations (id),
    sequence bigint generated always as identity,
    position bigint,
    at text collate "C" not null,
    type text collate "C" not null,
    resource_type text collate "C" not null,
    resource_id text collate "C" not null,
    version bigint not null,
    before_values text,
    after_values text,
    member_id text collate "C",
    member_type text collate "C",
    request_id text collate "C" not null,
    actor_kind text collate "C" not null,
    actor text collate "C" not null,
    acknowledged_at text collate "C",
    primary key (organization_id, sequence)
);

create unique index events_position on events (organization_id, position) where position is not null;
create index events_unplaced on events (organization_id, sequence) where position is null;
create index events_resource on events (organization_id, resource_id, position);

-- Accounts that the application has not said it has closed.
create index events_unacknowledged on events (organization_id, position) where acknowledged_at is null and type in ('user.deactivated', 'user.deleted');

-- Where events are sent. types is a JSON array of what is sent, null for all. position is the last event that was sent or is a row of webhook_deliveries. failures counts attempts
-- that failed one after another; nothing is tried before next_at; who works on it holds it until leased_until.
create table webhooks (
    organization_id text collate "C" not null references organizations (id),
    id text collate "C" not null,
    url text not null,
    types text collate "C",
    created_at text collate "C" not null,
    position bigint not null,
    failures bigint not null,
    next_at text collate "C" not null,
    leased_until text collate "C" not null,
    disabled_at text collate "C",
    disabled_why text collate "C",
    primary key (organization_id, id)
);

-- What signs; it has to be known as it is. Two are live while one takes over from the other.
create table webhook_secrets (
    organization_id text collate "C" not null,
    webhook_id text collate "C" not null,
    id text collate "C" not null,
    secret bytea not null,
    created_at text collate "C" not null,
    expires_at text collate "C",
    primary key (organization_id, webhook_id, id),
    foreign key (organization_id, webhook_id) references webhooks (organization_id, id) on delete cascade
);

-- Events that are to be sent again, and those of the same resource that wait behind them; dead_at is when that was given up.
create table webhook_deliveries (
    organization_id text collate "C" not null,
    webhook_id text collate "C" not null,
    position bigint not null,
    resource_id text collate "C" not null,
    attempts bigint not null,
    first_at text collate "C" not null,
    next_at text collate "C" not null,
    status integer,
    failure text collate "C",
    dead_at text collate "C",
    primary key (organization_id, webhook_id, position),
    foreign key (organization_id, webhook_id) references webhooks (organization_id, id) on delete cascade
);

create index webhook_deliveries_resource on webhook_deliveries (organization_id, webhook_id, resource_id, position) where dead_at is null;
create index webhook_deliveries_next_at on webhook_deliveries (organization_id, webhook_id, next_at) where dead_at is null;

-- The provisioning log: what the answer said, without what a client wrote (detail), how long the request took until then, and the names of the quirks that applied, with commas
-- between them. method, path and status are of changes too from here on.
alter table audit_records add column detail text;
alter table audit_records add column duration_us bigint;
alter table audit_records add column quirks text;
