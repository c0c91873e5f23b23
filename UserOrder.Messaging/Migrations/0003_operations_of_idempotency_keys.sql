-- A key belongs to one operation. During a rollout, replicas of the previous version write keys without an operation. So a service that had
-- one operation makes it the default in a migration of its own. These replicas also look keys up without an operation, so key comes first.
alter table idempotency_keys
  add column operation text collate "C" not null default '',
  drop constraint idempotency_keys_pkey,
  add primary key (key, operation);
