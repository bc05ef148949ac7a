"""The rooms of the domain: porches name what others use, no room only forwards, types are at home in models."""

import ast
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

import enlist.domain
from enlist.kit.errors import Refusal
from enlist.runtime.events import Event

SOURCES = Path(enlist.domain.__file__).parents[1]
DOMAIN = SOURCES / "domain"
SLICES = sorted(path.parent.name for path in DOMAIN.glob("*/__init__.py"))
ROOMS = sorted(path for path in DOMAIN.glob("*/*.py") if path.name != "__init__.py")
ATTICS = {"base", "common", "helpers", "keeping", "manager", "managers", "misc", "service", "services", "utils"}


def trees(outside: str) -> Iterator[ast.Module]:
    for path in SOURCES.rglob("*.py"):
        if DOMAIN / outside not in path.parents:
            yield ast.parse(path.read_text())


def used_outside(slice_: str) -> set[str]:
    """Tell which names of a slice's porch are used in the rest of the program."""
    used: set[str] = set()
    for tree in trees(slice_):
        called: set[str] = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module == "enlist.domain":
                called |= {alias.asname or alias.name for alias in node.names if alias.name == slice_}
            elif isinstance(node, ast.ImportFrom) and node.module == f"enlist.domain.{slice_}":
                used |= {alias.name for alias in node.names}
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in called:
                used.add(node.attr)
    return used


def is_announced_or_refused(value: object) -> bool:
    """Tell whether somebody outside may meet it without naming it: a refusal or an event."""
    return inspect.isclass(value) and issubclass(value, Refusal | Event)


@pytest.mark.parametrize("slice_", SLICES)
def test_a_porch_exports_what_somebody_outside_uses_and_nothing_else(slice_: str) -> None:
    porch = importlib.import_module(f"enlist.domain.{slice_}")
    exported = {
        alias.asname or alias.name
        for node in ast.walk(ast.parse(inspect.getsource(porch)))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    unused = exported - used_outside(slice_)
    assert {name for name in unused if not is_announced_or_refused(getattr(porch, name))} == set()


@pytest.mark.parametrize("slice_", SLICES)
def test_a_porch_is_a_sentence_and_a_list_of_names(slice_: str) -> None:
    sentence, *names = ast.parse((DOMAIN / slice_ / "__init__.py").read_text()).body
    assert isinstance(sentence, ast.Expr)
    for one in names:
        assert isinstance(one, ast.ImportFrom)
        assert one.level == 1
        assert all(alias.asname == alias.name for alias in one.names)


def is_queries(room: Path) -> bool:
    return room.stem == "queries" or room.stem.endswith("_queries")


def only_forwards(function: ast.stmt) -> bool:
    """Tell whether a function only calls another one with what it was given itself."""
    assert isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
    body = [one for one in function.body if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))]
    if len(body) != 1 or not isinstance(body[0], ast.Return | ast.Expr):
        return False
    call = body[0].value.value if isinstance(body[0].value, ast.Await) else body[0].value
    if not isinstance(call, ast.Call):
        return False
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    return all(isinstance(one, ast.Name | ast.Attribute | ast.Constant) for one in given)


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: f"{room.parent.name}/{room.stem}")
def test_no_room_only_forwards(room: Path) -> None:
    functions = [
        one for one in ast.parse(room.read_text()).body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    public = [one for one in functions if not one.name.startswith("_")]
    if public and not is_queries(room) and room.stem != "model":
        assert not all(only_forwards(one) for one in public)


@pytest.mark.parametrize("room", [room for room in ROOMS if is_queries(room)], ids=str)
def test_types_are_at_home_in_models_not_in_query_rooms(room: Path) -> None:
    assert [one.name for one in ast.parse(room.read_text()).body if isinstance(one, ast.ClassDef)] == []


def test_there_is_no_attic() -> None:
    assert {room.stem for room in ROOMS} & ATTICS == set()
    assert {room.parent.name for room in ROOMS} & ATTICS == set()


@pytest.mark.parametrize(
    ("source", "forwards"),
    [
        ("async def find(tx, key):\n    return await queries.find(tx, key.email)", True),
        ("def known(names):\n    'Tell.'\n    return other(names, limit=3)", True),
        ("async def find(tx, key):\n    return await queries.find(tx, key.lower())", False),
        ("async def find(tx, key):\n    return await queries.find(tx, key) if key else None", False),
        ("async def add(tx, key):\n    check(key)\n    await queries.add(tx, key)", False),
    ],
)
def test_forwarding_is_told_from_deciding(source: str, forwards: bool) -> None:
    assert only_forwards(ast.parse(source).body[0]) is forwards
