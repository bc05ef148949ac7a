-- Every account has the built-in group of all its contacts, whoever makes the account and however.

CREATE FUNCTION add_built_in_group() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO groups (account_id, name, title, kind, confirmation, created_at)
    VALUES (NEW.id, 'allleads', 'All contacts', 'auto', false, NEW.created_at);
    RETURN NULL;
END
$$;
CREATE TRIGGER built_in_group AFTER INSERT ON accounts FOR EACH ROW EXECUTE FUNCTION add_built_in_group();

INSERT INTO groups (account_id, name, title, kind, confirmation, created_at)
SELECT id, 'allleads', 'All contacts', 'auto', false, created_at FROM accounts
ON CONFLICT (account_id, name) DO NOTHING;
