-- The users that this service knows to exist: their ids and nothing personal.
create table known_users (
  id uuid primary key
);

create table orders (
  id        uuid           primary key,
  user_id   uuid           not null,
  items     jsonb          not null,
  total     numeric(20, 2) not null,
  placed_at timestamptz    not null
);

create index orders_of_user on orders (user_id, id);
