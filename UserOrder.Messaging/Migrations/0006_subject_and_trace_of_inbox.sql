-- Lets operators find an event by the entity that it is about, if that is a UUID, or by its trace, if that was recorded. Replicas of the
-- previous version write neither. The ids of events and entities sort by time, so a search by subject reads the primary key from the
-- entity's creation on. A trace's id has no time, so it needs an index. On a large inbox, run these statements by hand first, the second
-- one concurrently.
alter table inbox
  add column if not exists subject  uuid,
  add column if not exists trace_id uuid;

create index if not exists inbox_trace_id on inbox (trace_id) where trace_id is not null;
