-- Profiles: sites, the groups they fill, profiles, their subscriptions, the counts per refid.
-- Every table that belongs to a site carries its id first in the key; ids of sites are unique in the installation.

CREATE TABLE sites (
    account_id bigint NOT NULL REFERENCES accounts,
    id bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    name text NOT NULL,
    token_hash bytea NOT NULL UNIQUE,    -- SHA-256 of the token, which is kept nowhere
    time_zone text NOT NULL,             -- a zone that both Python and PostgreSQL know
    created_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, id),
    UNIQUE (account_id, name)
);

-- What slices above accounts may read of sites in SQL.
CREATE VIEW site_zones AS SELECT id AS site_id, account_id, time_zone FROM sites;

-- The group that an e-mail subscription of a site enrols into.
CREATE TABLE site_groups (
    site_id bigint PRIMARY KEY REFERENCES sites (id) ON DELETE CASCADE,
    account_id bigint NOT NULL,
    group_id bigint NOT NULL,
    FOREIGN KEY (account_id, group_id) REFERENCES groups (account_id, id) ON DELETE CASCADE
);
CREATE INDEX site_groups_group ON site_groups (account_id, group_id);

CREATE TABLE profiles (
    site_id bigint NOT NULL,
    juid uuid NOT NULL,                  -- time-ordered
    created_at timestamptz NOT NULL,
    birth_date bigint,                   -- Unix seconds, as sent
    born_on date,                        -- the day they mean
    ip text NOT NULL,
    name text NOT NULL,
    gender text NOT NULL,
    country text NOT NULL,
    region text NOT NULL,
    city text NOT NULL,
    time_zone text NOT NULL,
    PRIMARY KEY (site_id, juid)
);
CREATE INDEX profiles_created ON profiles (site_id, created_at);

CREATE TABLE subscriptions (
    site_id bigint NOT NULL,
    channel text COLLATE "C" NOT NULL CHECK (channel IN ('email', 'sms', 'push')),
    address_key text COLLATE "C" NOT NULL, -- the address in the one form in which it is compared
    juid uuid NOT NULL,
    address text NOT NULL,
    active boolean NOT NULL,
    created_at timestamptz NOT NULL,     -- of the first subscribing, for ever
    changed_at timestamptz NOT NULL,     -- of the latest subscribing or unsubscribing
    reason text NOT NULL,                -- why it is not active
    reg_url text NOT NULL,
    refid text COLLATE "C" NOT NULL,     -- of the marks, empty is none
    refidm text NOT NULL,
    utm_source text NOT NULL,
    utm_medium text NOT NULL,
    utm_campaign text NOT NULL,
    PRIMARY KEY (site_id, channel, address_key, juid)
) WITH (fillfactor = 90);
CREATE INDEX subscriptions_of_profile ON subscriptions (site_id, juid);
CREATE INDEX subscriptions_created ON subscriptions (site_id, channel, created_at) INCLUDE (refid);

-- Endings and revivals of subscriptions; the beginning is subscriptions.created_at.
CREATE TABLE subscription_changes (
    site_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    juid uuid NOT NULL,
    channel text NOT NULL,
    address_key text NOT NULL,
    active boolean NOT NULL,             -- from then on
    reason text NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (site_id, id)
);
CREATE INDEX subscription_changes_of_profile ON subscription_changes (site_id, juid);

-- How many subscriptions were created with each refid on each day of a month, days as the site's clocks have them.
-- One row holds a month, so that five months of many refids are few rows; a column holds a day, because adding to
-- columns and adding up columns is ten times faster than doing so in an array. Deactivated subscriptions count;
-- those without a refid are not here. Written in the transaction that writes the subscription.
CREATE TABLE refid_months (
    site_id bigint NOT NULL,
    month date NOT NULL,                 -- its first day
    total integer NOT NULL,
    d1 integer NOT NULL, d2 integer NOT NULL, d3 integer NOT NULL, d4 integer NOT NULL, d5 integer NOT NULL,
    d6 integer NOT NULL, d7 integer NOT NULL, d8 integer NOT NULL, d9 integer NOT NULL, d10 integer NOT NULL,
    d11 integer NOT NULL, d12 integer NOT NULL, d13 integer NOT NULL, d14 integer NOT NULL, d15 integer NOT NULL,
    d16 integer NOT NULL, d17 integer NOT NULL, d18 integer NOT NULL, d19 integer NOT NULL, d20 integer NOT NULL,
    d21 integer NOT NULL, d22 integer NOT NULL, d23 integer NOT NULL, d24 integer NOT NULL, d25 integer NOT NULL,
    d26 integer NOT NULL, d27 integer NOT NULL, d28 integer NOT NULL, d29 integer NOT NULL, d30 integer NOT NULL,
    d31 integer NOT NULL,
    channel text COLLATE "C" NOT NULL,
    refid text COLLATE "C" NOT NULL,
    PRIMARY KEY (site_id, channel, month, refid)
) WITH (fillfactor = 60);

-- What slices above profiles may read in SQL: who he is, and how he can be reached.
CREATE VIEW profile_facts AS
SELECT site_id, juid, created_at, name, gender, born_on, country, region, city, time_zone FROM profiles;

CREATE VIEW subscription_facts AS
SELECT site_id, juid, channel, address, active, created_at, changed_at,
       reg_url, refid, refidm, utm_source, utm_medium, utm_campaign
FROM subscriptions;
