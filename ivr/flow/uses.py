"""Find where a step, a flow, a variable, or a text, number or desk of line.yaml is defined and used."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ivr.diagnostics.problem import Place
from ivr.yamlfile.source import Mapping as Block
from ivr.yamlfile.source import Node, Scalar, read_text
from ivr.yamlfile.source import Sequence as Items

from .loader import LINE
from .model import Flow, Release, Target
from .parts_within import within
from .paths_read import paths_read

NameKind = Literal["step", "flow", "variable", "text", "number", "desk"]
_OF_LINE: Mapping[NameKind, str] = {"text": "texts", "number": "numbers", "desk": "desks"}
# Searched as text: a conversation that is being edited may not be valid YAML, and a rename must find it all the same.
_OF_CONVERSATIONS = re.compile(r"\b(at|step|choose|flow|queued):\s*[\"']?(?P<name>[\w-]+)")


@dataclass(frozen=True, order=True)
class NameUse:
    """One place where a name stands. `flow` is the flow whose step or variable it is; empty for other names."""

    place: Place
    kind: NameKind
    flow: str = ""
    defines: bool = False


def uses_of(name: str, release: Release, prefix: str) -> Sequence[NameUse]:
    """Return every use of a name in flows and line.yaml, in order of place; `prefix` begins the names of files."""
    uses: list[NameUse] = []
    for flow in release.flows.values():
        uses += _of_flow(name, flow, f"{prefix}{flow.name}.yaml", release)
    uses += _of_line(name, release, prefix)
    for flow in release.flows.values():
        uses += _runs(name, release.files[f"{flow.name}.yaml"], f"{prefix}{flow.name}.yaml", release)
    return sorted(set(uses))


def uses_in_conversation(name: str, text: str, file: str) -> Iterator[NameUse]:
    """Yield the places where a conversation names a step, a flow, a choice or a desk."""
    for number, line in enumerate(text.splitlines(), 1):
        for match in _OF_CONVERSATIONS.finditer(line):
            if match["name"] == name:
                kind: NameKind = {"flow": "flow", "queued": "desk"}.get(match[1], "step")  # type: ignore[assignment]
                yield NameUse(Place(file, number, match.start("name") + 1, len(name)), kind)


def _of_flow(name: str, flow: Flow, file: str, release: Release) -> Iterator[NameUse]:
    if name in flow.steps and "." not in name:
        yield NameUse(flow.steps[name].place, "step", flow.name, defines=True)
    if flow.name == name:
        yield NameUse(flow.place_of("flow"), "flow", defines=True)
    for key in ("start", "agent", "main_menu", "globals_of"):
        if key in flow.places and getattr(flow, key) == name:
            yield _target(name, flow.place_of(key), flow, release)
    for target in within([flow.globals, *flow.written_steps()], Target):
        # A target that a shared choice brings in stands in line.yaml, and is found there.
        if target.name == name and target.place.file == file:
            yield _target(name, target.place, flow, release)
    yield from _variables(name, flow, file, release.files[f"{flow.name}.yaml"])
    for path, place, _ in paths_read([flow.globals, *flow.written_steps()]):
        for kind, block in _OF_LINE.items():
            if path[:2] == (block, name):
                yield NameUse(place, kind)


def _target(name: str, place: Place, flow: Flow, release: Release) -> NameUse:
    is_step = name in flow.steps or name not in release.flows
    return NameUse(place, "step", flow.name) if is_step else NameUse(place, "flow")


def _variables(name: str, flow: Flow, file: str, text: str) -> Iterator[NameUse]:
    setting = [step for step in flow.written_steps() if name in step.sets()]
    if not setting and name not in flow.parameters:
        return
    for step in setting:
        # Names under `set` have a key of their own, which `_computed` finds; here is the place of `as`.
        if name not in step.assigns():
            yield NameUse(
                step.place_of("as" if "as" in step.places else step.kind), "variable", flow.name, defines=True
            )
    yield from (NameUse(key.place, "variable", flow.name, defines=True) for key in _computed(name, file, text))
    for step in flow.written_steps():
        for path, place, _ in paths_read(step):
            if path[0] == name:
                yield NameUse(place, "variable", flow.name)
    for key in ("parameters", "returns"):
        if name in getattr(flow, key):
            yield NameUse(flow.place_of(key), "variable", flow.name)


def _computed(name: str, file: str, text: str) -> Iterator[Scalar]:
    """Yield the keys of a name in the blocks of steps that compute values."""
    # Read again for its nodes: the model keeps the places of values, not of the keys that define them.
    root, _ = read_text(text, file)
    steps = root.get("steps") if isinstance(root, Block) else None
    for key, value in _entries(steps):
        if key == "set" and isinstance(value, Block) and (written := value.key(name)) is not None:
            yield written


def _of_line(name: str, release: Release, prefix: str) -> Iterator[NameUse]:
    root, _ = read_text(release.files.get(LINE, ""), f"{prefix}{LINE}")
    if not isinstance(root, Block):
        return
    for kind, block in _OF_LINE.items():
        written = root.get(block)
        if isinstance(written, Block) and (key := written.key(name)) is not None:
            yield NameUse(key.place, kind, defines=True)
    for number in release.line.numbers.values():
        if number.flow.name == name:
            yield NameUse(number.flow.place, "flow")


def _runs(name: str, text: str, file: str, release: Release) -> Iterator[NameUse]:
    """Yield where a step runs a flow, or transfers to a desk."""
    root, _ = read_text(text, file)
    steps = root.get("steps") if isinstance(root, Block) else None
    for key, value in _entries(steps):
        if isinstance(value, Scalar) and value.text == name:
            if key in ("flow", "run") and name in release.flows:
                yield NameUse(value.place, "flow")
            elif key in ("transfer", "desk", "callback") and name in release.line.desks:
                yield NameUse(value.place, "desk")


def _entries(node: Node | None) -> Iterator[tuple[str, Node]]:
    if isinstance(node, Block):
        for key, value in node.entries:
            yield key.text, value
            yield from _entries(value)
    elif isinstance(node, Items):
        for item in node.items:
            yield from _entries(item)
