-- The affiliate programme: settings, partners, clicks, attribution, the ledger and its counts by day.
-- Contacts, orders and products are bare numbers here: they live on higher stairs.

-- What slices above accounts may read of accounts in SQL.
CREATE VIEW account_zones AS SELECT id AS account_id, time_zone FROM accounts;

CREATE TABLE programmes (
    account_id bigint PRIMARY KEY REFERENCES accounts,
    commission_1_sum numeric(14, 2),     -- for partners of the first level
    commission_1_percent numeric(7, 4),
    commission_2_sum numeric(14, 2),
    commission_2_percent numeric(7, 4),
    fee_days integer CHECK (fee_days BETWEEN 1 AND 365),    -- NULL: for ever
    which text NOT NULL CHECK (which IN ('first', 'last')), -- of several partners' clicks
    new_contacts_only boolean NOT NULL,
    other_click_cancels boolean NOT NULL,
    money_back boolean NOT NULL,
    open_registration boolean NOT NULL,
    auto_approval boolean NOT NULL,
    store_name text NOT NULL,
    payout_ways text NOT NULL,
    instructions text NOT NULL
);

CREATE TABLE partners (
    account_id bigint NOT NULL REFERENCES accounts,
    id bigint GENERATED ALWAYS AS IDENTITY,
    login text NOT NULL,
    name text NOT NULL DEFAULT '',
    email text NOT NULL DEFAULT '',
    recruited_by bigint,
    state text NOT NULL CHECK (state IN ('waiting', 'active', 'suspended')),
    created_at timestamptz NOT NULL,
    joined_at timestamptz,               -- when he first was active
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, recruited_by) REFERENCES partners (account_id, id)
);
CREATE UNIQUE INDEX partners_login ON partners (account_id, lower(login));
CREATE INDEX partners_email ON partners (account_id, lower(email)) WHERE email <> '';

CREATE TABLE partner_rates (
    account_id bigint NOT NULL,
    partner_id bigint NOT NULL,
    product_id bigint NOT NULL,          -- 0: all that have no rate of their own with him
    level smallint NOT NULL CHECK (level IN (1, 2)),
    sum numeric(14, 2),
    percent numeric(7, 4),
    PRIMARY KEY (account_id, partner_id, product_id, level)
);

CREATE TABLE postbacks (
    account_id bigint NOT NULL,
    partner_id bigint NOT NULL,
    url text NOT NULL,
    parameters text[] NOT NULL,
    PRIMARY KEY (account_id, partner_id)
);

CREATE TABLE clicks (
    account_id bigint NOT NULL,
    partner_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL,
    way text NOT NULL,                   -- link, script, or coupon: an order with his coupon
    outcome text NOT NULL,               -- counted, repeated, robot, ahead
    product_id bigint,
    page text NOT NULL,
    marks jsonb,
    ip text NOT NULL,
    agent text NOT NULL,
    PRIMARY KEY (account_id, partner_id, id)
);

-- Whose click counted when, as long as another one of his would not count.
CREATE TABLE click_visitors (
    account_id bigint NOT NULL,
    visitor bigint NOT NULL,             -- a digest
    counted_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, visitor)
);
CREATE INDEX click_visitors_counted ON click_visitors USING brin (counted_at) WITH (pages_per_range = 16);

-- The clicks that came with a contact's subscriptions and orders.
CREATE TABLE touches (
    account_id bigint NOT NULL,
    contact_id bigint NOT NULL,
    at timestamptz NOT NULL,
    source text NOT NULL,                -- address, form, cookie, request, coupon
    marks jsonb NOT NULL,
    PRIMARY KEY (account_id, contact_id, at, source)
);

-- What was decided when a contact came, and why.
CREATE TABLE lead_decisions (
    account_id bigint NOT NULL,
    contact_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL,
    partner_id bigint,
    rule text NOT NULL,
    touch jsonb,                         -- the click that decided
    PRIMARY KEY (account_id, contact_id, id)
);

