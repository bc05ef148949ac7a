-- Orders with their items, payments and history, and the channels that take payments.

CREATE TABLE orders (
    account_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    contact_id bigint NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'paid', 'sent', 'returned', 'cancelled', 'refunded')),
    email text NOT NULL,                 -- what was said of the buyer in this order
    first_name text NOT NULL,
    last_name text NOT NULL,
    middle_name text NOT NULL,
    phone text NOT NULL,
    country text NOT NULL,
    region text NOT NULL,
    city text NOT NULL,
    address text NOT NULL,
    postal_code text NOT NULL,
    ip text NOT NULL,
    currency text NOT NULL,
    total numeric(14, 2) NOT NULL CHECK (total >= 0),
    received numeric(14, 2) NOT NULL DEFAULT 0,  -- payments less refunds, written with each of their rows
    coupon text NOT NULL,                -- the code, as the coupon spells it
    coupon_id bigint,
    tag text NOT NULL,
    comment text NOT NULL,
    domain text NOT NULL,
    source text NOT NULL,                -- api, page, owner
    payment_method text NOT NULL,
    tracking_number text NOT NULL DEFAULT '',
    manager_id bigint,
    marks jsonb,
    extra jsonb,                         -- further addresses and words that only some clients send
    open_key uuid,                       -- buyer and products while it waits unpaid: there is one such order (decision 12)
    created_at timestamptz NOT NULL,
    cancel_at timestamptz,               -- when it is cancelled if nothing has been paid
    paid_at timestamptz,                 -- when it was paid in full
    sent_at timestamptz,
    ended_at timestamptz,                -- returned, cancelled or refunded
    deleted_at timestamptz,              -- hidden
    PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX orders_open ON orders (account_id, open_key) WHERE open_key IS NOT NULL;
CREATE INDEX orders_of_contact ON orders (account_id, contact_id, id);
CREATE INDEX orders_created ON orders (account_id, created_at, id);
CREATE INDEX orders_paid ON orders (account_id, paid_at, id) WHERE paid_at IS NOT NULL;
CREATE INDEX orders_cancel ON orders (cancel_at) WHERE cancel_at IS NOT NULL;

CREATE TABLE order_items (
    account_id bigint NOT NULL,
    order_id bigint NOT NULL,
    place smallint NOT NULL,             -- from 0
    product_id bigint NOT NULL,
    name text NOT NULL,
    title text NOT NULL,
    price numeric(14, 2) NOT NULL,       -- the product's then
    sum numeric(14, 2) NOT NULL,         -- what is to be paid for it
    pin_code text NOT NULL DEFAULT '',
    awaits_pin boolean NOT NULL DEFAULT false,   -- paid, but the stock was empty
    PRIMARY KEY (account_id, order_id, place)
);
CREATE INDEX order_items_awaiting ON order_items (account_id, product_id, order_id) WHERE awaits_pin;

CREATE TABLE payments (
    account_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    order_id bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('payment', 'refund')),
    amount numeric(14, 2) NOT NULL CHECK (amount > 0),
    channel text NOT NULL,               -- manual, api, stripe
    reference text NOT NULL,             -- the channel's own number of it; empty: it has none
    at timestamptz NOT NULL,             -- when the money moved
    recorded_at timestamptz NOT NULL,
    note text NOT NULL,
    PRIMARY KEY (account_id, id)
);
CREATE INDEX payments_of_order ON payments (account_id, order_id, id);
CREATE UNIQUE INDEX payments_reference ON payments (account_id, channel, kind, reference) WHERE reference <> '';

CREATE TABLE order_changes (
    account_id bigint NOT NULL,
    order_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL,
    actor text NOT NULL,                 -- api, page, owner, deadline, purchase, the name of a payment channel
    event text NOT NULL,
    detail text NOT NULL,
    PRIMARY KEY (account_id, order_id, id)
);

CREATE TABLE payment_channels (
    account_id bigint NOT NULL REFERENCES accounts,
    channel text NOT NULL,
    settings bytea NOT NULL,             -- JSON, encrypted under the installation's secret
    created_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, channel)
);
