"""Field kinds that lead to other steps: conditions, targets, routes, keys and choices."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ivr.yamlfile.source import Mapping, Node, Scalar, Sequence

from .expressions import Expression, ExpressionError, constant_expression, parse_expression
from .fields import FieldKind, Reading, Schema, documented, object_schema, option, options, read_options, scalar
from .model import Choice, Phrases, Route, Target, Way
from .old_forms import doubly_quoted
from .scalars import Name, OneOf, WordField
from .shared_parts import USE, written_choices
from .text import Text
from .text_field import LanguageField, PhrasesField, TextField

_KEYS = {**{digit: digit for digit in "0123456789"}, "star": "*", "pound": "#", "*": "*", "#": "#"}
_WORDS = re.compile(r"[^\W\d_][^\"'=<>*/()\[\]+]*")
"""A text that was meant as it is: it begins with a letter and has no sign of a condition."""
DOES = ("back", "repeat", "main_menu", "help", "language", "slower", "faster", "wait")
"""The universals: what a choice can do instead of going to a step; see flows/README.md."""


@dataclass(frozen=True)
class Condition(FieldKind[Expression]):
    """A condition, or a value computed from other values."""

    words: str = "a condition or value"
    sample: str = 'caller.segment == "vip"'

    def read(self, node: Node, reading: Reading) -> Expression | None:
        """Read an expression."""
        written = scalar(node, self, reading)
        if written is None:
            return None
        try:
            return parse_expression(written.text, written.place)
        except ExpressionError as error:
            reading.problem(written.place, "bad-condition", str(error), error.cure)
            return None

    def schema(self) -> Schema:
        """Return the schema."""
        return {"type": ["string", "number", "boolean"]}


@dataclass(frozen=True)
class _TextFields:
    text: str = option(WordField(), help="The text itself.")


@dataclass(frozen=True)
class ValueField(Condition):
    """A computed value, or a text as it is."""

    words: str = "a value, or {text: ...}"
    sample: str = "asked + 1"

    def read(self, node: Node, reading: Reading) -> Expression | None:
        """Read an expression, or the text of a block."""
        if isinstance(node, Mapping):
            values = read_options(node, options(_TextFields), reading, what="a value")
            return None if values is None else constant_expression(values["text"], node.place)
        before = len(reading.problems)
        value = super().read(node, reading)
        if value is None and isinstance(node, Scalar) and _WORDS.fullmatch(node.text):
            # One slip, one problem: 查询 余额 is no expression, but what the editor needs to hear is how a text is
            # written.
            del reading.problems[before:]
            message = f'"{node.text[:40]}" is no value: a text of more than one word is not the name of one.'
            reading.problem(node.place, "bad-condition", message, f"Write it as a text: {{text: {node.text[:40]}}}.")
        if isinstance(node, Scalar) and value is not None and (notice := doubly_quoted(node, value)) is not None:
            reading.problems.append(notice)
        return value

    def schema(self) -> Schema:
        """Return the schema."""
        return {"anyOf": [super().schema(), object_schema(options(_TextFields))]}


@dataclass(frozen=True)
class WordOrValue(FieldKind[Expression]):
    """One of a few words, or an expression whose value is one of them during the call."""

    values: tuple[str, ...]

    @property
    def words(self) -> str:  # type: ignore[override]
        """Describe the allowed words."""
        return f"one of {', '.join(self.values)}; or a value"

    @property
    def sample(self) -> str:  # type: ignore[override]
        """Return the first."""
        return self.values[0]

    def read(self, node: Node, reading: Reading) -> Expression | None:
        """Read an allowed word as text, anything else as an expression."""
        if isinstance(node, Scalar) and node.text in self.values:
            # In quotes: a bare word would be the name of a variable.
            return parse_expression(f'"{node.text}"', node.place)
        return Condition(self.words, self.sample).read(node, reading)

    def schema(self) -> Schema:
        """Return the schema; it names the words so that text editors offer them."""
        return {"anyOf": [{"enum": list(self.values)}, {"type": "string"}]}


@dataclass(frozen=True)
class Goto(FieldKind[Target]):
    """The name of a step of this flow, of another flow, or `return`."""

    words: str = "the name of a step or flow"
    sample: str = "main"

    def read(self, node: Node, reading: Reading) -> Target | None:
        """Read a target; whether it exists is checked when all files are read."""
        name = Name(self.words).read(node, reading)
        return None if name is None else Target(name, node.place)

    def schema(self) -> Schema:
        """Return the schema."""
        return {"type": "string"}


@dataclass(frozen=True)
class _Way:
    goto: Target = option(Goto(), help="Where it leads.")
    when: Expression | None = option(Condition(), help="Taken only if this holds.", default=None)


@dataclass(frozen=True)
class Ways(FieldKind[Route]):
    """A target, or a list of ways with conditions; the last way has none."""

    words: str = "the name of a step, or a list of {when, goto}"
    sample: str = "main"

    def read(self, node: Node, reading: Reading) -> Route | None:
        """Read the ways."""
        if isinstance(node, Scalar):
            target = Goto().read(node, reading)
            return None if target is None else (Way(target),)
        if not isinstance(node, Sequence) or not node.items:
            self.wrong(node, reading)
            return None
        ways = [self._way(item, reading) for item in node.items]
        if any(way is None for way in ways):
            return None
        route = tuple(way for way in ways if way)
        if route[-1].when is not None:
            cure = 'Add a last line "- {goto: ...}" without "when".'
            message = "When none of these conditions holds, there is no way on."
            reading.problem(route[-1].when.place, "no-way-left", message, cure)
        for way in route[:-1]:
            if way.when is None:
                cure = 'Give this one a "when", or put it last.'
                reading.problem(way.goto.place, "never-reached", "The lines behind this one are never taken.", cure)
        return route

    @staticmethod
    def _way(node: Node, reading: Reading) -> Way | None:
        if not isinstance(node, Mapping):
            target = Goto().read(node, reading)
            return None if target is None else Way(target)
        values = read_options(node, options(_Way), reading, what="a way on")
        return None if values is None else Way(**values)

    def schema(self) -> Schema:
        """Return the schema."""
        way = {"anyOf": [object_schema(options(_Way)), {"type": "string"}]}
        return {"anyOf": [{"type": "string"}, {"type": "array", "minItems": 1, "items": way}]}


LONGEST_CHOICE = 6
"""The most digits of one choice; longer numbers are entries of a step of kind collect."""


@dataclass(frozen=True)
class Key(FieldKind[str]):
    """A key of the telephone; with `several` also up to six digits, as choices of a menu may have."""

    words: str = "a key: 0 to 9, star or pound"
    sample: str = '"1"'
    several: bool = False

    def read(self, node: Node, reading: Reading) -> str | None:
        """Read a key."""
        key = scalar(node, self, reading)
        if key is None:
            return None
        if self.several and key.text.isascii() and key.text.isdecimal() and 1 < len(key.text) <= LONGEST_CHOICE:
            return key.text
        if key.text not in _KEYS:
            self.wrong(key, reading)
            return None
        return _KEYS[key.text]

    def schema(self) -> Schema:
        """Return the schema."""
        single: Schema = {"enum": [*_KEYS, *range(10)]}
        if not self.several:
            return single
        digits = {"type": ["string", "integer"], "pattern": f"^[0-9]{{1,{LONGEST_CHOICE}}}$"}
        return {"anyOf": [single, digits]}


@dataclass(frozen=True)
class ChoiceFields:
    """The keys of one choice."""

    key: str = option(
        Key("a key: 0 to 9, star or pound; in a menu also up to six digits", several=True),
        help="The key. Without it, choices count up from 1, past the keys that others of the menu write.",
        default="",
        shown="counted from 1",
    )
    label: Text | None = option(
        TextField(),
        help='What is spoken in front of the key. In English it goes behind "For", unless it begins with "To" or "If".',
        default=None,
    )
    phrases: Phrases | None = option(PhrasesField(), help="Further words that callers say for it.", default=None)
    goto: Target | None = option(Goto(), help="The step or flow that it leads to.", default=None)
    do: str = option(OneOf(DOES), help="Instead of `goto`: one of the universals.", default="")
    to: str = option(LanguageField(), help="The language in which the call goes on.", default="", shown="as it is")
    when: Expression | None = option(Condition(), help="Offered only while this holds.", default=None)
    reason: str = option(Name("a word"), help="The reason of the call, for reports and surveys.", default="")
    value: str = option(Name("a word"), help="The value of the menu's `as` variable when this is chosen.", default="")
    reach: str = option(
        OneOf(("here",)),
        help="`here`: its words count in this menu only, not at other menus.",
        default="",
        shown="at other menus, too, if the call can begin at its target",
    )


_OF_MENUS = {
    "value": 'Delete this line, or make the choice one of a menu that has "as".',
    "reach": "Delete this line, or make the choice one of a menu.",
}
"""Keys that only choices of a menu have, with the cure elsewhere."""


@dataclass(frozen=True)
class Choices(FieldKind[tuple[Choice, ...]]):
    """A list of choices. With `numbered`, a choice without a key gets the next free key from 1.

    With `silent`, a choice with a key needs no label: it works, but is not spoken.
    """

    numbered: bool
    silent: bool = False
    words: str = "a list of choices"
    sample: str = "[{label: 余额, goto: balance}]"

    def read(self, node: Node, reading: Reading) -> tuple[Choice, ...] | None:
        """Read the choices and assign keys."""
        if not isinstance(node, Sequence) or not node.items:
            self.wrong(node, reading, "Write each choice on a line of its own: - {label: ..., goto: ...}")
            return None
        before = len(reading.problems)
        read = [(place, self._fields(item, reading)) for item, place in written_choices(node.items, reading)]
        if len(reading.problems) > before or not read or any(values is None for _, values in read):
            return None
        # Written keys are left out of the count wherever they stand, above and below: two choices never share one by
        # accident.
        taken = {values["key"] for _, values in read if values and values["key"]}
        free = iter(digit for digit in "123456789" if digit not in taken)
        choices: list[Choice] = []
        for place, values in read:
            assert values is not None  # noqa: S101
            # An empty key means that 1 to 9 are used up; `_check_keys` says so at the choice.
            counted = self.numbered and not values["key"]
            values["key"] = values["key"] or (next(free, "") if counted else "")
            choices.append(Choice(**values, place=place, counted=counted))
        self._check_keys(choices, reading)
        return tuple(choices)

    def _fields(self, node: Node, reading: Reading) -> dict[str, Any] | None:
        if not isinstance(node, Mapping):
            cure = 'Write "- {label: ..., goto: ...}".'
            reading.problem(node.place, "wrong-type", "A choice is a block of keys.", cure)
            return None
        values = read_options(node, options(ChoiceFields), reading, what="a choice")
        if values is None:
            return None
        values = {
            declared.attribute: values.get(declared.attribute, getattr(ChoiceFields, declared.attribute, None))
            for declared in options(ChoiceFields)
        }
        if bool(values["goto"]) == bool(values["do"]):
            cure = 'Give it either "goto" with a step, or "do" with one of ' + ", ".join(DOES) + "."
            reading.problem(node.place, "choice-without-aim", "A choice does exactly one thing.", cure)
            return None
        if values["to"] and values["do"] not in ("", "language"):
            cure = 'Delete "to", or write "goto" or "do: language".'
            reading.problem(node.place, "keys-disagree", f'"do: {values["do"]}" keeps the language.', cure)
            return None
        is_silent = (self.silent and values["key"]) or values["do"] == "language" or values["to"]
        if self.numbered and values["label"] is None and not is_silent:
            message = '"label" is missing; a choice of a menu needs it.'
            reading.problem(node.place, "missing-key", message, 'Add "label:" with what callers hear.')
            return None
        if len(values["key"]) > 1 and not self.numbered:
            cure = "Write one key, or make the choice one of a menu."
            reading.problem(node.place, "wrong-type", "Only a choice of a menu has a key of several digits.", cure)
            return None
        for name, cure in _OF_MENUS.items():
            if values[name] and not self.numbered:
                reading.problem(node.place, "keys-disagree", f'"{name}" has no meaning outside a menu.', cure)
                return None
        return values

    @staticmethod
    def _check_keys(choices: list[Choice], reading: Reading) -> None:
        seen: dict[str, Choice] = {}
        for choice in choices:
            if not choice.key:
                if len(choices) > 9:
                    message = "All keys from 1 to 9 are taken."
                    reading.problem(choice.place, "no-key-left", message, "Move some choices into a menu of their own.")
            # Two conditions may share a key, as "open" and "closed" do; without them callers could never reach the
            # second.
            elif choice.key in seen and not (choice.when and seen[choice.key].when):
                other = seen[choice.key].place
                message = f"Key {choice.key} is given twice, here and in line {other.line}."
                cure = "Take another key, or leave the key out: then it is counted."
                reading.problem(choice.place, "repeated-choice", message, cure, related=((other, "the first"),))
            seen.setdefault(choice.key, choice)

    def schema(self) -> Schema:
        """Return the schema."""
        choice = object_schema(options(ChoiceFields))
        choice["properties"][USE] = documented("The choice of line.yaml that this one is made of.")
        aims: list[Schema] = [{"required": ["goto"]}, {"required": ["do"]}]
        choice["oneOf"] = [*aims, {"required": [USE], "not": {"anyOf": aims}}]
        if not self.numbered:
            key = choice["properties"]["key"]
            key.pop("anyOf")
            key |= Key().schema()
        return {"type": "array", "minItems": 1, "items": {"anyOf": [choice, {"type": "string"}]}}
