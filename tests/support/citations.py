"""Finds citations of documents in source, tests and docs, and says what is wrong with them."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SPEC = ROOT / "docs" / "spec"
RECORDS = ROOT / "docs" / "decisions"
TEXTS = {".py", ".md", ".sql", ".js", ".html", ".json", ".txt", ".toml"}

_SECTION = r"\d+(?:\.\d+)*"
_LIST = rf"{_SECTION}(?:(?:, | and |-){_SECTION})*"
_CITED = re.compile(rf"`?(?P<file>[\w./-]+\.md)`?\s+§§?\s?(?P<sections>{_LIST})")
_READINGS = re.compile(r"readings\.md`?(?P<first>#\w+)(?P<more>(?:(?:,|\s+and)\s+#\d+)*)")
_RECORD = re.compile(r"decisions/(?P<name>\d{4}(?:[\w.-]*\w)?)")
_DOCUMENT = re.compile(r"\bdocs/[\w./-]+\.md")
_NUMBERED = re.compile(r"\b[Dd]ecisions? \d+")
_LINK = re.compile(r"\]\((?P<target>[^)\s]+)\)")
_COMMENT_MARK = re.compile(r"\n[ \t]*(?:#|--|//|\*)?[ \t]*")


def texts(*folders: str) -> Iterator[Path]:
    """All text files below these folders of the repository."""
    for folder in folders:
        yield from (p for p in sorted((ROOT / folder).rglob("*")) if p.suffix in TEXTS and p.is_file())


def faults(text: str) -> list[str]:
    """Say what is wrong with the citations in a text: an unknown file, an unknown section, no file at all."""
    text = _COMMENT_MARK.sub(" ", text)
    found = [*_wrong_sections(text), *_wrong_readings(text)]
    found += [f"there is no {m[0]}" for m in _DOCUMENT.finditer(text) if not (ROOT / m[0]).is_file()]
    found += [f"no record {m[0]}" for m in _RECORD.finditer(text) if not _is_record(m["name"])]
    found += [f"'{m[0]}' of which list? Cite readings.md#N or the record's file" for m in _NUMBERED.finditer(text)]
    cited = {m.end() for m in _CITED.finditer(text)}
    for match in re.finditer(rf"§§?\s?{_LIST}", text):
        if match.end() not in cited and not re.search(r"RFC \d+ $", text[: match.start()]):
            found.append(f"'{match[0]}' of which file?")
    return found


def broken_links(page: Path) -> list[str]:
    """Return the relative links of a Markdown page that lead nowhere."""
    broken = []
    for match in _LINK.finditer(page.read_text()):
        path, _, anchor = match["target"].partition("#")
        if ":" in path:
            continue
        target = (page.parent / path) if path else page
        if not target.exists() or (anchor and anchor not in _anchors(target)):
            broken.append(match["target"])
    return broken


def _wrong_sections(text: str) -> Iterator[str]:
    for match in _CITED.finditer(text):
        pages = [page for page in SPEC.rglob("*.md") if page.as_posix().endswith("/" + match["file"])]
        if len(pages) != 1:
            yield f"{match['file']}: {'no such page' if not pages else 'more than one such page'} in docs/spec"
            continue
        for section in re.findall(_SECTION, match["sections"]):
            if section not in _sections(pages[0]):
                yield f"{match['file']} has no section {section}"


def _wrong_readings(text: str) -> Iterator[str]:
    for match in _READINGS.finditer(text):
        for anchor in re.findall(r"#(\w+)", match[0]):
            if anchor not in _anchors(SPEC / "readings.md"):
                yield f"readings.md has no #{anchor}"


def _is_record(name: str) -> bool:
    return (RECORDS / name).is_file()


@cache
def _sections(page: Path) -> frozenset[str]:
    return frozenset(re.findall(rf"^#+ ({_SECTION})\.? ", page.read_text(), re.MULTILINE))


@cache
def _anchors(page: Path) -> frozenset[str]:
    text = page.read_text() if page.is_file() else ""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    slugs = {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}
    return frozenset(slugs | set(re.findall(r'<a id="([\w-]+)">', text)))
