-- A profile's identifier is called profile_id; juid is what one protocol calls it, and stays at its door.

ALTER TABLE profiles RENAME COLUMN juid TO profile_id;
ALTER TABLE subscriptions RENAME COLUMN juid TO profile_id;
ALTER TABLE subscription_changes RENAME COLUMN juid TO profile_id;
ALTER TABLE actions RENAME COLUMN juid TO profile_id;
ALTER TABLE segment_members RENAME COLUMN juid TO profile_id;
ALTER TABLE segment_changes RENAME COLUMN juids TO profile_ids;
UPDATE facts SET body = body - 'juid' || jsonb_build_object('profile_id', body -> 'juid') WHERE body ? 'juid';
UPDATE fact_retries SET body = body - 'juid' || jsonb_build_object('profile_id', body -> 'juid') WHERE body ? 'juid';
ALTER VIEW profile_facts RENAME COLUMN juid TO profile_id;
ALTER VIEW subscription_facts RENAME COLUMN juid TO profile_id;
