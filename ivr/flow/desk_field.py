"""The field kind of a desk that a step connects to: its name, or the value that names it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from ivr.diagnostics.problem import Place
from ivr.yamlfile.source import Node

from .expressions import Expression, parse_expression
from .fields import FieldKind, Reading, Schema, scalar
from .scalars import Name

OWN_DESK = "segment"
"""The name that stands for the desk of the caller's segment."""

_PATH = re.compile(r"[^\W\d]\w*(\.\w+)+\Z")


@dataclass(frozen=True)
class WantedDesk:
    """A desk as an editor wrote it: a name of line.yaml, `segment`, or a value. `place` is empty for a default."""

    name: str = ""
    value: Expression | None = None
    place: Place | None = field(default=None, compare=False)

    def among(self, desks: Collection[str], values: Mapping[str, Any]) -> str:
        """Return the name of the desk that is meant, or `segment`; "" for a value that names no desk.

        A name that no desk has is the name of a variable.
        """
        # Desks go before variables of the same name: what line.yaml defines must not change its meaning by a `set`
        # step.
        if self.value is None and self.name in (*desks, OWN_DESK):
            return self.name
        named = self.value(values) if self.value is not None else values.get(self.name)
        # A record of the bank may hold a desk that was closed long ago. The step then takes `failed`, and no call
        # breaks.
        return named if isinstance(named, str) and named in desks else ""

    def path(self, desks: Collection[str]) -> tuple[str, ...]:
        """Return the path of the value that names the desk; nothing for a desk that is named itself."""
        if self.value is not None:
            return next(self.value.paths(), ())
        return (self.name,) if self.name and self.name not in (*desks, OWN_DESK) else ()


@dataclass(frozen=True)
class DeskField(FieldKind[WantedDesk]):
    """The name of a desk, or a value such as `doctor.desk`."""

    words: str = "the name of a desk, or a value that holds one, such as doctor.desk"
    sample: str = "general"

    def read(self, node: Node, reading: Reading) -> WantedDesk | None:
        """Read the name or the value. Whether there is such a desk is checked when line.yaml is read."""
        written = scalar(node, self, reading)
        if written is None:
            return None
        # A dot tells a value from a name, since no desk can have one in its name.
        if _PATH.match(written.text):
            return WantedDesk(written.text, parse_expression(written.text, written.place), written.place)
        name = Name("the name of a desk").read(node, reading)
        return None if name is None else WantedDesk(name, None, written.place)

    def schema(self) -> Schema:
        """Return the schema."""
        return {"type": "string", "minLength": 1}
