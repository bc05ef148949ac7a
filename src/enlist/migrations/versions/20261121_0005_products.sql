-- Products with their categories and pin codes, and coupons.

CREATE TABLE product_categories (
    account_id bigint NOT NULL REFERENCES accounts,
    id bigint GENERATED ALWAYS AS IDENTITY,
    title text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, id),
    UNIQUE (account_id, title)
);

CREATE TABLE products (
    account_id bigint NOT NULL REFERENCES accounts,
    id bigint GENERATED ALWAYS AS IDENTITY,
    name text NOT NULL,                  -- what scripts and addresses call it
    kind text NOT NULL CHECK (kind IN ('digital', 'physical', 'floating')),
    title text NOT NULL,
    category_id bigint,
    price numeric(14, 2) NOT NULL CHECK (price >= 0),
    groups text[] NOT NULL DEFAULT '{}', -- names of the groups that its buyers join
    listed boolean NOT NULL DEFAULT true,
    short_address boolean NOT NULL DEFAULT false,
    deadline interval,                   -- an unpaid order with it is cancelled after so long
    least_payment numeric(14, 2),        -- the smallest part payment; NULL: only at once
    download_url text NOT NULL DEFAULT '',
    thanks_url text NOT NULL DEFAULT '', -- where the buyer goes after paying
    letter_subject text NOT NULL DEFAULT '',
    letter_format text NOT NULL DEFAULT 'text' CHECK (letter_format IN ('text', 'html')),
    letter_html text NOT NULL DEFAULT '',
    letter_text text NOT NULL DEFAULT '',
    payment_text text NOT NULL DEFAULT '',   -- HTML on the payment page
    created_hook_url text NOT NULL DEFAULT '',
    paid_hook_url text NOT NULL DEFAULT '',
    cash_on_delivery boolean NOT NULL DEFAULT false,
    post_service text NOT NULL DEFAULT 'none' CHECK (post_service IN ('none', 'quickpost')),
    post_article text NOT NULL DEFAULT '',
    countries text[] NOT NULL DEFAULT '{}',  -- where it is delivered to; empty: everywhere
    commission_1_sum numeric(14, 2),     -- for partners of the first level; all four NULL: the programme's default
    commission_1_percent numeric(7, 4),
    commission_2_sum numeric(14, 2),
    commission_2_percent numeric(7, 4),
    for_partners boolean NOT NULL DEFAULT false,
    sales_url text NOT NULL DEFAULT '',
    promotion_url text NOT NULL DEFAULT '',
    partner_note text NOT NULL DEFAULT '',
    cost_sum numeric(14, 2),
    cost_percent numeric(7, 4),
    created_at timestamptz NOT NULL,
    deleted_at timestamptz,
    PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX products_name ON products (account_id, name) WHERE deleted_at IS NULL;

CREATE TABLE pin_codes (
    account_id bigint NOT NULL,
    product_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    code text NOT NULL,
    order_id bigint,                     -- who got it: the order and the place of the item in it
    place smallint,
    issued_at timestamptz,
    PRIMARY KEY (account_id, product_id, id),
    UNIQUE (account_id, product_id, code)
);
CREATE INDEX pin_codes_free ON pin_codes (account_id, product_id, id) WHERE order_id IS NULL;
CREATE UNIQUE INDEX pin_codes_issued ON pin_codes (account_id, order_id, place) WHERE order_id IS NOT NULL;

CREATE TABLE coupons (
    account_id bigint NOT NULL REFERENCES accounts,
    id bigint GENERATED ALWAYS AS IDENTITY,
    code text NOT NULL,
    code_key text NOT NULL,              -- the code as it is compared: without regard to letter case
    discount_sum numeric(14, 2),         -- one of the two
    discount_percent numeric(7, 4),
    valid_from timestamptz,
    valid_until timestamptz,
    product_ids bigint[] NOT NULL DEFAULT '{}',  -- empty: all
    partner_id bigint,
    most_uses integer,                   -- NULL: without limit
    uses integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    disabled_at timestamptz,
    PRIMARY KEY (account_id, id),
    CHECK ((discount_sum IS NULL) <> (discount_percent IS NULL))
);
CREATE UNIQUE INDEX coupons_code ON coupons (account_id, code_key);
