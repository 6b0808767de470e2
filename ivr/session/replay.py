"""Replay recorded calls through a release of flows, and report where they go elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ivr.crypto import Seal
from ivr.engine.asking import AnyAnswer, Ask
from ivr.engine.call import Call
from ivr.engine.engine import Engine, Reply
from ivr.engine.inputs import CallStarted
from ivr.engine.ports import JournalRow
from ivr.errors import IvrError

from .turn_records import TURN_ROW, TurnRecord, digest, read_record


@dataclass(frozen=True)
class Replayed:
    """A replayed call: its turns with equal replies, and the turn at which it stopped, with the reason.

    `flow` and `step` are the place before that turn. `reason` is "" for a call that was replayed to its end,
    "other_reply" where it goes elsewhere or hears something else, "other_question" where the release asks what was not
    recorded, "withheld" where an input could not be recorded, "stuck" where the flow failed.
    """

    call_id: str
    turns: int
    reason: str = ""
    flow: str = ""
    step: str = ""


def replay(engine: Engine, call_id: str, rows: Iterable[JournalRow], seal: Seal) -> Replayed:
    """Replay one call from its journal. Raises StoreError for records of another key or version."""
    records = [read_record(row, seal) for row in rows if row.kind == TURN_ROW]
    call: Call | None = None
    for turns, record in enumerate(records):
        place = (call.frame.flow, call.frame.step) if call else ("", "")
        if record.begins and turns:
            return Replayed(call_id, turns, "withheld", *place)  # the store had lost the call
        reply, reason = _turn(engine, call_id, call, record)
        if reply is None:
            return Replayed(call_id, turns, reason, *place)
        if digest(reply) != record.reply:
            return Replayed(call_id, turns, "other_reply", *place)
        call = reply.call
    return Replayed(call_id, len(records))


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


def elsewhere(replayed: Sequence[Replayed]) -> list[Replayed]:
    """Return the calls that would go elsewhere, hear something else or get stuck."""
    return [each for each in replayed if each.reason not in ("", "withheld")]