-- Who brought whom, by a subscription or an order; a contact counts once for each partner.
CREATE TABLE partner_contacts (
    account_id bigint NOT NULL,
    partner_id bigint NOT NULL,
    contact_id bigint NOT NULL,
    at timestamptz NOT NULL,
    marks jsonb,                         -- of the click that decided
    PRIMARY KEY (account_id, partner_id, contact_id)
);

-- Orders about which something was decided.
CREATE TABLE sales (
    account_id bigint NOT NULL,
    order_id bigint NOT NULL,
    contact_id bigint NOT NULL,
    created_at timestamptz NOT NULL,
    partner_id bigint,
    second_id bigint,                    -- who earns on the second level
    rule text NOT NULL,
    touch jsonb,
    money_back boolean NOT NULL,         -- as the programme said when the order was created
    charged_at timestamptz,              -- when it was paid in full
    PRIMARY KEY (account_id, order_id)
);
CREATE INDEX sales_of_partner ON sales (account_id, partner_id, order_id) WHERE partner_id IS NOT NULL;
CREATE INDEX sales_of_second ON sales (account_id, second_id, order_id) WHERE second_id IS NOT NULL;

-- What each item of a credited order earns once the order is paid.
CREATE TABLE sale_fees (
    account_id bigint NOT NULL,
    order_id bigint NOT NULL,
    place smallint NOT NULL,
    level smallint NOT NULL,
    partner_id bigint NOT NULL,
    product_id bigint NOT NULL,
    amount numeric(14, 2) NOT NULL CHECK (amount >= 0),
    PRIMARY KEY (account_id, order_id, place, level)
);

-- Each row stands in two books: out of one (debit), into the other (credit). Nothing is ever changed here.
CREATE TABLE ledger (
    account_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    kind text NOT NULL,
    debit text NOT NULL,
    credit text NOT NULL,
    partner_id bigint NOT NULL,
    amount numeric(14, 2) NOT NULL CHECK (amount > 0),
    order_id bigint,
    place smallint,
    level smallint,
    payout_id bigint,
    at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, id),
    CHECK ((kind, debit, credit) IN (('charge', 'commissions', 'partner'),
                                     ('reversal', 'partner', 'commissions'),
                                     ('payout', 'partner', 'payouts'))),
    CHECK ((kind = 'payout') = (order_id IS NULL) AND (kind = 'payout') = (payout_id IS NOT NULL))
);
CREATE INDEX ledger_of_partner ON ledger (account_id, partner_id);
CREATE UNIQUE INDEX ledger_charges ON ledger (account_id, order_id, place, level) WHERE kind = 'charge';
CREATE INDEX ledger_reversals ON ledger (account_id, order_id, place, level) WHERE kind = 'reversal';

-- The books: a balance is the sum of its rows; all rows together are nothing.
CREATE VIEW ledger_books AS
SELECT account_id, id, kind, debit AS book, partner_id, -amount AS amount, at FROM ledger
UNION ALL
SELECT account_id, id, kind, credit AS book, partner_id, amount, at FROM ledger;

CREATE TABLE payouts (
    account_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    partner_id bigint NOT NULL,
    amount numeric(14, 2) NOT NULL CHECK (amount > 0),
    at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    note text NOT NULL,
    actor text NOT NULL,
    PRIMARY KEY (account_id, id)
);
CREATE INDEX payouts_of_partner ON payouts (account_id, partner_id, id);

-- What happened for a partner on each day, as the account's clocks have it. Written in the transactions that make it
-- so. What is taken back lessens the day of its own charge.
CREATE TABLE partner_days (
    account_id bigint NOT NULL,
    partner_id bigint NOT NULL,
    day date NOT NULL,
    clicks integer NOT NULL,
    contacts integer NOT NULL,
    orders integer NOT NULL,
    paid_orders integer NOT NULL,
    recruits integer NOT NULL,
    earned numeric(16, 2) NOT NULL,
    paid numeric(16, 2) NOT NULL,
    PRIMARY KEY (account_id, partner_id, day)
) WITH (fillfactor = 60);
