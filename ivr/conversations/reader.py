"""Reads conversation files. Every value remembers its place; all problems of all files come at once, with a cure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TypeVar, cast, get_args

import yaml

from ivr.carrier.caller import DeskAnswer, DialStatus
from ivr.diagnostics.problem import Place, Problem
from ivr.errors import FlowError

from .fields import BadValue, Fields, File
from .model import Announced, Bank, Conversation, ConversationTurn, Earlier, Expectation, Staff, TurnAct

_TOP = (
    *("conversation", "flow", "to", "from", "at", "weight", "bank", "announce", "desks", "agents", "before"),
    *("secret", "turns"),
)
_BANK = ("slow_ms", "fail_rate")
_ANNOUNCED = ("slot", "preset", "text", "until", "lines", "drill", "from")
_AGENTS = ("name", "desk", "number", "free_after", "signed_off")
_BEFORE = ("from", "flow", "to", "ahead", "press", "talk", "hangs_up")
_DEEDS = ("press", "say", "wait", "silence", "record", "dial", "agent", "hang_up")
_HEARD = ("hear", "hear_not", "agent_hears", "text_message")
_TURN = (*_HEARD, *_DEEDS, "confidence", "talk", "after", "repeat_request", "bank", "secret", "expect")
_T = TypeVar("_T")


def read_conversations(paths: Iterable[Path]) -> list[Conversation]:
    """Read files, and every .yaml file of folders. Raises FlowError with every problem found."""
    problems: list[Problem] = []
    conversations: list[Conversation] = []
    for path in paths:
        for file in sorted(path.rglob("*.yaml")) if path.is_dir() else [path]:
            found, wrong = _read_file(file)
            conversations += found
            problems += wrong
    if problems:
        raise FlowError(problems)
    return conversations


def read_conversation_text(text: str, name: str = "<conversation>") -> list[Conversation]:
    """Read conversations from a text. Raises FlowError with every problem found."""
    conversations, problems = _read_text(text, name)
    if problems:
        raise FlowError(problems)
    return conversations


def _read_file(path: Path) -> tuple[list[Conversation], list[Problem]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = "is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else f"cannot be read: {error.strerror}"
        return [], [Problem(Place(str(path), 1, 1), "unreadable", f"The file {reason}.")]
    return _read_text(text, str(path))


def _read_text(text: str, name: str) -> tuple[list[Conversation], list[Problem]]:
    file = File(name)
    conversations: list[Conversation] = []
    try:
        for node in _documents(text):
            try:
                conversations.append(_conversation(file, node))
            except BadValue:
                continue
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = Place(name, mark.line + 1 if mark else 1, mark.column + 1 if mark else 1)
        file.problems.append(Problem(place, "yaml", f"This is not YAML: {error.problem}.", _cure(text, place)))
    except yaml.YAMLError as error:
        file.problems.append(Problem(Place(name, 1, 1), "yaml", f"This is not YAML: {error}."))
    if not conversations and not file.problems:
        file.problems.append(Problem(Place(name, 1, 1), "empty-file", "The file holds no conversation."))
    return conversations, file.problems


def _documents(text: str) -> Iterator[yaml.Node]:
    for node in yaml.compose_all(text, Loader=yaml.CSafeLoader):
        if not (isinstance(node, yaml.ScalarNode) and not node.value):
            yield node


def _cure(text: str, place: Place) -> str:
    lines = text.splitlines()
    line = lines[place.line - 1] if place.line <= len(lines) else ""
    if re.search(r":\s*\*", line):
        return 'A key such as * must stand in quotes: press: "*".'
    if "\t" in line:
        return "Indent with blanks, not tabs."
    if "\uff1a" in line:
        return "Use the half-width colon and a blank: `: `."
    if line.count(": ") > 1:
        return "A text that holds a colon and a blank must stand in quotes."
    return "Check the indentation and the quotes of this line and the one before."


def _conversation(file: File, node: yaml.Node) -> Conversation:
    found = file.fields(node, _TOP, "A conversation")
    take = Fields(file, found).take
    for name in ("conversation", "turns"):
        if name not in found:
            file.report(node, "missing-key", f"This conversation has no `{name}`.")
    if "flow" not in found and "to" not in found:
        file.report(node, "missing-key", "This conversation calls nobody.", "Give it a `flow`, or a number in `to`.")
    return Conversation(
        place=file.place(found.get("conversation", node)),
        title=take("conversation", file.text, ""),
        flow=take("flow", file.text, ""),
        turns=tuple(_turns(file, found["turns"])) if "turns" in found else (),
        to=take("to", file.text, ""),
        caller=take("from", file.text, "+8613800000001"),
        at=take("at", file.time, None),
        weight=take("weight", file.number, 1.0),
        bank=_bank(file, found["bank"]) if "bank" in found else Bank(),
        agents=tuple(_each(file, found, "agents", _agent)),
        before=tuple(_each(file, found, "before", _earlier)),
        announced=tuple(_announced(file, found["announce"])) if "announce" in found else (),
        desks=take("desks", file.words, {}),
        secret=take("secret", file.truth, False),
    )


def _bank(file: File, node: yaml.Node, *, mid_call: bool = False) -> Bank:
    if isinstance(node, yaml.ScalarNode):
        if mid_call:
            file.report(
                node, "wrong-value", "Within a call, `bank` is a map.", "Write {fail_rate: 1} or {slow_ms: 9000}."
            )
        elif node.value != "gone":
            file.report(node, "wrong-value", "`bank` is `gone`, or a map of slow_ms and fail_rate.")
        return Bank(gone=True)
    try:
        take = Fields(file, file.fields(node, _BANK, "`bank`")).take
    except BadValue:
        return Bank()
    rate = take("fail_rate", lambda one, what: file.number(one, what, 1.0), 0.0)
    return Bank(slow_ms=int(take("slow_ms", file.number, 0)), fail_rate=rate)


def _announced(file: File, node: yaml.Node) -> Iterator[Announced]:
    for one in node.value if isinstance(node, yaml.SequenceNode) else [node]:
        try:
            found = file.fields(one, _ANNOUNCED, "`announce`")
        except BadValue:
            continue
        take = Fields(file, found).take
        if "slot" not in found or ("preset" in found) == ("text" in found):
            file.report(one, "missing-key", "`announce` names a `slot`, and either a `preset` or a `text`.")
        yield Announced(
            slot=take("slot", file.text, ""),
            preset=take("preset", file.text, ""),
            texts=take("text", file.words, {}),
            until=take("until", file.time, None),
            lines=tuple(wish.value for wish in take("lines", file.texts, ())),
            drill=take("drill", file.truth, False),
            callers=tuple(wish.value for wish in take("from", file.texts, ())),
        )


def _each(
    file: File, found: Mapping[str, yaml.Node], what: str, read: Callable[[File, yaml.Node, int], _T]
) -> Iterator[_T]:
    """Read each map of a list."""
    if what not in found:
        return
    node = found[what]
    if not isinstance(node, yaml.SequenceNode):
        file.report(node, "wrong-type", f"`{what}` must be a list of maps, each beginning with `- `.")
        return
    for place, one in enumerate(node.value):
        with suppress(BadValue):
            yield read(file, one, place)


def _agent(file: File, node: yaml.Node, place: int) -> Staff:
    found = file.fields(node, _AGENTS, "An agent")
    take = Fields(file, found).take
    for name in ("name", "desk"):
        if name not in found:
            file.report(node, "missing-key", f"This agent has no `{name}`.")
    desks = tuple(str(one.value) for one in take("desk", file.texts, ()))
    number = take("number", file.text, f"+8613900000{place:03d}")
    return Staff(
        take("name", file.text, ""),
        desks,
        number,
        take("free_after", file.seconds, 0.0),
        take("signed_off", file.truth, False),
    )


def _earlier(file: File, node: yaml.Node, place: int) -> Earlier:
    found = file.fields(node, _BEFORE, "A caller who was before")
    take = Fields(file, found).take
    if "ahead" not in found:
        file.report(node, "missing-key", "This caller has no `ahead`.", "Say how long before they called: ahead: 100s.")
    return Earlier(
        caller=take("from", file.text, f"+86139110000{place:02d}"),
        flow=take("flow", file.text, ""),
        to=take("to", file.text, ""),
        ahead=take("ahead", file.seconds, 0.0),
        hangs_up=take("hangs_up", file.seconds, 0.0),
        press=take("press", file.keys, "0"),
        talk=take("talk", file.seconds, 120.0),
    )


def _turns(file: File, node: yaml.Node) -> Iterator[ConversationTurn]:
    if not isinstance(node, yaml.SequenceNode) or not node.value:
        file.report(node, "wrong-type", "`turns` must be a list with at least one turn, each beginning with `- `.")
        return
    for one in node.value:
        try:
            yield _turn(file, one)
        except BadValue:
            continue


def _turn(file: File, node: yaml.Node) -> ConversationTurn:
    found = file.fields(node, _TURN, "A turn")
    if not found:
        raise file.report(node, "empty-turn", "This turn says nothing.", "Give it `hear`, a deed or `expect`.")
    fields = Fields(file, found)
    take = fields.take
    deed = _deed(fields, node)
    return ConversationTurn(
        place=file.place(node),
        hear=take("hear", file.texts, ()),
        hear_not=take("hear_not", file.texts, ()),
        text_message=take("text_message", file.texts, ()),
        deed=deed,
        press=take("press", file.keys, ""),
        say=take("say", file.text, ""),
        confidence=take("confidence", lambda one, what: file.number(one, what, 1.0), None),
        record=take("record", file.seconds, 0.0),
        dial=cast("DialStatus", take("dial", lambda one, w: file.one_of(one, w, get_args(DialStatus)), "completed")),
        talk=take("talk", file.seconds, 30.0),
        agent=take("agent", file.agent, DeskAnswer()),
        agent_hears=take("agent_hears", file.texts, ()),
        patience=take("wait", file.patience, None),
        leaves="hang_up" in found and deed in ("dial", "agent", "record"),
        after=take("after", file.seconds, None),
        repeat=take("repeat_request", file.truth, False),
        secret=take("secret", file.truth, False),
        expect=_expect(file, found["expect"]) if "expect" in found else {},
        bank=_bank(file, found["bank"], mid_call=True) if "bank" in found else None,
    )


_TOGETHER = ({"record", "press"}, {"record", "hang_up"}, {"dial", "hang_up"}, {"agent", "hang_up"})
_NEEDS = {"confidence": "say", "talk": "dial", "agent_hears": "agent"}


def _deed(fields: Fields, node: yaml.Node) -> TurnAct | None:
    """Find the one thing that the caller does; report combinations that make no sense."""
    file, found = fields.file, fields.found
    deeds = [name for name in found if name in _DEEDS]
    if len(deeds) > 1 and set(deeds) not in _TOGETHER:
        words = " and ".join(f"`{name}`" for name in deeds)
        file.report(node, "two-deeds", f"A caller does one thing a turn, not {words}.", "Make it two turns.")
    for name in ("silence", "hang_up"):
        if fields.take(name, file.truth, True) is False:
            file.report(found[name], "wrong-value", f"`{name}` can only be true.", "Take the line out.")
    for name, needed in _NEEDS.items():
        if name in found and needed not in found:
            file.report(found[name], "misplaced-key", f"`{name}` goes with `{needed}` only.")
    for name in ("after", "repeat_request", "bank"):
        if name in found and not deeds:
            file.report(found[name], "misplaced-key", f"`{name}` needs something that the caller does.")
    chosen = next((name for name in ("record", "dial", "agent", *_DEEDS) if name in deeds), None)
    return cast("TurnAct | None", "wait" if chosen == "silence" else chosen)


def _expect(file: File, node: yaml.Node) -> dict[str, Expectation]:
    if not isinstance(node, yaml.MappingNode) or not node.value:
        file.report(node, "wrong-type", "`expect` must be a map of facts, such as {step: main}.")
        return {}
    return {str(key.value): Expectation(file.place(key), file.value(one), str(key.value)) for key, one in node.value}
