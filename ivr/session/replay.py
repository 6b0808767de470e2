"""Replay recorded calls through a release of flows, and report where they go elsewhere or hear other words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from ivr.crypto import Seal
from ivr.engine.asking import AnyAnswer, Ask
from ivr.engine.call import Call
from ivr.engine.engine import Engine, Reply
from ivr.engine.inputs import CallStarted
from ivr.engine.ports import JournalRow
from ivr.errors import IvrError

from .turn_records import TURN_ROW, TurnRecord, Withheld, digest, read_record

RecordedStep = tuple[str, str]
"""A flow and a step."""
_WAYS = frozenset({"outcome", "ended"})
"""The kinds of journal rows that say where a call goes; the others count and describe."""


@dataclass(frozen=True)
class Replayed:
    """A replayed call: its turns up to where it goes elsewhere, and the reason.

    `flow` and `step` are the place before that turn. `reason` is "" for a call that was replayed to its end,
    "other_way" where it goes elsewhere (`then` and `now` say how), "other_question" where the release asks what was not
    recorded, "withheld" where an input or answer could not be recorded, "stuck" where the flow failed. `heard` are the
    places at which a turn only says or waits otherwise, `visited` those that the call was at.
    """

    call_id: str
    turns: int
    reason: str = ""
    flow: str = ""
    step: str = ""
    then: str = ""
    now: str = ""
    heard: tuple[RecordedStep, ...] = ()
    visited: tuple[RecordedStep, ...] = ()

    @property
    def goes_elsewhere(self) -> bool:
        """Whether the call takes another way, or cannot go on."""
        return self.reason not in ("", "withheld")

    @property
    def is_affected(self) -> bool:
        """Whether the caller would notice anything."""
        return self.goes_elsewhere or bool(self.heard)


def replay(engine: Engine, call_id: str, rows: Iterable[JournalRow], seal: Seal) -> Replayed:
    """Replay one call from its journal. Raises StoreError for records of another key or version."""
    rows = list(rows)
    ways = _recorded_ways(rows)
    call: Call | None = None
    heard: dict[RecordedStep, None] = {}
    visited: dict[RecordedStep, None] = {}
    turns = 0
    for row in rows:
        if row.kind != TURN_ROW:
            continue
        record = read_record(row, seal)
        place = (call.frame.flow, call.frame.step) if call else ("", "")
        visited[place] = None
        if record.begins and turns:
            return Replayed(
                call_id, turns, "withheld", *place, "", "", (*heard,), (*visited,)
            )  # the store lost the call
        reply, reason = _turn(engine, call_id, call, record)
        if reply is None:
            return Replayed(call_id, turns, reason, *place, "", "", (*heard,), (*visited,))
        # The digest decides first: equal digests need no comparison, and words may differ where the way is the same.
        then, now = ways.get(row.turn, []), _ways(reply)
        visited |= dict.fromkeys((flow, step) for flow, step, _ in now)
        if digest(reply) != record.reply:
            if then != now:
                differing = _first_difference(then, now)
                return Replayed(call_id, turns, "other_way", *place, *differing, (*heard,), (*visited,))
            heard[place] = None
        call, turns = reply.call, turns + 1
    return Replayed(call_id, turns, heard=(*heard,), visited=(*visited,))


def _recorded_ways(rows: Sequence[JournalRow]) -> Mapping[int, list[tuple[str, str, str]]]:
    ways: dict[int, list[tuple[str, str, str]]] = defaultdict(list)
    for row in rows:
        if row.kind in _WAYS:
            ways[row.turn].append(_way(row.kind, msgspec.json.decode(row.data)))
    return ways


def _ways(reply: Reply) -> list[tuple[str, str, str]]:
    return [_way(event.kind, event.data) for event in reply.events if event.kind in _WAYS]


def _way(kind: str, data: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return the flow and step of a way, and the way in words."""
    words = f"{data.get('outcome')} → {data.get('to')}" if kind == "outcome" else f"ends ({data.get('reason')})"
    return str(data.get("flow")), str(data.get("step")), words


def _first_difference(then: Sequence[tuple[str, str, str]], now: Sequence[tuple[str, str, str]]) -> tuple[str, str]:
    """Return the first way that differs, as it was and as it is; "" where one has no way left."""
    place = next((n for n, (a, b) in enumerate(zip(then, now, strict=False)) if a != b), min(len(then), len(now)))

    def words(ways: Sequence[tuple[str, str, str]]) -> str:
        return f"{ways[place][1]}: {ways[place][2]}" if place < len(ways) else ""

    return words(then), words(now)


def _turn(engine: Engine, call_id: str, call: Call | None, record: TurnRecord) -> tuple[Reply | None, str]:
    action = record.input()
    if action is None or (call is None and not isinstance(action, CallStarted)):
        return None, "withheld"
    try:
        if call is None:
            assert isinstance(action, CallStarted)  # noqa: S101
            outcome = engine.begin(call_id, action, record.now)
        else:
            outcome = engine.turn(call, action, record.now)
        return _answered(outcome, record), ""
    except Withheld:
        return None, "withheld"
    except LookupError:
        return None, "other_question"
    except IvrError:
        return None, "stuck"


def _answered(outcome: Reply | Ask[Reply], record: TurnRecord) -> Reply:
    """Answer each question from the record. Raises LookupError for a question that was not asked then."""
    number = 0
    while isinstance(outcome, Ask):
        answer: AnyAnswer = record.answer(number, outcome.question)
        outcome, number = outcome.answered(answer), number + 1
    return outcome


@dataclass(frozen=True)
class AffectedStep:
    """Calls that a release treats otherwise at one step: their number, and that of the calls that were there."""

    flow: str
    step: str
    reason: str
    then: str
    now: str
    calls: tuple[str, ...]
    visits: int

    @property
    def share(self) -> float:
        """The share of the calls at the step, from 0 to 1."""
        return len(self.calls) / self.visits if self.visits else 1.0


def affected_steps(replayed: Sequence[Replayed]) -> list[AffectedStep]:
    """Return the affected calls by step, reason and way, the most first."""
    visits: dict[RecordedStep, int] = defaultdict(int)
    groups: dict[tuple[str, str, str, str, str], list[str]] = defaultdict(list)
    for call in replayed:
        for place in call.visited:
            visits[place] += 1
        for flow, step in call.heard:
            groups[flow, step, "other_words", "", ""].append(call.call_id)
        if call.goes_elsewhere:
            groups[call.flow, call.step, call.reason, call.then, call.now].append(call.call_id)
    steps = [AffectedStep(*key, tuple(calls), visits[key[0], key[1]]) for key, calls in groups.items()]
    return sorted(steps, key=lambda each: (-len(each.calls), each.flow, each.step))
