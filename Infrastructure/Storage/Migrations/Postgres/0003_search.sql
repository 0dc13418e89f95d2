-- Seals the cursors of an organization's lists, so that none can be made up, changed, or used by another organization.
alter table organizations add column cursor_key bytea;
-- Without an extension, random bytes come in the form of UUIDs, 122 random bits in each.
update organizations set cursor_key = decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex');
