"""Records of turns in the journal: input, time and answers, sealed and without secrets, so that calls can be replayed.

A record holds all that the engine was given: by it alone a release of flows can be run again over past calls. What was
typed as a secret is replaced by keys with the same meaning (`ivr.engine.stand_ins`); it cannot be opened from a record.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import msgspec

from ivr.crypto import Seal
from ivr.engine.asking import AnyAnswer, AnyQuestion, BankLookup
from ivr.engine.engine import Reply
from ivr.engine.inputs import (
    CallStarted,
    DialEnded,
    Digits,
    HungUp,
    Input,
    NoInput,
    RecognizerFailed,
    Recorded,
    Resumed,
    Speech,
)
from ivr.engine.ports import JournalRow
from ivr.engine.service_ports.question import Answer, answer_of
from ivr.engine.verbs import Gather
from ivr.errors import LookupFailed, StoreError
from ivr.secret import SECRET_KINDS, Secret

TURN_ROW = "turn"
"""The kind of the journal rows that are records."""
_INPUTS: Mapping[str, Any] = {
    kind.__name__: kind
    for kind in (CallStarted, DialEnded, Digits, HungUp, NoInput, RecognizerFailed, Recorded, Resumed, Speech)
}
_FAILED, _DECIMAL, _WITHHELD = "$failed", "$decimal", "$withheld"


class Withheld(LookupError):
    """An answer was not recorded, so the call cannot be run again from here."""


class TurnRecord(msgspec.Struct, frozen=True):
    """One turn. `action` is None where the input may have held a secret; `reply` is the digest of what was answered."""

    now: float
    begins: bool
    kind: str
    action: dict[str, Any] | None
    answers: list[Any]
    reply: str

    def input(self) -> Input | None:
        """Return the recorded input."""
        if self.action is None:
            return None
        action: Input = msgspec.convert(self.action, _INPUTS[self.kind])
        return action

    def answer(self, number: int, question: AnyQuestion) -> AnyAnswer:
        """Return the answer to a question, counted from 0.

        Raises LookupError if there is none that fits, Withheld if it was not recorded.
        """
        source, value = self.answers[number]
        if source != question.source:
            raise LookupError(f"{source} was asked, not {question.source}")
        if value == _WITHHELD:
            raise Withheld(source)
        if isinstance(value, Mapping) and _FAILED in value:
            return LookupFailed(value[_FAILED], missing=value["missing"], later=value.get("later", False))
        if isinstance(question, BankLookup):
            return {name: _restored(field) for name, field in value.items()}
        try:
            answer: Answer = msgspec.convert(value, answer_of(type(question)))
        except msgspec.ValidationError:
            raise LookupError(f"the recorded answer of {source} is of another version") from None
        return answer


def record_row(
    reply: Reply,
    action: Input | None,
    exchanges: Sequence[tuple[str, AnyAnswer]],
    *,
    begins: bool,
    now: float,
    at: float,
    seal: Seal,
) -> JournalRow:
    """Return the journal row that records a turn."""
    # Sealed although it holds no secret: numbers, balances and names are data of customers all the same.
    fields = None if action is None else msgspec.to_builtins(action)
    plain = [[source, _plain(answer)] for source, answer in exchanges]
    record = TurnRecord(now, begins, type(action).__name__, fields, plain, digest(reply))
    text = msgspec.json.encode(record, enc_hook=_written).decode()
    return JournalRow(
        reply.call.id, reply.call.turn, at, TURN_ROW, f'{{"sealed":"{seal.seal(Secret("spoken", text))}"}}'
    )


def read_record(row: JournalRow, seal: Seal) -> TurnRecord:
    """Return the record of a journal row. Raises StoreError for another key or version."""
    try:
        text = seal.open(msgspec.json.decode(row.data)["sealed"]).reveal()
        return msgspec.json.decode(text.encode(), type=TurnRecord)
    except (msgspec.MsgspecError, KeyError):
        raise StoreError("a recorded turn cannot be read; it was written by another version") from None


def digest(reply: Reply) -> str:
    """Return a digest of what a turn said and did: its closing verb and its journal rows.

    The hints for the recogniser are left out: no caller hears them, and an edit of one menu changes those of others.
    """
    closing = reply.closing
    if isinstance(closing, Gather) and closing.hearing is not None:
        closing = replace(closing, hearing=replace(closing.hearing, hints=()))
    done = (type(closing).__name__, closing, [(event.kind, event.data) for event in reply.events])
    return hashlib.blake2b(msgspec.json.encode(done, enc_hook=_written), digest_size=12).hexdigest()


def _plain(answer: AnyAnswer) -> Any:
    if isinstance(answer, LookupFailed):
        return {_FAILED: str(answer), "missing": answer.missing, "later": answer.later}
    if isinstance(answer, Answer) and not answer.recorded:
        return _WITHHELD
    values = msgspec.to_builtins(answer) if isinstance(answer, Answer) else dict(answer)
    return {name: _recordable(value) for name, value in values.items()}


def _recordable(value: Any) -> Any:
    """Return a value that JSON can hold. A sealed secret, which the key would open, such as a code, is left out."""
    match value:
        case str():
            # A sealed text begins with its kind and a point; the service of one-time codes returns such a name of a
            # code.
            return "" if value.partition(".")[0] in SECRET_KINDS and "." in value else value
        case Decimal():
            return {_DECIMAL: str(value)}
        case Mapping():
            return {name: _recordable(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_recordable(inner) for inner in value]
    return value


def _written(value: Any) -> Any:
    if isinstance(value, Secret):
        return repr(value)
    raise TypeError(f"a record cannot hold {type(value).__name__}")


def _restored(value: Any) -> Any:
    if isinstance(value, dict):
        return Decimal(value[_DECIMAL]) if set(value) == {_DECIMAL} else {k: _restored(v) for k, v in value.items()}
    return [_restored(item) for item in value] if isinstance(value, list) else value
