-- Groups, products, categories, coupons, partners, payouts, managers and orders are known by their numbers. These are
-- counted per account from here on, so that nobody learns from one how much all other accounts sell. The number is the
-- second part of the key (account_id, id); numbers given out keep their values.
--
-- Each ALTER below changes the catalogue only, and the counters begin with one look into an index for each account and
-- table. The tables are locked for that long: some 0.1 s for 1,000 accounts.

CREATE TABLE number_counters (
    account_id bigint NOT NULL,
    kind text NOT NULL,                  -- the table whose numbers are counted
    last bigint NOT NULL,
    PRIMARY KEY (account_id, kind)
) WITH (fillfactor = 50);

-- Return the account's next number. Whoever has taken one keeps others from taking until the end of the transaction, so
-- that numbers follow each other without gaps.
CREATE FUNCTION next_number(of_account bigint, of_kind text) RETURNS bigint LANGUAGE sql AS $$
    INSERT INTO number_counters AS c (account_id, kind, last) VALUES (of_account, of_kind, 1)
    ON CONFLICT (account_id, kind) DO UPDATE SET last = c.last + 1 RETURNING last
$$;

-- A row without a number gets the next one; one that brings its own is counted past.
CREATE FUNCTION number_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.id IS NULL THEN
        NEW.id := next_number(NEW.account_id, TG_TABLE_NAME);
    ELSE
        INSERT INTO number_counters AS c (account_id, kind, last) VALUES (NEW.account_id, TG_TABLE_NAME, NEW.id)
        ON CONFLICT (account_id, kind) DO UPDATE SET last = excluded.last WHERE c.last < excluded.last;
    END IF;
    RETURN NEW;
END
$$;

ALTER TABLE groups ALTER COLUMN id DROP IDENTITY;
ALTER TABLE managers ALTER COLUMN id DROP IDENTITY;
ALTER TABLE products ALTER COLUMN id DROP IDENTITY;
ALTER TABLE product_categories ALTER COLUMN id DROP IDENTITY;
ALTER TABLE coupons ALTER COLUMN id DROP IDENTITY;
ALTER TABLE partners ALTER COLUMN id DROP IDENTITY;
ALTER TABLE payouts ALTER COLUMN id DROP IDENTITY;
ALTER TABLE orders ALTER COLUMN id DROP IDENTITY;

CREATE TRIGGER numbered BEFORE INSERT ON groups FOR EACH ROW EXECUTE FUNCTION number_row();
CREATE TRIGGER numbered BEFORE INSERT ON managers FOR EACH ROW EXECUTE FUNCTION number_row();
CREATE TRIGGER numbered BEFORE INSERT ON products FOR EACH ROW EXECUTE FUNCTION number_row();
CREATE TRIGGER numbered BEFORE INSERT ON product_categories FOR EACH ROW EXECUTE FUNCTION number_row();
CREATE TRIGGER numbered BEFORE INSERT ON coupons FOR EACH ROW EXECUTE FUNCTION number_row();
CREATE TRIGGER numbered BEFORE INSERT ON partners FOR EACH ROW EXECUTE FUNCTION number_row();
CREATE TRIGGER numbered BEFORE INSERT ON payouts FOR EACH ROW EXECUTE FUNCTION number_row();
-- Orders come in batches, whose statement counts for all of them at once and brings the numbers along. The trigger is
-- for servers of the release before this one.
CREATE TRIGGER numbered BEFORE INSERT ON orders FOR EACH ROW WHEN (NEW.id IS NULL) EXECUTE FUNCTION number_row();

INSERT INTO number_counters (account_id, kind, last)
SELECT a.id, k.kind, coalesce(k.last, 0)
FROM accounts a CROSS JOIN LATERAL (VALUES
    ('groups', (SELECT max(id) FROM groups t WHERE t.account_id = a.id)),
    ('managers', (SELECT max(id) FROM managers t WHERE t.account_id = a.id)),
    ('products', (SELECT max(id) FROM products t WHERE t.account_id = a.id)),
    ('product_categories', (SELECT max(id) FROM product_categories t WHERE t.account_id = a.id)),
    ('coupons', (SELECT max(id) FROM coupons t WHERE t.account_id = a.id)),
    ('partners', (SELECT max(id) FROM partners t WHERE t.account_id = a.id)),
    ('payouts', (SELECT max(id) FROM payouts t WHERE t.account_id = a.id)),
    ('orders', (SELECT max(id) FROM orders t WHERE t.account_id = a.id))
) AS k (kind, last);

-- Placing orders locks the account's row before it counts, so there has to be one from the beginning.
CREATE FUNCTION begin_counting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO number_counters (account_id, kind, last) VALUES (NEW.id, 'orders', 0) ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER counted AFTER INSERT ON accounts FOR EACH ROW EXECUTE FUNCTION begin_counting();
