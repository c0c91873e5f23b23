-- All keys so far are of this operation, and so are those that the version before still writes during a rollout.
alter table idempotency_keys alter column operation set default 'createUser';
update idempotency_keys set operation = 'createUser' where operation = '';
