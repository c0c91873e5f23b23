-- email_key is the email in lower case, as the service computes it: the uniqueness must not depend on the server's collation.
create table users (
  id         uuid        primary key,
  name       text        not null,
  email      text        not null,
  email_key  text        not null collate "C" unique,
  created_at timestamptz not null
);

-- Apart from users, so that an order's event neither rewrites the user's row nor needs it to be there.
create table order_totals (
  user_id       uuid        primary key,
  order_count   bigint      not null,
  last_order_at timestamptz not null
);
