"""docs/house.md names what is there: each path exists, each slice has its stair, no package goes without a word."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "enlist"
HOUSE = (ROOT / "docs" / "house.md").read_text()
# A path in backticks or in a drawing; what is in angle brackets stands for something.
_PATH = re.compile(r"`([\w./]+(?:/|\.(?:py|md|sql|toml)))`")
# Names that every slice may have, and kinds of files, rather than one file.
_KINDS = re.compile(
    r"^(?:\.sql|\.py|__init__\.py|[a-z_]+\.py|messages/|api/|forms/|clicks/|http/|postgres/|events/|jobs/)$"
)


def named() -> set[str]:
    """Return the paths that the document names, without those that mean a kind of file."""
    return {path for path in _PATH.findall(HOUSE) if not _KINDS.match(path)}


def test_every_path_in_the_document_exists() -> None:
    assert len(named()) > 60
    assert not [path for path in sorted(named()) if not (ROOT / path).exists() and not (SOURCE / path).exists()]


def test_every_file_of_a_package_that_the_tree_lists_exists() -> None:
    rows = re.findall(r"^\| `([\w/]+/)` \| (.*) \|$", HOUSE, re.MULTILINE)
    assert len(rows) > 8
    missing = [
        folder + name
        for folder, cell in rows
        for name in re.findall(r"`([a-z_]+(?:\.py|/)|README\.md)`", cell)
        if not (SOURCE / folder / name).exists()
    ]
    assert not missing


def test_every_slice_and_every_package_is_named() -> None:
    stairs = re.search(r"### The staircase.*?```\n(.*?)```", HOUSE, re.DOTALL)
    assert stairs is not None
    slices = {path.name for path in (SOURCE / "domain").iterdir() if (path / "__init__.py").is_file()}
    assert {name for name in slices if not re.search(rf"\b{name}\b", stairs[1])} == set()
    packages = {f"{path.name}/" for path in SOURCE.iterdir() if (path / "__init__.py").is_file()}
    assert not [package for package in packages if package not in HOUSE]
