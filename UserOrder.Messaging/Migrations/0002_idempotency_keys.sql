-- The keys that clients gave their requests, each written in the statement of what its request did. entity_id is what that created,
-- or would have created.
create table idempotency_keys (
  key         text        primary key collate "C",
  fingerprint bytea       not null,
  entity_id   uuid        not null,
  created_at  timestamptz not null
);

-- As for the inbox: rows arrive in the order of created_at.
create index idempotency_keys_created_at on idempotency_keys using brin (created_at);
