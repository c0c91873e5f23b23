-- Events with an ordering key. They are never due, so the relays of any version leave them to the one that keeps their order. A position is
-- drawn under a lock that lasts until the commit, so the positions of a key are in the order of its commits.
alter table outbox
  add column if not exists ordering_key text,
  add column if not exists position     bigint;

create index if not exists outbox_position on outbox (type, position) where position is not null;

create sequence if not exists outbox_positions;

-- It runs as its owner, so that the service's role needs no right to the sequence. The first number only keeps these locks apart from others.
create or replace function next_outbox_position(type text, ordering_key text) returns bigint
language plpgsql security definer set search_path from current as
$$
begin
  perform pg_advisory_xact_lock(1869968750, hashtext(type || ' ' || ordering_key));
  return nextval('outbox_positions');
end
$$;
