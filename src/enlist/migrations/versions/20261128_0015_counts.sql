-- How many contacts an account has, and how many of them are active or wait, in each group and in any.
--
-- A count is what was folded plus the changes that were appended since, both read in one statement; the transaction
-- that changes memberships appends, and nobody waits for anybody. A worker folds.
-- See docs/decisions/0014-counts-are-appended-and-folded.md.
--
-- Nothing is counted here: each account gets one row that says that its count is unknown. Until a worker has counted
-- it, whoever asks has it counted plainly, as before.

CREATE TABLE contact_counts (
    account_id bigint PRIMARY KEY,
    total bigint NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE contact_count_changes (
    account_id bigint NOT NULL,
    total integer                        -- NULL: somebody changed the contacts without saying how many
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
CREATE INDEX contact_count_changes_account ON contact_count_changes (account_id);
CREATE INDEX contact_count_changes_unknown ON contact_count_changes (account_id) WHERE total IS NULL;

CREATE TABLE membership_counts (
    account_id bigint NOT NULL,
    group_id bigint NOT NULL,            -- 0: contacts in any group, of whom a waiting one is active in none
    active bigint NOT NULL,
    waiting bigint NOT NULL,
    total bigint NOT NULL,               -- in whichever state
    PRIMARY KEY (account_id, group_id)
) WITH (fillfactor = 50);

CREATE TABLE membership_count_changes (
    account_id bigint NOT NULL,
    group_id bigint,                     -- NULL: somebody changed memberships of the account without saying how many
    active integer NOT NULL DEFAULT 0,
    waiting integer NOT NULL DEFAULT 0,
    total integer NOT NULL DEFAULT 0,
    any_active integer NOT NULL DEFAULT 0,   -- the same of contacts, whatever the group
    any_waiting integer NOT NULL DEFAULT 0,
    any_total integer NOT NULL DEFAULT 0
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
CREATE INDEX membership_count_changes_account ON membership_count_changes (account_id, group_id);
CREATE INDEX membership_count_changes_unknown ON membership_count_changes (account_id) WHERE group_id IS NULL;

INSERT INTO contact_count_changes (account_id) SELECT id FROM accounts;
INSERT INTO membership_count_changes (account_id) SELECT id FROM accounts;

-- Whoever changes contacts or memberships without keeping the counts (a server of the release before, a person with
-- psql) makes them unknown, and they are counted anew. Servers that keep them say so once for each connection. These
-- triggers look at each row: collecting the rows of a statement would cost a lead 6 %, also where nothing is done then.

CREATE FUNCTION note_uncounted_contacts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO contact_count_changes (account_id) VALUES (coalesce(NEW.account_id, OLD.account_id));
    RETURN NULL;
END
$$;
CREATE TRIGGER uncounted AFTER INSERT OR DELETE ON contacts FOR EACH ROW
    WHEN (current_setting('enlist.counts', true) IS DISTINCT FROM 'kept') EXECUTE FUNCTION note_uncounted_contacts();

CREATE FUNCTION note_uncounted_memberships() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO membership_count_changes (account_id) VALUES (coalesce(NEW.account_id, OLD.account_id));
    RETURN NULL;
END
$$;
CREATE TRIGGER uncounted AFTER INSERT OR UPDATE OF state OR DELETE ON memberships FOR EACH ROW
    WHEN (current_setting('enlist.counts', true) IS DISTINCT FROM 'kept') EXECUTE FUNCTION note_uncounted_memberships();
