-- Tombstones whose retention time is over are found without reading the others; a list of them is in the order of their deletion.
create index deleted_users_deleted_at on deleted_users (organization_id, deleted_at, id);
