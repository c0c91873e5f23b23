-- A key belongs to one operation. A service whose keys were all of one operation names that in a migration of its own, as the default:
-- during a rollout, replicas of the version before write keys without an operation. They look keys up without one, too, so key comes first.
alter table idempotency_keys
  add column operation text collate "C" not null default '',
  drop constraint idempotency_keys_pkey,
  add primary key (key, operation);
