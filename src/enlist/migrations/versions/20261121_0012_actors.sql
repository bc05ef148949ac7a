-- History keeps who acted as a kind and an id, and what happened to an order as fields. The words of older releases stay
-- beside them: an older server still writes and reads these, and what could not be read is known by them alone.

ALTER TABLE contact_changes ADD COLUMN actor_kind text, ADD COLUMN actor_id text;
ALTER TABLE order_changes ADD COLUMN actor_kind text, ADD COLUMN actor_id text, ADD COLUMN fields jsonb;
ALTER TABLE payouts ADD COLUMN actor_kind text, ADD COLUMN actor_id text;

CREATE FUNCTION pg_temp.kind_of(word text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN word = 'api' THEN 'protocol' WHEN word = 'page' THEN 'person' WHEN word = 'owner' THEN 'owner'
                WHEN word IN ('deadline', 'purchase') THEN 'system' ELSE 'channel' END
$$;
CREATE FUNCTION pg_temp.id_of(word text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN word = 'api' THEN 'justclick' WHEN word IN ('page', 'owner') THEN '' ELSE word END
$$;

UPDATE contact_changes SET actor_kind = pg_temp.kind_of(actor), actor_id = pg_temp.id_of(actor);
UPDATE payouts SET actor_kind = pg_temp.kind_of(actor), actor_id = pg_temp.id_of(actor);
UPDATE order_changes SET actor_kind = pg_temp.kind_of(actor), actor_id = pg_temp.id_of(actor), fields = CASE
    WHEN detail = '' THEN '{}'
    WHEN event IN ('sent', 'tracking number') THEN jsonb_build_object('tracking_number', detail)
    WHEN event = 'payment' AND detail = 'while hidden' THEN '{"while_hidden": "yes"}'
    WHEN event = 'payment' AND detail ~ '^\d+\.\d\d [A-Z]{3}, \S+( .*)?$' THEN jsonb_strip_nulls(jsonb_build_object(
        'amount', split_part(detail, ' ', 1), 'currency', substr(split_part(detail, ' ', 2), 1, 3),
        'channel', split_part(detail, ' ', 3), 'reference', substring(detail FROM '^\S+ \S+ \S+ (.+)$')))
    WHEN event = 'refund' AND detail ~ '^\d+\.\d\d [A-Z]{3}, [^ ,]+( .*?)?(, nothing is left)?$' THEN
        jsonb_strip_nulls(jsonb_build_object(
            'amount', split_part(detail, ' ', 1), 'currency', substr(split_part(detail, ' ', 2), 1, 3),
            'channel', rtrim(split_part(detail, ' ', 3), ','),
            'reference', substring(regexp_replace(detail, ', nothing is left$', '') FROM '^\S+ \S+ \S+ (.+)$'),
            'whole', CASE WHEN detail ~ ', nothing is left$' THEN 'yes' END))
    WHEN event = 'attention' AND detail ~ '^money came though the order is \w+$' THEN
        jsonb_build_object('reason', 'money_came', 'state', substring(detail FROM '\w+$'))
    WHEN event = 'attention' AND detail ~ '^\d+\.\d\d more than was due has come$' THEN
        jsonb_build_object('reason', 'overpaid', 'amount', split_part(detail, ' ', 1))
    WHEN event = 'revived' OR (event = 'paid' AND detail = 'in full') THEN '{}'
    WHEN event = 'paid' AND detail = 'nothing was to be paid' THEN '{"free": "yes"}'
END;
