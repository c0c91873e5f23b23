-- The idempotency keys of clients' requests. One statement writes a request's key and its rows. entity_id is the entity that the request
-- created, or would have created without a conflict.
create table idempotency_keys (
  key         text        primary key collate "C",
  fingerprint bytea       not null,
  entity_id   uuid        not null,
  created_at  timestamptz not null
);

-- Rows arrive in the order of created_at, as in the inbox.
create index idempotency_keys_created_at on idempotency_keys using brin (created_at);
