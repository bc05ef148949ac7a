-- A change of a membership's state stays within its page (HOT): no index holds the state any more, and pages keep room.
--
-- The index of a group's members was there to count them, which costs nothing now. Whatever will list the members of a
-- group makes the index that it needs, concurrently. A partial index of active members would bring the state back into
-- an index. See docs/performance.md for what was measured.
--
-- Catalogue only; pages written from here on keep the room.

DROP INDEX memberships_of_group;
ALTER TABLE contacts SET (fillfactor = 90);
ALTER TABLE memberships SET (fillfactor = 90);
