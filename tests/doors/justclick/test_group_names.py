"""The built-in group has another name inside; the protocol knows it by its own, and no other group by that."""

from hypothesis import given
from hypothesis import strategies as st

from enlist.domain import groups
from enlist.domain.orders.messages.composing import VARIABLES
from enlist.doors.justclick import group_names
from enlist.doors.justclick.letter_words import LETTER_WORDS


def test_the_group_of_all_contacts_is_translated_both_ways() -> None:
    assert group_names.ours("allleads") == groups.ALL_CONTACTS
    assert group_names.theirs(groups.ALL_CONTACTS) == "allleads"


def test_our_name_of_it_is_not_the_protocols() -> None:
    assert group_names.ours(groups.ALL_CONTACTS) != groups.ALL_CONTACTS


@given(st.text() | st.sampled_from(["allleads", groups.ALL_CONTACTS]))
def test_translating_there_and_back_changes_nothing(name: str) -> None:
    assert group_names.theirs(group_names.ours(name)) == name


def test_every_word_for_letters_stands_for_something_that_letters_can_say() -> None:
    assert set(LETTER_WORDS.values()) == set(VARIABLES)
