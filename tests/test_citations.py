"""Citations: each names a page of docs/spec and a section that it has, or a record of docs/decisions by its file."""

import pytest

from tests.support import citations
from tests.support.citations import ROOT

# Made-up citations, and migrations, which are never edited once they are out.
EXEMPT = ("tests/test_citations.py", "tests/support/citations.py", "src/enlist/migrations/versions/20261121_0006")


def test_every_citation_leads_to_a_section_that_exists() -> None:
    wrong = {
        name: found
        for path in citations.texts("src", "tests", "docs", "bench")
        if not (name := path.relative_to(ROOT).as_posix()).startswith((*EXEMPT, "docs/spec/"))
        if (found := citations.faults(path.read_text()))
    }
    assert not wrong


def test_every_link_between_documents_leads_somewhere() -> None:
    pages = [*citations.texts("src", "docs"), ROOT / "README.md"]
    wrong = {
        page.relative_to(ROOT).as_posix(): found
        for page in pages
        if page.suffix == ".md" and (found := citations.broken_links(page))
    }
    assert not wrong


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("wire.md §99", "wire.md has no section 99"),
        ("`wire.md` §2.9", "wire.md has no section 2.9"),
        ("api-1.0.md §§8, 77 and 15", "api-1.0.md has no section 77"),
        ("wire.md\n    # §99", "wire.md has no section 99"),
        ("cable.md §3", "cable.md: no such page in docs/spec"),
        ("product.md §2", "product.md: more than one such page in docs/spec"),
        ("readings.md#21", "readings.md has no #21"),
        ("readings.md#6\n    and #88", "readings.md has no #88"),
        ("docs/decisions/0004", "no record decisions/0004"),
        ("0004 in decisions/0004-made-up.md", "no record decisions/0004-made-up.md"),
        ("docs/made-up.md", "there is no docs/made-up.md"),
        ("as decided (decision 6)", "'decision 6' of which list? Cite readings.md#N or the record's file"),
        ("Decisions 6 and 8", "'Decisions 6' of which list? Cite readings.md#N or the record's file"),
        ("as said in (§7)", "'§7' of which file?"),
    ],
)
def test_a_wrong_citation_is_found(text: str, fault: str) -> None:
    assert citations.faults(text) == [fault]


@pytest.mark.parametrize(
    "text",
    [
        "wire.md §§2 and 4, justclick/product.md §2, `api-1.0.md` §§8, 15 and readings.md#6",
        "api-1.0.md §§14-15, api-2.0.md §4; readings.md#6, #7 and #8",
        "docs/decisions/0004-write-behind-in-batches.md and RFC 5321 §4.2.1",
        "the decision for 4 orders",
    ],
)
def test_a_right_citation_is_left_alone(text: str) -> None:
    assert citations.faults(text) == []
