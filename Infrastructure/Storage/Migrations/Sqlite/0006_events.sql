-- What happened to an organization's resources, in the order of the commits: position counts from 1 in each organization, and no position is given twice. before_values and
-- after_values are JSON objects with the attributes that changed; of members that come and go, member_id and member_type say who. acknowledged_at is when the application
-- said that it is in effect there.
create table events (
    organization_id text not null references organizations (id),
    position integer not null,
    at text not null,
    type text not null,
    resource_type text not null,
    resource_id text not null,
    version integer not null,
    before_values text,
    after_values text,
    member_id text,
    member_type text,
    request_id text not null,
    actor_kind text not null,
    actor text not null,
    acknowledged_at text
) strict;

create unique index events_position on events (organization_id, position);
create index events_resource on events (organization_id, resource_id, position);

-- Accounts that the application has not said it has closed.
create index events_unacknowledged on events (organization_id, position) where acknowledged_at is null and type in ('user.deactivated', 'user.deleted');

-- Where events are sent. types is a JSON array of what is sent, null for all. position is the last event that was sent or is a row of webhook_deliveries. failures counts attempts
-- that failed one after another; nothing is tried before next_at; who works on it holds it until leased_until.
create table webhooks (
    organization_id text not null references organizations (id),
    id text not null,
    url text not null,
    types text,
    created_at text not null,
    position integer not null,
    failures integer not null,
    next_at text not null,
    leased_until text not null,
    disabled_at text,
    disabled_why text,
    primary key (organization_id, id)
) strict;

-- What signs; it has to be known as it is. Two are live while one takes over from the other.
create table webhook_secrets (
    organization_id text not null,
    webhook_id text not null,
    id text not null,
    secret blob not null,
    created_at text not null,
    expires_at text,
    primary key (organization_id, webhook_id, id),
    foreign key (organization_id, webhook_id) references webhooks (organization_id, id) on delete cascade
) strict, without rowid;

-- Events that are to be sent again, and those of the same resource that wait behind them; dead_at is when that was given up.
create table webhook_deliveries (
    organization_id text not null,
    webhook_id text not null,
    position integer not null,
    resource_id text not null,
    attempts integer not null,
    first_at text not null,
    next_at text not null,
    status integer,
    failure text,
    dead_at text,
    primary key (organization_id, webhook_id, position),
    foreign key (organization_id, webhook_id) references webhooks (organization_id, id) on delete cascade
) strict, without rowid;

create index webhook_deliveries_resource on webhook_deliveries (organization_id, webhook_id, resource_id, position) where dead_at is null;
create index webhook_deliveries_next_at on webhook_deliveries (organization_id, webhook_id, next_at) where dead_at is null;

-- The provisioning log: what the answer said, without what a client wrote (detail), how long the request took until then, and the names of the quirks that applied, with commas
-- between them. method, path and status are of changes too from here on.
alter table audit_records add column detail text;
alter table audit_records add column duration_us integer;
alter table audit_records add column quirks text;
