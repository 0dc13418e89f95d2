-- Seals the cursors of an organization's lists, so that none can be made up, changed, or used by another organization.
alter table organizations add column cursor_key blob;
update organizations set cursor_key = randomblob(32);
