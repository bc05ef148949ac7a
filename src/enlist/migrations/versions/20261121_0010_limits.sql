-- How often something may happen, counted for all processes: one row per limit and key (runtime/limits.py). The key is a
-- hash, so that no address of a person stands here; full_at is when the allowance is full again, and the row useless.
-- Unlogged: a flood of refused tries writes nothing to the log and waits for no disk. What a crash, or a switch to a
-- standby, takes away is counts: whoever was at a limit has one more allowance.
CREATE UNLOGGED TABLE limits (
    key uuid PRIMARY KEY,
    full_at timestamptz NOT NULL,
    pace double precision NOT NULL,
    most integer NOT NULL,
    granted integer NOT NULL
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
