-- Everything that a site owns is keyed by its account first, so that one account's rows can be found, moved and placed
-- together. Ids of sites are unique in the installation, so nothing else changes.
--
-- Each table is written anew once, with its indexes, and nobody can use it meanwhile: up to 18 s for a million rows on a
-- busy machine with two cores (docs/performance.md). Servers of the release before go on: what they insert without an account gets the one of its
-- site, and the unique keys that their statements name stay until the next release drops them together with the
-- triggers.

-- What speaks of a site that is not there belongs to no account, 0.
CREATE FUNCTION account_of_site(of_site bigint) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN coalesce((SELECT account_id FROM sites WHERE id = of_site), 0);
END
$$;

CREATE FUNCTION fill_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.account_id := account_of_site(NEW.site_id);
    RETURN NEW;
END
$$;

-- The views name their columns; they are made anew, because a distributed PostgreSQL cannot rename in them.
DROP VIEW profile_facts;
DROP VIEW subscription_facts;

ALTER TABLE profiles ADD COLUMN account_id bigint;
DROP INDEX profiles_created;
ALTER TABLE profiles
    DROP CONSTRAINT profiles_pkey,
    ALTER COLUMN account_id TYPE bigint USING account_of_site(site_id),
    ALTER COLUMN account_id SET NOT NULL,
    ADD PRIMARY KEY (account_id, site_id, profile_id);
CREATE INDEX profiles_created ON profiles (account_id, site_id, created_at);
CREATE TRIGGER account_filled BEFORE INSERT ON profiles FOR EACH ROW
    WHEN (NEW.account_id IS NULL) EXECUTE FUNCTION fill_account();

ALTER TABLE subscriptions ADD COLUMN account_id bigint;
DROP INDEX subscriptions_of_profile;
DROP INDEX subscriptions_created;
ALTER TABLE subscriptions
    DROP CONSTRAINT subscriptions_pkey,
    ALTER COLUMN account_id TYPE bigint USING account_of_site(site_id),
    ALTER COLUMN account_id SET NOT NULL,
    ADD PRIMARY KEY (account_id, site_id, channel, address_key, profile_id);
CREATE INDEX subscriptions_of_profile ON subscriptions (account_id, site_id, profile_id);
CREATE INDEX subscriptions_created ON subscriptions (account_id, site_id, channel, created_at) INCLUDE (refid);
CREATE TRIGGER account_filled BEFORE INSERT ON subscriptions FOR EACH ROW
    WHEN (NEW.account_id IS NULL) EXECUTE FUNCTION fill_account();

ALTER TABLE subscription_changes ADD COLUMN account_id bigint;
DROP INDEX subscription_changes_of_profile;
ALTER TABLE subscription_changes
    DROP CONSTRAINT subscription_changes_pkey,
    ALTER COLUMN account_id TYPE bigint USING account_of_site(site_id),
    ALTER COLUMN account_id SET NOT NULL,
    ADD PRIMARY KEY (account_id, site_id, id);
CREATE INDEX subscription_changes_of_profile ON subscription_changes (account_id, site_id, profile_id);
CREATE TRIGGER account_filled BEFORE INSERT ON subscription_changes FOR EACH ROW
    WHEN (NEW.account_id IS NULL) EXECUTE FUNCTION fill_account();

ALTER TABLE refid_months ADD COLUMN account_id bigint;
ALTER TABLE refid_months
    DROP CONSTRAINT refid_months_pkey,
    ALTER COLUMN account_id TYPE bigint USING account_of_site(site_id),
    ALTER COLUMN account_id SET NOT NULL,
    ADD PRIMARY KEY (account_id, site_id, channel, month, refid),
    ADD CONSTRAINT refid_months_by_site UNIQUE (site_id, channel, month, refid);
CREATE TRIGGER account_filled BEFORE INSERT ON refid_months FOR EACH ROW
    WHEN (NEW.account_id IS NULL) EXECUTE FUNCTION fill_account();

ALTER TABLE actions ADD COLUMN account_id bigint;
DROP INDEX actions_of_profile;
DROP INDEX actions_at;
ALTER TABLE actions
    ALTER COLUMN account_id TYPE bigint USING account_of_site(site_id),
    ALTER COLUMN account_id SET NOT NULL;
CREATE INDEX actions_of_profile ON actions (account_id, site_id, profile_id, created_at);
CREATE INDEX actions_at ON actions (account_id, site_id, created_at);
CREATE TRIGGER account_filled BEFORE INSERT ON actions FOR EACH ROW
    WHEN (NEW.account_id IS NULL) EXECUTE FUNCTION fill_account();

ALTER TABLE action_diagnostics ADD COLUMN account_id bigint;
ALTER TABLE action_diagnostics
    DROP CONSTRAINT action_diagnostics_pkey,
    ALTER COLUMN account_id TYPE bigint USING account_of_site(site_id),
    ALTER COLUMN account_id SET NOT NULL,
    ADD PRIMARY KEY (account_id, site_id, slot),
    ADD CONSTRAINT action_diagnostics_by_site UNIQUE (site_id, slot);
