"""What a record keeps of a turn: its input and answers as they were, nothing that could be opened as a secret."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ivr.crypto import Seal
from ivr.engine.asking import BankLookup
from ivr.engine.call import Call, Frame
from ivr.engine.engine import Reply
from ivr.engine.inputs import CallStarted, Digits, Input
from ivr.engine.ports import Event, JournalRow
from ivr.engine.service_ports.identity import CheckCode, CodeChecked, CodeSent
from ivr.engine.verbs import Hangup
from ivr.errors import LookupFailed, StoreError
from ivr.secret import Secret
from ivr.session.turn_records import TURN_ROW, TurnRecord, digest, read_record, record_row

SEAL = Seal(b"k" * 32)
CALL = Call(
    id="CA1", release="r", language="zh-CN", caller="", called="", started=0.0, frames=(Frame("main", "bye"),), turn=3
)
REPLY = Reply(Hangup(), CALL, (Event("outcome", {"to": "bye"}),))


def recorded(action: Input | None, answers: list[tuple[str, object]]) -> tuple[JournalRow, TurnRecord]:
    row = record_row(REPLY, action, answers, begins=False, now=5.5, at=6.0, seal=SEAL)  # type: ignore[arg-type]
    return row, read_record(row, SEAL)


def test_a_record_gives_back_what_the_turn_was_given() -> None:
    failed = LookupFailed("no such customer", missing=True)
    row, record = recorded(
        Digits("1"),
        [("bank.rates", {"sell": Decimal("7.10"), "days": [Decimal(1)]}), ("bank.caller", failed)],
    )
    assert (row.call_id, row.turn, row.at, row.kind) == ("CA1", 3, 6.0, TURN_ROW)
    assert record.input() == Digits("1")
    assert record.now == 5.5
    assert record.answer(0, BankLookup("bank.rates", {})) == {"sell": Decimal("7.10"), "days": [Decimal(1)]}
    again = record.answer(1, BankLookup("bank.caller", {}))
    assert isinstance(again, LookupFailed)
    assert (str(again), again.missing) == ("no such customer", True)
    assert record.reply == digest(REPLY)


def test_an_answer_of_our_own_is_of_its_type_again() -> None:
    question = CheckCode(sealed="otp.x", given="1")
    _, record = recorded(None, [(question.source, CodeChecked(verified=True))])
    assert record.input() is None
    assert record.answer(0, question) == CodeChecked(verified=True)
    with pytest.raises(LookupError, match=r"bank\.rates"):
        record.answer(0, BankLookup("bank.rates", {}))
    with pytest.raises(LookupError):
        record.answer(1, question)


def test_nothing_sealed_and_nothing_readable_is_in_a_record() -> None:
    code = SEAL.seal(Secret("otp", "246802"))
    row, record = recorded(
        CallStarted("+8613800000001", "+861000"),
        [("identity.code", CodeSent(sealed=code, expires=9, sent_to_tail="0001"))],
    )
    assert code not in repr(record)
    assert "+8613800000001" not in row.data
    with pytest.raises(StoreError):
        read_record(row, Seal(b"q" * 32))
    with pytest.raises(StoreError, match="another version"):
        read_record(JournalRow("CA1", 3, 6.0, TURN_ROW, "{}"), SEAL)


def test_the_digest_tells_other_words_and_another_path() -> None:
    others = [
        Reply(Hangup(), REPLY.call, ()),
        Reply(Hangup(), REPLY.call, (Event("outcome", {"to": "main"}),)),
    ]
    assert len({digest(reply) for reply in (REPLY, *others)}) == 3
