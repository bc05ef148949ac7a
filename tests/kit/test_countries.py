"""Countries: whether an order may go there, however its buyer spells it."""

import pytest

from enlist.kit import countries


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("US", "US"), ("us", "US"), ("USA", "US"), ("United States", "US"), (" rus ", "RU"), ("Pan", "PA"), ("XSC", "GB"),
        ("UK", "GB"), ("Германия", None), ("", None), ("-", None), ("ZZ", None),
    ],
)  # fmt: skip
def test_a_country_is_known_by_its_codes_and_its_english_name(text: str, code: str | None) -> None:
    assert countries.code(text) == code


@pytest.mark.parametrize(
    ("text", "among"),
    [("US", True), ("United States", True), ("GBR", True), ("Россия", True), ("", True), ("DE", False), ("DEU", False)],
)
def test_only_what_is_certainly_elsewhere_is_told_apart(text: str, among: bool) -> None:
    assert countries.may_be_among(text, ["USA", "UK"]) is among


def test_a_list_with_an_unknown_spelling_may_mean_every_country() -> None:
    assert countries.may_be_among("россия", ["Россия"])
    assert countries.may_be_among("RU", ["Россия", "US"])
