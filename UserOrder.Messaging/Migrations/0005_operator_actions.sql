-- What operators did to dead letters, consumers and the relay, one row for each action. A row without ended_at belongs to an action that
-- has not ended, or whose replica stopped.
create table operator_actions (
  id       bigint      primary key generated always as identity,
  begun_at timestamptz not null default now(),
  begun_by text,
  action   text        not null,
  target   text        not null,
  detail   text,
  ended_at timestamptz,
  count    integer,
  failure  text
);

-- Rows arrive in the order of begun_at, as in the inbox.
create index operator_actions_begun_at on operator_actions using brin (begun_at);