CREATE TRIGGER account_filled BEFORE INSERT ON action_diagnostics FOR EACH ROW
    WHEN (NEW.account_id IS NULL) EXECUTE FUNCTION fill_account();

ALTER TABLE action_diagnostic_rings ADD COLUMN account_id bigint;
ALTER TABLE action_diagnostic_rings
    DROP CONSTRAINT action_diagnostic_rings_pkey,
    ALTER COLUMN account_id TYPE bigint USING account_of_site(site_id),
    ALTER COLUMN account_id SET NOT NULL,
    ADD PRIMARY KEY (account_id, site_id),
    ADD CONSTRAINT action_diagnostic_rings_by_site UNIQUE (site_id);
CREATE TRIGGER account_filled BEFORE INSERT ON action_diagnostic_rings FOR EACH ROW
    WHEN (NEW.account_id IS NULL) EXECUTE FUNCTION fill_account();

ALTER TABLE segments ADD COLUMN account_id bigint;
ALTER TABLE segments
    DROP CONSTRAINT segments_pkey,
    DROP CONSTRAINT segments_site_id_name_key,
    ALTER COLUMN account_id TYPE bigint USING account_of_site(site_id),
    ALTER COLUMN account_id SET NOT NULL,
    ADD PRIMARY KEY (account_id, site_id, id),
    ADD CONSTRAINT segments_account_id_site_id_name_key UNIQUE (account_id, site_id, name);
CREATE TRIGGER account_filled BEFORE INSERT ON segments FOR EACH ROW
    WHEN (NEW.account_id IS NULL) EXECUTE FUNCTION fill_account();

ALTER TABLE segment_states ADD COLUMN account_id bigint;
ALTER TABLE segment_states
    DROP CONSTRAINT segment_states_pkey,
    ALTER COLUMN account_id TYPE bigint USING account_of_site(site_id),
    ALTER COLUMN account_id SET NOT NULL,
    ADD PRIMARY KEY (account_id, site_id, segment_id);
CREATE TRIGGER account_filled BEFORE INSERT ON segment_states FOR EACH ROW
    WHEN (NEW.account_id IS NULL) EXECUTE FUNCTION fill_account();

ALTER TABLE segment_members ADD COLUMN account_id bigint;
DROP INDEX segment_members_of;
ALTER TABLE segment_members
    DROP CONSTRAINT segment_members_pkey,
    ALTER COLUMN account_id TYPE bigint USING account_of_site(site_id),
    ALTER COLUMN account_id SET NOT NULL,
    ADD PRIMARY KEY (account_id, site_id, profile_id, segment_id);
CREATE INDEX segment_members_of ON segment_members (account_id, site_id, segment_id, profile_id);
CREATE TRIGGER account_filled BEFORE INSERT ON segment_members FOR EACH ROW
    WHEN (NEW.account_id IS NULL) EXECUTE FUNCTION fill_account();

ALTER TABLE segment_changes ADD COLUMN account_id bigint;
ALTER TABLE segment_changes
    DROP CONSTRAINT segment_changes_pkey,
    ALTER COLUMN account_id TYPE bigint USING account_of_site(site_id),
    ALTER COLUMN account_id SET NOT NULL,
    ADD PRIMARY KEY (account_id, site_id, id);
CREATE TRIGGER account_filled BEFORE INSERT ON segment_changes FOR EACH ROW
    WHEN (NEW.account_id IS NULL) EXECUTE FUNCTION fill_account();

-- These two know their account already, but not first in the key.
ALTER TABLE segment_sites
    DROP CONSTRAINT segment_sites_pkey,
    ADD PRIMARY KEY (account_id, site_id),
    ADD CONSTRAINT segment_sites_by_site UNIQUE (site_id);
ALTER TABLE site_groups
    DROP CONSTRAINT site_groups_pkey,
    DROP CONSTRAINT site_groups_site_id_fkey,
    ADD PRIMARY KEY (account_id, site_id),
    ADD CONSTRAINT site_groups_by_site UNIQUE (site_id),
    ADD FOREIGN KEY (account_id, site_id) REFERENCES sites (account_id, id) ON DELETE CASCADE;

-- What slices above profiles may read in SQL: who somebody is, and how they can be reached.
CREATE VIEW profile_facts AS
SELECT account_id, site_id, profile_id, created_at, name, gender, born_on, country, region, city, time_zone
FROM profiles;

CREATE VIEW subscription_facts AS
SELECT account_id, site_id, profile_id, channel, address, active, created_at, changed_at,
       reg_url, refid, refidm, utm_source, utm_medium, utm_campaign
FROM subscriptions;
