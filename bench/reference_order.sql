-- The raw limit that CreateOrder is measured against: one function that does all the writes of an order with two
-- products, called once per transaction by pgbench with a prepared statement. The rules (delivery data, coupons,
-- deadlines, limits) and the count of contacts are left out, which favours pgbench.
-- Numbers come from a sequence here, so that nobody waits for anybody.
CREATE SEQUENCE IF NOT EXISTS bench.numbers START 1000000000;
CREATE OR REPLACE FUNCTION bench.purchase(login text, first_product text, second_product text, email text, name text, phone text)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    owner record;
    person bigint;
    number bigint;
    whole numeric;
    same uuid;
BEGIN
    SELECT id, currency INTO owner FROM public.accounts a WHERE lower(a.login) = lower(purchase.login);
    SELECT sum(price) INTO whole FROM public.products p
    WHERE p.account_id = owner.id AND p.name IN (first_product, second_product) AND p.deleted_at IS NULL;
    INSERT INTO public.contacts AS c (account_id, email, email_key, name, phone, city, tags, created_at)
    VALUES (owner.id, email, lower(email), name, phone, '', '{}', now())
    ON CONFLICT (account_id, email_key) DO UPDATE SET
        name = CASE WHEN c.name = '' THEN excluded.name ELSE c.name END,
        phone = CASE WHEN c.phone = '' THEN excluded.phone ELSE c.phone END
    RETURNING id INTO person;
    same := md5(lower(email) || ' ' || first_product || ' ' || second_product);
    INSERT INTO public.orders AS o (account_id, id, contact_id, state, email, first_name, last_name, middle_name, phone,
        country, region, city, address, postal_code, ip, currency, total, coupon, tag, comment, domain, source,
        payment_method, open_key, created_at)
    VALUES (owner.id, nextval('bench.numbers'), person, 'waiting', email, name, '', '', phone, '', '', '', '', '', '', owner.currency, whole,
        '', '', '', '', 'api', '', same, now())
    ON CONFLICT DO NOTHING RETURNING id INTO number;
    IF number IS NULL THEN
        SELECT id INTO number FROM public.orders o WHERE o.account_id = owner.id AND o.open_key = same;
        RETURN number;
    END IF;
    INSERT INTO public.order_items (account_id, order_id, place, product_id, name, title, price, sum)
    SELECT owner.id, number, row_number() OVER (ORDER BY p.id) - 1, p.id, p.name, p.title, p.price, p.price
    FROM public.products p
    WHERE p.account_id = owner.id AND p.name IN (first_product, second_product) AND p.deleted_at IS NULL;
    RETURN number;
END $$;
