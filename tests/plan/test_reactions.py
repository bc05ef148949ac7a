"""The table of reactions: names that can be stored, and kinds that are written because somebody listens."""

from enlist.domain import groups, profiles
from enlist.plan.reactions import HEARD, REACTIONS
from enlist.runtime.events import kind_of


def test_each_reaction_has_a_name_of_its_own_and_listens_to_something() -> None:
    names = [reaction.name for reaction in REACTIONS]
    assert len(set(names)) == len(names)
    assert all(reaction.events for reaction in REACTIONS)


def test_what_is_listened_to_is_written_and_what_is_not_is_not() -> None:
    assert kind_of(profiles.Subscribed) in HEARD
    assert kind_of(groups.ContactEnrolled) not in HEARD
