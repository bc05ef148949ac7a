-- Whether an account's groups ask for confirmation always, or only when a call demands it (one protocol's plan "guru").
-- The old column stays for servers of the release before, and is filled for them; a later release drops it.
ALTER TABLE accounts ADD COLUMN confirms_always boolean NOT NULL DEFAULT true;
UPDATE accounts SET confirms_always = false WHERE plan = 'guru';
ALTER TABLE accounts ALTER COLUMN plan SET DEFAULT 'standard';

CREATE FUNCTION keep_plan_and_confirms_always() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.plan = 'guru' THEN
        NEW.confirms_always := false;
    ELSIF NOT NEW.confirms_always THEN
        NEW.plan := 'guru';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER keep_plan_and_confirms_always BEFORE INSERT ON accounts
    FOR EACH ROW EXECUTE FUNCTION keep_plan_and_confirms_always();

-- The built-in group of all contacts: its old name is one protocol's, and is translated at its door now. What a server of
-- the release before writes is renamed, too.
UPDATE groups SET name = 'all contacts' WHERE name = 'allleads' AND kind = 'auto';

CREATE OR REPLACE FUNCTION add_built_in_group() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO groups (account_id, name, title, kind, confirmation, created_at)
    VALUES (NEW.id, 'all contacts', 'All contacts', 'auto', false, NEW.created_at);
    RETURN NULL;
END
$$;

CREATE FUNCTION name_all_contacts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.name := 'all contacts';
    RETURN NEW;
END
$$;
CREATE TRIGGER name_all_contacts BEFORE INSERT ON groups
    FOR EACH ROW WHEN (NEW.name = 'allleads' AND NEW.kind = 'auto') EXECUTE FUNCTION name_all_contacts();

-- Where people go after confirming: an address that was encoded twice is now decoded when it comes in, not when it is used.
CREATE FUNCTION pg_temp.decoded(address text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    bytes bytea := '';
    part text[];
BEGIN
    FOR part IN SELECT regexp_matches(address, '(%[0-9A-Fa-f]{2}|[^%]+|%)', 'g') LOOP
        bytes := bytes || CASE WHEN part[1] ~ '^%[0-9A-Fa-f]{2}$' THEN decode(substr(part[1], 2), 'hex')
                               ELSE convert_to(part[1], 'UTF8') END;
    END LOOP;
    RETURN convert_from(bytes, 'UTF8');
EXCEPTION WHEN OTHERS THEN
    RETURN address;  -- bytes that are no text
END
$$;
UPDATE memberships SET done_url = pg_temp.decoded(done_url)
WHERE state = 'waiting' AND done_url ~* '^(https?%3A|%2F)';
