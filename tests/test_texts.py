"""What people read stands in the catalogues: not in templates, doors or letters, and the catalogues miss nothing."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import enlist

SOURCE = Path(enlist.__file__).parent
ROOT = SOURCE.parents[1]
TEMPLATES = sorted(path for folder in ("doors", "domain") for path in (SOURCE / folder).rglob("*.html"))
# Doors that speak a protocol to programs, whose texts are the protocol's.
PROTOCOLS = ("just/", "justclick/api/")
DOORS = sorted(
    path
    for path in (SOURCE / "doors").rglob("*.py")
    if not str(path.relative_to(SOURCE / "doors")).startswith(PROTOCOLS)
)
MESSAGES = sorted((SOURCE / "domain").glob("*/messages/*.py"))
_SENTENCE = re.compile(r"^\W*[^\W\d_a-z].*[a-zа-я] [a-zа-я]|[a-zа-я] [a-zа-я].*[.!?]$")
SAYING = {"N_", "NP_", "say", "say_in", "say_plural"}

_STYLE = re.compile(r"<style\b.*?</style>|\{% block style %\}.*?\{% endblock %\}(?=\n\{% block)", re.DOTALL)
_JINJA = re.compile(r"\{#.*?#\}|\{% *trans\b.*?%\}.*?\{% *endtrans *%\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_MARKUP = re.compile(r"<!--.*?-->|<[^>]*>|&[a-z]+;", re.DOTALL)
_SPOKEN = re.compile(r'\b(?:title|alt|placeholder|aria-label|aria-description|summary|content)="([^"]*)"')
_SILENT = re.compile("width=device-width|[0-9; ]*url=")


def spoken(template: str) -> list[str]:
    """Return what a template says by itself: its text and the attributes that are read out, without expressions."""
    bare = _JINJA.sub("\0", _STYLE.sub("", template))
    attributes = (text for text in _SPOKEN.findall(bare) if not _SILENT.search(text.replace("\0", "")))
    return [text for text in (*attributes, *_MARKUP.sub("\n", bare).splitlines()) if re.search(r"[^\W\d_]", text)]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_template_says_nothing_by_itself(path: Path) -> None:
    assert spoken(path.read_text()) == []


def test_a_sentence_in_a_template_would_be_seen() -> None:
    assert spoken('<p>{{ _("fine") }} Hello, {{ name }}</p>') == ["\0 Hello, \0"]
    assert spoken('<a title="Open {{ name }}">{% trans %}fine{% endtrans %}</a>') == ["Open \0"]
    assert spoken('<style>p { color: red }</style><meta content="width=device-width"><p>{# no #} 3 – {{ n }}</p>') == []


def sentences(source: str) -> Iterator[str]:
    """Name the literals of a module that read like sentences, but those that go through the catalogues or to a log."""
    tree = ast.parse(source)
    fine: set[int] = set()
    for node in ast.walk(tree):
        if (
            (isinstance(node, ast.Call) and _name(node.func) in SAYING)
            or isinstance(node, ast.Raise)
            or (isinstance(node, ast.Call) and _name(node.func) in LOGGING)
        ):
            fine.update(id(inner) for inner in ast.walk(node))
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            fine.add(id(node.value))  # a docstring
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) and id(node) not in fine else None
        if isinstance(text, str) and _SENTENCE.search(text):
            yield text


LOGGING = {"debug", "info", "warning", "error", "exception"}


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


@pytest.mark.parametrize("path", [*DOORS, *MESSAGES], ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_door_and_a_message_say_nothing_past_the_catalogues(path: Path) -> None:
    assert list(sentences(path.read_text())) == []


def test_a_sentence_in_code_would_be_seen() -> None:
    assert list(sentences('"""Doc string."""\nA = "Please try again"\nB = N_("Please try again")')) == [
        "Please try again"
    ]
    assert list(
        sentences('say(locale, "Please try again")\n_log.error("It failed. Again")\nC = "that did not work."')
    ) == ["that did not work."]


def test_russian_letters_stand_in_the_catalogue_only() -> None:
    files = [path for path in SOURCE.rglob("*.*") if path.suffix in {".py", ".html", ".txt", ".js", ".css", ".sql"}]
    assert [str(path) for path in files if re.search("[А-Яа-яЁё]", path.read_text())] == []


def test_the_catalogues_are_up_to_date() -> None:
    done = subprocess.run([ROOT / "scripts" / "texts", "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
