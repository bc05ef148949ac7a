"""What memberships change in the counts of their groups and of the contacts in any group; needs no database."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from enlist.domain.groups.model import Join, KnownMembership, State

# Numbers by (account, group): how many more are active, wait, are there at all in the group; and of the contacts whose
# memberships these are, how many more are active in any group, wait in any and are active in none, are in any.
Tally = dict[tuple[int, int], list[int]]

NUMBERS: Final = ("active", "waiting", "total", "any_active", "any_waiting", "any_total")


def tally_joins(tally: Tally, held: Mapping[int, KnownMembership], joins: Sequence[Join]) -> None:
    """Add what changes when a contact who has the memberships ``held``, by group, gets those of ``joins``."""
    if not joins:
        return
    if held:
        before = states_of(held)
        tally_states(tally, joins[0].account_id, before, {**before, **{join.group_id: join.state for join in joins}})
        return
    active = False
    for join in joins:
        numbers = _of_group(tally, join.account_id, join.group_id)
        if join.state == "active":
            active = True
            numbers[0] += 1
        else:
            numbers[1] += 1
        numbers[2] += 1
    numbers[3 if active else 4] += 1
    numbers[5] += 1


def tally_states(tally: Tally, account_id: int, before: Mapping[int, State], after: Mapping[int, State]) -> None:
    """Add what changes when a contact's memberships, states by group, become what is ``after``."""
    for group_id in {**before, **after}:
        if before.get(group_id) != after.get(group_id):
            numbers = _of_group(tally, account_id, group_id)
            _add(numbers, 0, _alone(before.get(group_id)), _alone(after.get(group_id)))
    if before != after:
        # Whichever row of the account takes it: for contacts in any group all rows are added up.
        _add(_of_group(tally, account_id, next(iter(after or before))), 3, _all(before), _all(after))


def states_of(held: Mapping[int, KnownMembership]) -> dict[int, State]:
    """Tell the states of memberships by group."""
    return {group_id: place.state for group_id, place in held.items()}


def rows(tally: Tally) -> Iterable[tuple[int, ...]]:
    """List what is to be kept: (account, group, the numbers), without groups in which nothing changed."""
    return ((*key, *numbers) for key, numbers in tally.items() if any(numbers))


def _of_group(tally: Tally, account_id: int, group_id: int) -> list[int]:
    numbers = tally.get((account_id, group_id))
    if numbers is None:
        numbers = tally[account_id, group_id] = [0] * len(NUMBERS)
    return numbers


def _add(numbers: list[int], first: int, before: tuple[int, int, int], after: tuple[int, int, int]) -> None:
    for place in range(3):
        numbers[first + place] += after[place] - before[place]


def _alone(state: State | None) -> tuple[int, int, int]:
    return int(state == "active"), int(state == "waiting"), int(state is not None)


def _all(states: Mapping[int, State]) -> tuple[int, int, int]:
    held = set(states.values())
    active = "active" in held
    return int(active), int(not active and "waiting" in held), int(bool(held))
