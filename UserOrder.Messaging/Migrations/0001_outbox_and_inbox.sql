-- Events that wait for the broker's confirm. The id is a UUIDv7, so the primary key is also the order of writing.
create table outbox (
  id           uuid        primary key,
  type         text        not null,
  body         bytea       not null,
  traceparent  text,
  tracestate   text,
  attempts     integer     not null default 0,
  available_at timestamptz not null default '-infinity'
);

-- Events that took effect, one row for each queue that delivered them.
create table inbox (
  event_id    uuid        not null,
  queue       text        not null,
  received_at timestamptz not null,
  primary key (event_id, queue)
);

-- Rows arrive in the order of received_at, so a block range index finds the old ones and costs an insert almost nothing.
create index inbox_received_at on inbox using brin (received_at);
