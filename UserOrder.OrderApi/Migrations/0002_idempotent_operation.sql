-- All keys so far are of this operation, and so are those that the version before still writes during a rollout.
alter table idempotency_keys alter column operation set default 'placeOrder';
update idempotency_keys set operation = 'placeOrder' where operation = '';
