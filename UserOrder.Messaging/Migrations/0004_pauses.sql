-- What operators have paused, one row for each consumer's queue and one for the relay. Every replica reads it once a second. A row stays
-- after a resume, so that it shows who resumed and when. The name is the queue, or "relay".
create table pauses (
  name       text        primary key collate "C",
  is_paused  boolean     not null,
  changed_at timestamptz not null,
  changed_by text
);
