"""Field kinds of flow files: each reads and checks a value, describes itself for the manual, and has a JSON Schema.

A step kind declares its fields with `option(...)`; the reader, the manual and the JSON Schema all use that one
declaration. Reading adds problems to a `Reading` and returns None for an invalid value.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from collections.abc import Mapping as Map
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, Generic, TypeVar

from ivr.diagnostics.problem import Level, Place, Problem
from ivr.yamlfile.source import Mapping, Node, Scalar, Sequence
from ivr.yamlfile.suggest import did_you_mean, near

from .own_classes import OwnClasses

_T = TypeVar("_T")


Schema = dict[str, Any]
ArgumentFault = Callable[[str, str, str], str]
"""Returns the fault of (value kind, argument, language), or an empty text."""


def no_fault(kind: str, argument: str, language: str) -> str:
    """Accept every argument. For files without spoken texts."""
    del kind, argument, language
    return ""


@dataclass
class Reading:
    """The state of reading one file: its language, the value kinds that can be spoken, and the problems so far.

    `families` maps each supported language tag to its family; if it is empty, any tag is accepted.
    `shared` are the choices and steps of line.yaml, a `SharedParts`; None where there are none.
    `left_out` tells that one of them, which cannot be read, is used.
    `line_texts` are the templates of line.yaml by name and language; None where they are not known.
    `classes` are the priorities, ticket kinds and survey questions that may be named.
    `key` is the key whose value is being read, for messages.
    """

    language: str = "zh-CN"
    spoken_kinds: tuple[str, ...] = ()
    argument_fault: ArgumentFault = no_fault
    families: Map[str, str] = field(default_factory=dict)
    shared: Any = None
    left_out: bool = False
    line_texts: Map[str, Map[str, Any]] | None = None
    classes: OwnClasses = field(default_factory=OwnClasses)
    key: str = ""
    problems: list[Problem] = field(default_factory=list)

    def problem(
        self,
        place: Place,
        rule: str,
        message: str,
        cure: str = "",
        *,
        level: Level = "error",
        related: tuple[tuple[Place, str], ...] = (),
    ) -> None:
        """Add a problem."""
        self.problems.append(Problem(place, rule, message, cure, level, related))


class FieldKind(ABC, Generic[_T]):
    """One kind of field. `words` describes its values in the manual and in messages; `sample` is a value as written."""

    words: str = ""
    sample: str = ""

    @abstractmethod
    def read(self, node: Node, reading: Reading) -> _T | None:
        """Convert a node into a value, or report a problem and return None."""

    @abstractmethod
    def schema(self) -> Schema:
        """Return the JSON Schema with which a text editor checks the field."""

    def wrong(self, node: Node, reading: Reading, cure: str = "") -> None:
        """Report that the node is not of this kind."""
        whose = f'"{reading.key}" takes' if reading.key else "Here belongs"
        cure = cure or (f"Write it as in {reading.key or 'this'}: {self.sample}" if self.sample else "")
        reading.problem(node.place, "wrong-type", f"{whose} {self.words}, not {_shape(node)}.", cure)


def _shape(node: Node) -> str:
    if isinstance(node, Mapping):
        return "a block of keys"
    if isinstance(node, Sequence):
        return "a list"
    return "nothing" if node.empty else f'"{node.text[:40]}"'


def scalar(node: Node, kind: FieldKind[Any], reading: Reading) -> Scalar | None:
    """Return the node if it is a single value, else report a problem and return None."""
    # `say: ""` is a text without words, about which another rule has more to say than "not nothing".
    if isinstance(node, Scalar) and (not node.empty or node.quoted):
        return node
    kind.wrong(node, reading)
    return None


@dataclass(frozen=True)
class ListOf(FieldKind[tuple[Any, ...]]):
    """A list of values of one kind; with `lone`, a single value counts as a list of one."""

    of: FieldKind[Any]
    lone: bool = False

    @property
    def words(self) -> str:  # type: ignore[override]
        """Describe the list by its items."""
        return f"a list, each item {self.of.words}"

    @property
    def sample(self) -> str:  # type: ignore[override]
        """Return a list with one item."""
        return f"[{self.of.sample}]"

    def read(self, node: Node, reading: Reading) -> tuple[Any, ...] | None:
        """Read every item, so that each faulty one is reported."""
        if not isinstance(node, Sequence):
            if self.lone:
                value = self.of.read(node, reading)
                return None if value is None else (value,)
            self.wrong(node, reading, 'Write each item on a line of its own that begins with "- ".')
            return None
        values = [self.of.read(item, reading) for item in node.items]
        return None if any(value is None for value in values) else tuple(values)

    def schema(self) -> Schema:
        """Return the schema."""
        many: Schema = {"type": "array", "items": self.of.schema()}
        return {"anyOf": [many, self.of.schema()]} if self.lone else many


@dataclass(frozen=True)
class MapOf(FieldKind[Map[str, Any]]):
    """A block whose keys the editor chooses."""

    of: FieldKind[Any]

    @property
    def words(self) -> str:  # type: ignore[override]
        """Describe the block by its values."""
        return f"a block of names, each with {self.of.words}"

    @property
    def sample(self) -> str:  # type: ignore[override]
        """Return a block with one entry."""
        return f"{{name: {self.of.sample}}}"

    def read(self, node: Node, reading: Reading) -> Map[str, Any] | None:
        """Read every entry, so that each faulty one is reported."""
        if not isinstance(node, Mapping):
            self.wrong(node, reading)
            return None
        values = {key.text: _read_value(key.text, self.of, value, reading) for key, value in node.entries}
        return None if any(value is None for value in values.values()) else values

    def schema(self) -> Schema:
        """Return the schema."""
        return {"type": "object", "additionalProperties": self.of.schema()}


@dataclass(frozen=True)
class Option:
    """One declared field: its YAML key and kind, whether it is required, and its line in the manual."""

    key: str
    kind: FieldKind[Any]
    help: str
    required: bool
    default_words: str
    attribute: str


def option(kind: FieldKind[Any], help: str, *, key: str = "", default: Any = MISSING, shown: str = "") -> Any:  # noqa: A002
    """Declare a dataclass field that is read from YAML.

    `key` is the YAML key if it differs from the attribute; without `default` the field is required; `shown` is the
    default as the manual words it.
    """
    metadata = {"kind": kind, "help": help, "key": key, "shown": shown}
    if default is MISSING:
        return field(metadata=metadata)
    return field(default=default, metadata=metadata)


def options(cls: type[Any]) -> tuple[Option, ...]:
    """Return the declared fields of a dataclass in their order."""
    return tuple(
        Option(
            key=spec.metadata["key"] or spec.name,
            kind=spec.metadata["kind"],
            help=spec.metadata["help"],
            required=spec.default is MISSING and spec.default_factory is MISSING,
            default_words=spec.metadata["shown"] or _shown(spec.default),
            attribute=spec.name,
        )
        for spec in fields(cls)
        if "kind" in spec.metadata
    )


def _shown(default: Any) -> str:
    if default is MISSING or default is None or default == ():
        return ""
    if isinstance(default, bool):
        return "yes" if default else "no"
    return str(default)


def read_options(node: Mapping, wanted: tuple[Option, ...], reading: Reading, *, what: str) -> dict[str, Any] | None:
    """Read a block by its declared fields; report unknown and missing keys. Returns None if anything is wrong."""
    allowed = {declared.key: declared for declared in wanted}
    before = len(reading.problems)
    values: dict[str, Any] = {}
    misspelt: set[str | None] = set()
    for key, value in node.entries:
        if key.text in allowed:
            # Read on after a fault, so that an editor sees all faults of a file at once.
            values[allowed[key.text].attribute] = _read_value(key.text, allowed[key.text].kind, value, reading)
        else:
            # A key that is written already cannot be what this one was meant to be.
            free = [name for name in allowed if node.get(name) is None]
            misspelt.add(near(key.text, free))
            cure = did_you_mean(key.text, free) or f"Known here: {', '.join(allowed)}."
            reading.problem(key.place, "unknown-key", f'"{key.text}" is no key of {what}.', cure)
    for declared in wanted:
        # A misspelt key is one slip: "no such key" with the right spelling, without "missing" beside it.
        if declared.required and declared.attribute not in values and declared.key not in misspelt:
            cure = f'Add "{declared.key}:" with {declared.kind.words}.'
            reading.problem(node.place, "missing-key", f'"{declared.key}" is missing; {what} needs it.', cure)
    faulty = any(problem.level == "error" for problem in reading.problems[before:])
    return values if not faulty and None not in values.values() else None


def _read_value(key: str, kind: FieldKind[Any], value: Node, reading: Reading) -> Any:
    # Blocks stand in blocks: behind the inner value, messages name the outer key again.
    outer, reading.key = reading.key, key
    try:
        return kind.read(value, reading)
    finally:
        reading.key = outer


@dataclass(frozen=True)
class Block(FieldKind[Any]):
    """A block with declared keys, read into a dataclass. `short` is the key that a single value stands for."""

    cls: type[Any]
    what: str
    short: str = ""

    @property
    def words(self) -> str:  # type: ignore[override]
        """Return the name of the block."""
        return self.what

    @property
    def sample(self) -> str:  # type: ignore[override]
        """Return a block with the required keys."""
        must = [declared for declared in options(self.cls) if declared.required]
        return "{" + ", ".join(f"{declared.key}: {declared.kind.sample}" for declared in must) + "}"

    def read(self, node: Node, reading: Reading) -> Any | None:
        """Read the block."""
        wanted = options(self.cls)
        if self.short and not isinstance(node, Mapping):
            (declared,) = (declared for declared in wanted if declared.key == self.short)
            value = declared.kind.read(node, reading)
            return None if value is None else self.cls(**{declared.attribute: value})
        if not isinstance(node, Mapping):
            self.wrong(node, reading)
            return None
        values = read_options(node, wanted, reading, what=self.what)
        return None if values is None else self.cls(**values)

    def schema(self) -> Schema:
        """Return the schema."""
        block = object_schema(options(self.cls))
        if not self.short:
            return block
        (lone,) = (declared.kind.schema() for declared in options(self.cls) if declared.key == self.short)
        return {"anyOf": [block, lone]}


def object_schema(wanted: tuple[Option, ...]) -> Schema:
    """Return the JSON Schema of a block with these fields."""
    return {
        "type": "object",
        "properties": {declared.key: {**declared.kind.schema(), **_described(declared)} for declared in wanted},
        "required": [declared.key for declared in wanted if declared.required],
        "additionalProperties": False,
    }


def _described(declared: Option) -> Schema:
    default = f" Default: {declared.default_words}." if declared.default_words else ""
    return documented(declared.help + default)


def documented(text: str) -> Schema:
    """Return a description as text editors show it, with and without Markdown."""
    # VS Code shows the second, other editors only the first, where backquotes would stand as they are.
    return {"description": text.replace("`", ""), "markdownDescription": text}
