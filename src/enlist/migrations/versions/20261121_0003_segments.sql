-- Segments: actions in parts by time, their diagnostics, segments with their members, and what is to be sorted.
-- Everything belongs to a site and carries its id first in the key.

-- What profiles did. There is no number and no primary key: nobody names a single action, and each index costs.
CREATE TABLE actions (
    site_id bigint NOT NULL,
    juid uuid NOT NULL,
    created_at timestamptz NOT NULL,
    label text NOT NULL,
    article text NOT NULL,
    tags text[] NOT NULL
) PARTITION BY RANGE (created_at);
CREATE INDEX actions_of_profile ON actions (site_id, juid, created_at);
-- Which actions passed the edge of a window. All actions of a batch share one instant, so this index stays small.
CREATE INDEX actions_at ON actions (site_id, created_at);

-- Parts are made ahead (segments.keep_partitions); this one takes what no part is made for, so that nothing is lost.
CREATE TABLE actions_rest PARTITION OF actions DEFAULT;

-- The latest refused actions of each site, in a ring: `number` counts all that was ever written, `slot` is its place.
CREATE TABLE action_diagnostics (
    site_id bigint NOT NULL,
    slot integer NOT NULL,
    number bigint NOT NULL,
    noted_at timestamptz NOT NULL,
    reason text NOT NULL,
    times integer NOT NULL,              -- how many of the same batch had this reason, where they were too many
    sent jsonb NOT NULL,
    PRIMARY KEY (site_id, slot)
);
CREATE TABLE action_diagnostic_rings (
    site_id bigint PRIMARY KEY,
    written bigint NOT NULL
);

-- The sites that have or had segments. Whoever locks a row sorts the profiles of that site.
CREATE TABLE segment_sites (
    site_id bigint PRIMARY KEY,
    account_id bigint NOT NULL,
    last_segment integer NOT NULL        -- numbers are counted per site and never given twice
);

CREATE TABLE segments (
    site_id bigint NOT NULL,
    id integer NOT NULL,
    name text NOT NULL,
    rule jsonb NOT NULL,
    version integer NOT NULL DEFAULT 1,  -- counts up whenever everybody has to be sorted anew
    created_at timestamptz NOT NULL,
    PRIMARY KEY (site_id, id),
    UNIQUE (site_id, name)
);

-- What the workers know of a segment, apart from its definition: whoever locks a row may change the membership, for
-- minutes perhaps, and nobody who edits the segment has to wait for that.
CREATE TABLE segment_states (
    site_id bigint NOT NULL,
    segment_id integer NOT NULL,
    version integer NOT NULL DEFAULT 0,  -- the definition by which the membership was computed; 0: never yet
    members bigint NOT NULL DEFAULT 0,
    computed_at timestamptz,
    took interval,
    follows_time boolean NOT NULL DEFAULT false,
    followed_until timestamptz,          -- the passing of time is dealt with up to here
    retry_at timestamptz,                -- computing failed: not again before
    error text NOT NULL DEFAULT '',
    PRIMARY KEY (site_id, segment_id)
);
CREATE INDEX segment_states_following ON segment_states (followed_until) WHERE follows_time;

CREATE TABLE segment_members (
    site_id bigint NOT NULL,
    juid uuid NOT NULL,
    segment_id integer NOT NULL,
    since timestamptz NOT NULL,
    PRIMARY KEY (site_id, juid, segment_id)
);
CREATE INDEX segment_members_of ON segment_members (site_id, segment_id, juid);

-- Profiles to be sorted anew. A row speaks of many profiles: one row for a whole batch of actions costs next to nothing.
CREATE TABLE segment_changes (
    site_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    juids uuid[] NOT NULL,
    label text,                          -- of the actions that are the reason; empty: the profiles themselves changed
    segment_id integer,                  -- only this segment is concerned; empty: all of the site
    noted_at timestamptz NOT NULL,
    PRIMARY KEY (site_id, id)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
ALTER TABLE segment_changes ALTER COLUMN juids SET STORAGE PLAIN;
