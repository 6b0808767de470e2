"""A kind of step is known by name in its own file only; the rest of the house asks what its class declares."""

from __future__ import annotations

import ast
import dataclasses
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from grimp import build_graph

from ivr.engine.entry_step import EntryStep
from ivr.session.step_registry import catalogue

ROOT = Path(__file__).resolve().parent.parent.parent
KINDS = frozenset(catalogue().steps)
CLASSES = frozenset(kind.__name__ for kind in catalogue().steps.values())
SHARED_FIELDS = {field.name for field in dataclasses.fields(EntryStep)}
OWN_FIELDS = {field.name for kind in catalogue().steps.values() for field in dataclasses.fields(kind)} - SHARED_FIELDS
SOURCES_OF_STEPS = {
    *("ivr.flow.model", "ivr.flow.loader"),
    *("ivr.engine.step", "ivr.engine.input_step", "ivr.engine.entry_step", "ivr.engine.turn", "ivr.engine.engine"),
}
"""Who imports none of these has no step in hand: its `kind` is that of a journal row or of a TwiML verb."""


def modules() -> Iterator[tuple[Path, bool]]:
    """Yield every module outside `ivr/steps`, and whether it can have a step in hand."""
    graph = build_graph("ivr", cache_dir=None)
    for name in sorted(graph.modules):
        path = ROOT.joinpath(*name.split("."))
        file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        if not name.startswith("ivr.steps"):
            inside = name.startswith(("ivr.flow", "ivr.engine"))
            yield file, inside or not SOURCES_OF_STEPS.isdisjoint(graph.find_modules_directly_imported_by(name))


def named_kinds(source: str, *, has_steps: bool = True) -> Iterator[str]:
    """Yield where a module names a kind of step: the line, and how."""
    for node in ast.walk(ast.parse(source)):
        for fault in (*imported(node), *looked_for(node), *(compared(node) if has_steps else ())):
            yield f"line {node.lineno}: {fault}"  # type: ignore[attr-defined]


def imported(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.ImportFrom(module=str(name)) if name == "ivr.steps" or name.startswith("ivr.steps."):
            yield "imports a kind"
        case ast.Import(names=names) if any(alias.name.startswith("ivr.steps") for alias in names):
            yield "imports a kind"


def looked_for(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Call(func=ast.Name("getattr" | "hasattr"), args=[_, ast.Constant(value=name), *_]):
            if name in OWN_FIELDS:
                yield f"asks for the field {name!r}"
        case ast.Call(func=ast.Attribute(attr="get", value=ast.Attribute(attr="steps")), args=[name, *_]):
            yield from (f"looks for the kind {text!r}" for text in texts(name) & KINDS)
        case ast.Subscript(value=ast.Attribute(attr="steps"), slice=name):
            yield from (f"looks for the kind {text!r}" for text in texts(name) & KINDS)
        case ast.Tuple(elts=items) | ast.List(elts=items) | ast.Set(elts=items) if items:
            if all(isinstance(item, ast.Constant) and item.value in KINDS | OWN_FIELDS for item in items):
                yield f"lists kinds: {ast.unparse(node)}"


def compared(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Compare(left=left, comparators=others):
            sides = [left, *others]
        case ast.Match(subject=subject, cases=cases):
            sides = [subject, *(case.pattern for case in cases)]
        case ast.Subscript(value=ast.Dict() as table, slice=key):
            sides = [key, *filter(None, table.keys)]
        case ast.Call(func=ast.Attribute(value=side, attr=("get" | "startswith" | "endswith")), args=[key, *_]):
            sides = [key, *filter(None, side.keys)] if isinstance(side, ast.Dict) else [side, key]
        case _:
            return
    if any(holds_kind(side) for side in sides):
        yield from (f"compares a kind with {text!r}" for side in sides for text in texts(side) & (KINDS | CLASSES))


def holds_kind(node: ast.AST) -> bool:
    """Whether an expression is the kind of a step: an attribute, a variable of that name, or the name of its class."""
    match node:
        case ast.Attribute(attr="kind" | "__name__" | "__qualname__") | ast.Name(id="kind"):
            return True
    return False


def texts(node: ast.AST) -> set[str]:
    return {inner.value for inner in ast.walk(node) if isinstance(inner, ast.Constant) and isinstance(inner.value, str)}


def test_no_other_room_names_a_kind_of_step():
    found = {
        str(path.relative_to(ROOT)): faults
        for path, has_steps in modules()
        if (faults := list(named_kinds(path.read_text(encoding="utf-8"), has_steps=has_steps)))
    }
    assert not found


@pytest.mark.parametrize(
    "source",
    [
        'step.kind == "say"',
        '"menu" != there.kind',
        'step.kind in ("say", "announce")',
        'turn.flow.steps[0].kind in {"transfer"}',
        'OPEN = frozenset({"transfer", "hangup"})',
        'ENDS = ["flow"]',
        'for of in ("menu", "choices"): getattr(step, of, ())',
        "kind = step.kind; say = kind == 'say'",
        'type(step).__name__ == "MenuStep"',
        'step.__class__.__qualname__ in ("MenuStep", "SayStep")',
        '{"menu": 1, "other": 2}[step.kind]',
        '{"menu": 1}.get(step.kind, 0)',
        'step.kind.startswith("menu")',
        """
        match step.kind:
            case "menu" | "other":
                pass
        """,
        'getattr(step, "menu", ())',
        'getattr(getattr(step, "transfer", None), "desk", None)',
        'hasattr(step, "each")',
        'catalogue.steps.get("verify")',
        'catalogue.steps["verify"]',
        "from ivr.steps.menu import MenuStep",
        "from ivr.steps import menu",
        "import ivr.steps.menu",
    ],
)
def test_a_kind_that_is_named_is_found(source):
    assert list(named_kinds(textwrap.dedent(source)))


@pytest.mark.parametrize(
    "source",
    [
        "wish.key != cls.kind",
        "step.place_of(step.kind)",
        'row["flow"], row["step"]',
        'kind == "warning"',
        "type(step).__name__",
        'getattr(step, "prompt", None)',
        "flow.steps.get(name)",
        'DEEDS = ("press", "say", "wait")',
        "from ivr import steps",
    ],
)
def test_what_names_no_kind_is_left_alone(source):
    assert not list(named_kinds(source))


def test_rows_of_the_journal_have_kinds_of_their_own():
    assert not list(named_kinds('row.kind == "transfer"', has_steps=False))


def test_every_kind_has_tests_of_its_own():
    assert {path.stem.removeprefix("test_") for path in (ROOT / "tests" / "steps").glob("test_*.py")} == KINDS
