-- The card of a contact: names, addresses, profiles elsewhere, his manager; and the history of its changes.

ALTER TABLE accounts ADD COLUMN currency text NOT NULL DEFAULT 'USD';
UPDATE accounts SET currency = 'RUB' WHERE locale = 'ru';

CREATE TABLE managers (
    account_id bigint NOT NULL REFERENCES accounts,
    id bigint GENERATED ALWAYS AS IDENTITY,
    name text NOT NULL,
    email text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, id)
);

-- A contact may have no e-mail address: then email is empty and has no key.
ALTER TABLE contacts ALTER COLUMN email_key DROP NOT NULL;

CREATE TABLE contact_cards (
    account_id bigint NOT NULL,
    contact_id bigint NOT NULL,
    middle_name text NOT NULL DEFAULT '',
    last_name text NOT NULL DEFAULT '',
    utc_offset integer,                  -- minutes east of UTC
    description text NOT NULL DEFAULT '',
    manager_id bigint,
    shipping jsonb NOT NULL DEFAULT '{}',    -- address_1, address_2, city, state, zip, country_code: those known
    billing jsonb NOT NULL DEFAULT '{}',
    social jsonb NOT NULL DEFAULT '{}',      -- network: id there
    PRIMARY KEY (account_id, contact_id)
);

CREATE TABLE contact_changes (
    account_id bigint NOT NULL,
    contact_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL,
    actor text NOT NULL,                 -- who changed it, such as api
    field text NOT NULL,
    before text NOT NULL,
    after text NOT NULL,
    PRIMARY KEY (account_id, contact_id, id)
);
