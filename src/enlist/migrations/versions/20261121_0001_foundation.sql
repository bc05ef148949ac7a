-- The foundation: accounts, groups, contacts, memberships, letters, facts.
-- Every table that belongs to an account carries its id first in the key, so that a distributed PostgreSQL can shard
-- by account.

CREATE TABLE installation (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    secret_fingerprint text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE accounts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    login text NOT NULL,
    api_key bytea NOT NULL,              -- encrypted under the installation's secret
    plan text NOT NULL CHECK (plan IN ('standard', 'guru')),
    time_zone text NOT NULL,
    locale text NOT NULL CHECK (locale IN ('en', 'ru')),
    allowed_networks cidr[] NOT NULL DEFAULT '{}',
    disabled_at timestamptz,
    created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX accounts_login ON accounts (lower(login));

CREATE TABLE account_domains (
    domain text PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES accounts,
    created_at timestamptz NOT NULL
);
CREATE INDEX account_domains_account ON account_domains (account_id);

CREATE TABLE groups (
    account_id bigint NOT NULL REFERENCES accounts,
    id bigint GENERATED ALWAYS AS IDENTITY,
    name text NOT NULL,
    title text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('ordinary', 'auto')),
    confirmation boolean NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, id),
    UNIQUE (account_id, name)
);

CREATE TABLE contacts (
    account_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    email text NOT NULL,
    email_key text NOT NULL,             -- the address in the one form in which it is compared
    name text NOT NULL,
    phone text NOT NULL,
    city text NOT NULL,
    tags text[] NOT NULL,
    confirmed_at timestamptz,            -- when a link in a letter was followed, in whichever group
    created_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, id),
    UNIQUE (account_id, email_key)
);

CREATE TABLE memberships (
    account_id bigint NOT NULL,
    contact_id bigint NOT NULL,
    group_id bigint NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'active', 'left', 'removed', 'undeliverable')),
    subscribed_at timestamptz NOT NULL,
    asked_at timestamptz,                -- when the latest letter that asks for confirmation was queued
    activated_at timestamptz,            -- when it first became active
    left_at timestamptz,
    tag text NOT NULL,
    city text NOT NULL,
    done_url text NOT NULL,              -- where the person goes after confirming
    ip text NOT NULL,
    marks jsonb,                         -- utm_*, aff_* and the old numeric marks aff and ad, those that were sent
    PRIMARY KEY (account_id, contact_id, group_id)
);
CREATE INDEX memberships_of_group ON memberships (account_id, group_id, state);

CREATE TABLE letters (
    account_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    kind text NOT NULL,                  -- who composes it, such as groups.confirmation
    recipient text NOT NULL,
    data jsonb NOT NULL,                 -- what its composer needs
    message_id uuid NOT NULL DEFAULT gen_random_uuid(),
    state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'sending', 'sent', 'refused', 'given_up', 'obsolete')),
    attempts integer NOT NULL DEFAULT 0,
    queued_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,         -- queued: not before; sending: when the claim lapses
    ended_at timestamptz,
    error text NOT NULL DEFAULT '',
    PRIMARY KEY (account_id, id)
);
CREATE INDEX letters_due ON letters (due_at) WHERE state IN ('queued', 'sending');
CREATE INDEX letters_ended ON letters (ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE facts (
    id bigint GENERATED ALWAYS AS IDENTITY,
    owner_id bigint NOT NULL,
    kind text NOT NULL,
    body jsonb NOT NULL,
    PRIMARY KEY (id, owner_id)
);

CREATE TABLE fact_retries (
    id bigint GENERATED ALWAYS AS IDENTITY,
    owner_id bigint NOT NULL,
    reaction text NOT NULL,
    kind text NOT NULL,
    body jsonb NOT NULL,
    attempts integer NOT NULL,
    due_at timestamptz,                  -- empty: given up
    error text NOT NULL,
    PRIMARY KEY (id, owner_id)
);
CREATE INDEX fact_retries_due ON fact_retries (due_at);
