-- The raw limit that the server is measured against: one function that does all the writes of one lead, called once
-- per transaction by pgbench with a prepared statement. The rule itself (states, marks, limits) and
-- the counts of contacts and members are left out, which favours pgbench.
CREATE SCHEMA IF NOT EXISTS bench;

CREATE OR REPLACE FUNCTION bench.lead(login text, group_name text, email text, name text, phone text, asks boolean)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    owner bigint;
    g record;
    person bigint;
    next_state text := CASE WHEN asks THEN 'waiting' ELSE 'active' END;
BEGIN
    SELECT id INTO owner FROM public.accounts a WHERE lower(a.login) = lower(lead.login);
    SELECT id, kind, confirmation INTO g FROM public.groups WHERE account_id = owner AND groups.name = group_name;
    INSERT INTO public.contacts AS c (account_id, email, email_key, name, phone, city, tags, created_at)
    VALUES (owner, email, lower(email), name, phone, '', '{}', now())
    ON CONFLICT (account_id, email_key) DO UPDATE SET
        name = CASE WHEN c.name = '' THEN excluded.name ELSE c.name END,
        phone = CASE WHEN c.phone = '' THEN excluded.phone ELSE c.phone END
    RETURNING id INTO person;
    INSERT INTO public.memberships AS m (account_id, contact_id, group_id, state, subscribed_at, asked_at,
                                         activated_at, tag, city, done_url, ip, marks)
    VALUES (owner, person, g.id, next_state, now(), CASE WHEN asks THEN now() END,
            CASE WHEN NOT asks THEN now() END, '', '', '', '', NULL)
    ON CONFLICT (account_id, contact_id, group_id) DO UPDATE SET state = excluded.state;
    IF asks THEN
        INSERT INTO public.letters (account_id, kind, recipient, data, queued_at, due_at)
        VALUES (owner, 'groups.confirmation', email,
                jsonb_build_object('contact_id', person, 'group_ids', jsonb_build_array(g.id)), now(), now());
    END IF;
    RETURN person;
END $$;
