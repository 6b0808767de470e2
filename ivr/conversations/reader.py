"""Read conversation files. All problems of all files are reported at once, with place and cure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TypeVar, cast, get_args

from ivr.carrier.caller import DeskAnswer, DialStatus
from ivr.diagnostics.problem import Problem
from ivr.errors import FlowError
from ivr.yamlfile.plain_text import read_plain_text
from ivr.yamlfile.source import Mapping, Node, Scalar, Sequence, read_documents

from .fields import BadValue, Fields, File
from .model import Announced, Bank, Conversation, ConversationTurn, Earlier, Expectation, Staff, TurnAct

_TOP = (
    *("conversation", "flow", "to", "from", "at", "weight", "bank", "answers", "announce", "desks", "agents", "before"),
    *("secret", "turns"),
)
_BANK = ("slow_ms", "fail_rate")
_ANNOUNCED = ("slot", "preset", "text", "until", "lines", "drill", "from")
_AGENTS = ("name", "desk", "number", "free_after", "signed_off")
_BEFORE = ("from", "flow", "to", "ahead", "press", "talk", "hangs_up")
_ACTS = ("press", "choose", "say", "wait", "silence", "record", "dial", "agent", "hang_up")
_HEARD = ("hear", "hear_not", "agent_hears", "text_message")
_TURN = (
    "at",
    *_HEARD,
    *_ACTS,
    "by",
    "confidence",
    "talk",
    "after",
    "repeat_request",
    "bank",
    "answers",
    "secret",
    "expect",
)
_T = TypeVar("_T")
_Read = tuple[list[Conversation], list[Problem]]


def read_conversations(paths: Iterable[Path]) -> list[Conversation]:
    """Read files, and every .yaml file of folders. Raises FlowError with all problems of all files."""
    files = [file for path in paths for file in (sorted(path.rglob("*.yaml")) if path.is_dir() else [path])]
    return _without_errors(_read_file(file) for file in files)


def read_conversation_text(text: str, name: str = "<conversation>") -> list[Conversation]:
    """Read conversations from a text. Raises FlowError with all problems."""
    return _without_errors([_read_text(text, name)])


def _without_errors(readings: Iterable[_Read]) -> list[Conversation]:
    conversations: list[Conversation] = []
    problems: list[Problem] = []
    for read, slips in readings:
        conversations += read
        problems += slips
    if any(problem.level == "error" for problem in problems):
        raise FlowError(problems)
    return conversations


def _read_file(path: Path) -> _Read:
    text, problems = read_plain_text(path, str(path))
    return ([], problems) if text is None else _read_text(text, str(path))


def _read_text(text: str, name: str) -> _Read:
    documents, slips = read_documents(text, name)
    file = File()
    conversations: list[Conversation] = []
    for node in documents:
        with suppress(BadValue):
            conversations.append(_conversation(file, node))
    return conversations, slips + file.problems


def _conversation(file: File, node: Node) -> Conversation:
    fields = file.fields(node, _TOP, "A conversation")
    nodes, take = fields.nodes, fields.take
    for name in ("conversation", "turns"):
        if name not in nodes:
            file.report(node, "missing-key", f"This conversation has no `{name}`.")
    if "flow" not in nodes and "to" not in nodes:
        file.report(
            node,
            "missing-key",
            "This conversation names no flow and no number.",
            "Give it a `flow`, or a number in `to`.",
        )
    return Conversation(
        place=nodes.get("conversation", node).place,
        title=take("conversation", file.text, ""),
        flow=take("flow", file.text, ""),
        turns=tuple(_turns(file, nodes["turns"])) if "turns" in nodes else (),
        to=take("to", file.text, ""),
        caller=take("from", file.text, "+8613800000001"),
        at=take("at", file.time, None),
        weight=take("weight", file.number, 1.0),
        bank=_bank(file, nodes["bank"]) if "bank" in nodes else Bank(),
        answers=take("answers", file.answers, {}),
        agents=tuple(_each(fields, "agents", _agent)),
        before=tuple(_each(fields, "before", _earlier)),
        announced=tuple(_announced(file, nodes["announce"])) if "announce" in nodes else (),
        desks=take("desks", file.words, {}),
        secret=take("secret", file.truth, False),
    )


def _bank(file: File, node: Node, *, mid_call: bool = False) -> Bank:
    if isinstance(node, Scalar):
        if mid_call:
            file.report(
                node, "wrong-value", "Within a call, `bank` is a map.", "Write {fail_rate: 1} or {slow_ms: 9000}."
            )
        elif node.text != "gone":
            file.report(node, "wrong-value", "`bank` is `gone`, or a map of slow_ms and fail_rate.")
        return Bank(gone=True)
    try:
        take = file.fields(node, _BANK, "`bank`").take
    except BadValue:
        return Bank()
    rate = take("fail_rate", lambda value, what: file.number(value, what, 1.0), 0.0)
    return Bank(slow_ms=int(take("slow_ms", file.number, 0)), fail_rate=rate)


def _announced(file: File, node: Node) -> Iterator[Announced]:
    for item in node.items if isinstance(node, Sequence) else (node,):
        with suppress(BadValue):
            yield _announcement(file, item)


def _announcement(file: File, node: Node) -> Announced:
    fields = file.fields(node, _ANNOUNCED, "`announce`")
    nodes, take = fields.nodes, fields.take
    if "slot" not in nodes or ("preset" in nodes) == ("text" in nodes):
        file.report(node, "missing-key", "`announce` names a `slot`, and either a `preset` or a `text`.")
    return Announced(
        slot=take("slot", file.text, ""),
        preset=take("preset", file.text, ""),
        texts=take("text", file.words, {}),
        until=take("until", file.time, None),
        lines=tuple(expectation.value for expectation in take("lines", file.texts, ())),
        drill=take("drill", file.truth, False),
        callers=tuple(expectation.value for expectation in take("from", file.texts, ())),
    )


def _each(fields: Fields, what: str, read: Callable[[File, Node, int], _T]) -> Iterator[_T]:
    """Read each map of a list."""
    node = fields.nodes.get(what)
    if node is None:
        return
    if not isinstance(node, Sequence):
        fields.file.report(node, "wrong-type", f"`{what}` must be a list of maps, each beginning with `- `.")
        return
    for place, item in enumerate(node.items):
        with suppress(BadValue):
            yield read(fields.file, item, place)


def _agent(file: File, node: Node, place: int) -> Staff:
    fields = file.fields(node, _AGENTS, "An agent")
    take = fields.take
    for name in ("name", "desk"):
        if name not in fields.nodes:
            file.report(node, "missing-key", f"This agent has no `{name}`.")
    return Staff(
        take("name", file.text, ""),
        tuple(str(desk.value) for desk in take("desk", file.texts, ())),
        take("number", file.text, f"+8613900000{place:03d}"),
        take("free_after", file.seconds, 0.0),
        take("signed_off", file.truth, False),
    )


def _earlier(file: File, node: Node, place: int) -> Earlier:
    fields = file.fields(node, _BEFORE, "A caller who was before")
    take = fields.take
    if "ahead" not in fields.nodes:
        file.report(node, "missing-key", "This caller has no `ahead`.", "Say how long before they called: ahead: 100s.")
    return Earlier(
        caller=take("from", file.text, f"+86139110000{place:02d}"),
        flow=take("flow", file.text, ""),
        to=take("to", file.text, ""),
        ahead=take("ahead", file.seconds, 0.0),
        hangs_up=take("hangs_up", file.seconds, 0.0),
        press=take("press", file.entries, ("0",)),
        talk=take("talk", file.seconds, 120.0),
    )


def _turns(file: File, node: Node) -> Iterator[ConversationTurn]:
    if not isinstance(node, Sequence) or not node.items:
        file.report(node, "wrong-type", "`turns` must be a list with at least one turn, each beginning with `- `.")
        return
    for item in node.items:
        with suppress(BadValue):
            yield _turn(file, item)


def _turn(file: File, node: Node) -> ConversationTurn:
    fields = file.fields(node, _TURN, "A turn")
    nodes, take = fields.nodes, fields.take
    if not nodes:
        raise file.report(node, "empty-turn", "This turn is empty.", "Give it `hear`, an act or `expect`.")
    act = _act(fields, node)
    return ConversationTurn(
        place=node.place,
        at=take("at", file.placed, None),
        hear=take("hear", file.heard, ()),
        hear_not=take("hear_not", file.texts, ()),
        text_message=take("text_message", file.texts, ()),
        act=act,
        press=take("press", file.keys, ""),
        choose=take("choose", file.text, ""),
        by_word=take("by", lambda value, what: file.one_of(value, what, ("key", "word")), "key") == "word",
        say=take("say", file.text, ""),
        confidence=take("confidence", lambda value, what: file.number(value, what, 1.0), None),
        record=take("record", file.seconds, 0.0),
        dial=take("dial", lambda value, what: file.one_of(value, what, get_args(DialStatus)), "completed"),
        talk=take("talk", file.seconds, 30.0),
        agent=take("agent", file.agent, DeskAnswer()),
        agent_hears=take("agent_hears", file.texts, ()),
        patience=take("wait", file.patience, None),
        leaves="hang_up" in nodes and act in ("dial", "agent", "record"),
        after=take("after", file.seconds, None),
        repeat=take("repeat_request", file.truth, False),
        secret=take("secret", file.truth, False),
        expect=_expect(file, nodes["expect"]) if "expect" in nodes else {},
        bank=_bank(file, nodes["bank"], mid_call=True) if "bank" in nodes else None,
        answers=take("answers", file.answers, {}),
    )


_TOGETHER = ({"record", "press"}, {"record", "hang_up"}, {"dial", "hang_up"}, {"agent", "hang_up"})
_NEEDS = {"by": "choose", "confidence": "say", "talk": "dial", "agent_hears": "agent"}


def _act(fields: Fields, node: Node) -> TurnAct | None:
    """Return the caller's act; report combinations that cannot be played."""
    file, nodes = fields.file, fields.nodes
    acts = [name for name in nodes if name in _ACTS]
    if len(acts) > 1 and set(acts) not in _TOGETHER:
        words = " and ".join(f"`{name}`" for name in acts)
        file.report(node, "two-deeds", f"A caller does one thing a turn, not {words}.", "Make it two turns.")
    # `silence: false` would read as "no silence", which is nothing that a caller can do.
    for name in ("silence", "hang_up"):
        if fields.take(name, file.truth, True) is False:
            file.report(nodes[name], "wrong-value", f"`{name}` can only be true.", "Take the line out.")
    for name, needed in _NEEDS.items():
        if name in nodes and needed not in nodes:
            file.report(nodes[name], "misplaced-key", f"`{name}` goes with `{needed}` only.")
    for name in ("after", "repeat_request", "bank", "answers"):
        if name in nodes and not acts:
            file.report(nodes[name], "misplaced-key", f"`{name}` needs something that the caller does.")
    chosen = next((name for name in ("record", "dial", "agent", *_ACTS) if name in acts), None)
    return cast("TurnAct | None", "wait" if chosen == "silence" else chosen)


def _expect(file: File, node: Node) -> dict[str, Expectation]:
    if not isinstance(node, Mapping) or not node.entries:
        file.report(node, "wrong-type", "`expect` must be a map of facts, such as {step: main}.")
        return {}
    return {key.text: Expectation(key.place, file.value(value), key.text) for key, value in node.entries}
