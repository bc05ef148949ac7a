"""Refusals: each has a sentence of its own, made of the fields that it is documented to carry."""

import importlib
import pkgutil
import re
from string import Formatter

import pytest

import enlist
from enlist.kit.errors import Refusal


def refusals() -> list[type[Refusal]]:
    for module in pkgutil.walk_packages(enlist.__path__, "enlist."):
        if module.name.endswith((".errors", ".paging", ".retrying")):
            importlib.import_module(module.name)
    return sorted(Refusal.__subclasses__(), key=lambda refusal: (refusal.code, refusal.__module__))


@pytest.mark.parametrize("refusal", refusals(), ids=lambda refusal: f"{refusal.__module__}.{refusal.__name__}")
def test_each_refusal_says_what_is_wrong_in_one_sentence(refusal: type[Refusal]) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", refusal.code)
    named = {name for _, name, _, _ in Formatter().parse(refusal.sentence) if name}
    documented = set(re.findall(r"``(\w+)``", refusal.__doc__ or ""))
    assert named <= documented, f"{refusal.__name__} names fields that its docstring does not"
    said = str(refusal(**dict.fromkeys(named, "x")))
    assert said.endswith(".")
    assert said[0].isupper() or said.startswith("x")


def test_a_field_that_is_not_given_is_left_out_and_braces_in_fields_stay() -> None:
    from enlist.domain.contacts import ContactNotFound

    assert str(ContactNotFound(email="{x}@example.com")) == (
        "There is no contact {x}@example.com; check the address or number."
    )


def test_codes_are_not_shared_by_different_refusals() -> None:
    by_code: dict[str, set[str]] = {}
    for refusal in refusals():
        by_code.setdefault(refusal.code, set()).add(refusal.__name__)
    assert {code: names for code, names in by_code.items() if len(names) > 1} == {}
