"""A dropped call goes on: what is kept at a hang-up, and what the next call hears of it, over a real store and bank."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.app import Ivr, build
from ivr.demo.bank.serving import BackgroundBank
from ivr.engine.inputs import LOST, CallStarted, Digits, HungUp, Input, NoInput
from ivr.engine.journal import journal_rows
from ivr.engine.ports import Incoming
from ivr.flow.loader import reload
from ivr.flow.model import Release
from ivr.services.dropped_calls import DROPPED_CALLS
from ivr.session.replay import replay
from ivr.session.step_registry import catalogue
from ivr.settings import Settings
from tests.customers import ZHANG

FLOWS = Path(__file__).parents[2] / "flows"
CALLED, UNKNOWN = "+861085550100", "+8613900000099"
ZHANGS_CARD, LIS_CARD = "6217000000001000128#", "6217000000002000242#"
NOW = 1_795_399_200.0
OFFER = "刚才的电话断了"


class Clock:
    now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def bank() -> Iterator[BackgroundBank]:
    with BackgroundBank() as running:
        yield running


@pytest.fixture
def ivr(tmp_path: Path, clock: Clock, bank: BackgroundBank, shipped: Release) -> Iterator[Ivr]:
    settings = Settings(store=f"sqlite:///{tmp_path}/ivr.db", flows=FLOWS, bank_url=bank.url)
    running = build(settings, clock=clock, release=shipped)
    yield running
    running.close()


def call(ivr: Ivr, name: str, *given: Input | str, caller: str = ZHANG, gone: HungUp | None = None) -> str:
    """Play a call and its end, `gone`; return what the last reply says."""
    reply = b""
    inputs = [CallStarted(caller, CALLED), *(Digits(one) if isinstance(one, str) else one for one in given)]
    for turn, one in enumerate(inputs):
        incoming = Incoming(name, turn or None, one, f"{name} {turn}", caller, CALLED)
        reply = ivr.session.answer(ivr.channels["twilio"], incoming)
    ivr.session.hang_up(Incoming(name, None, gone or HungUp(), f"{name} end", caller, CALLED))
    return "".join(re.findall(r"<Say[^>]*>([^<]*)</Say>", reply.decode()))


def rows(ivr: Ivr, name: str, kind: str) -> list[dict[str, object]]:
    return [json.loads(row.data) for row in journal_rows(ivr.store, name) if row.kind == kind]


def test_the_next_call_goes_on_at_the_same_step_after_its_proof_and_the_journal_tells_both(ivr: Ivr) -> None:
    call(ivr, "CA1", "3", "1018", "135790")
    assert rows(ivr, "CA1", "cut_off")[0]["place"] == "confirm_loss"
    offer = call(ivr, "CA2")
    assert OFFER in offer
    assert not any(word in offer for word in ("挂失", "零幺二八", "张伟"))
    asked = call(ivr, "CA3", "1")
    assert "身份证号码的最后四位" in asked  # as in the call before: the card is lost
    went_on = call(ivr, "CA4", "1", "1018", "135790")
    assert "现在为您挂失尾号零幺二八的卡" in went_on
    assert [row["outcome"] for row in rows(ivr, "CA4", "go_on")] == ["offered", "accepted"]
    assert rows(ivr, "CA4", "go_on")[1]["earlier"] == "CA3"
    assert rows(ivr, "CA4", "reason")[0]["reason"] == "lost_card"


def test_another_customer_with_the_same_telephone_hears_no_value_of_the_first(ivr: Ivr) -> None:
    first = call(ivr, "CA1", "3", ZHANGS_CARD, "135790", caller=UNKNOWN)
    assert "尾号零幺二八" in first
    second = call(ivr, "CA2", "1", LIS_CARD, "246813", caller=UNKNOWN)
    assert "核对完成" in second
    assert "零幺二八" not in second
    assert "查询余额，请按1" in second


def test_a_typed_pin_is_not_kept_and_the_service_begins_again(ivr: Ivr) -> None:
    call(ivr, "CA1", "5", "3", "0128", "135790")
    assert rows(ivr, "CA1", "cut_off")[0]["place"] == "begin"
    assert "最后四位" in call(ivr, "CA2", "1")


@pytest.mark.parametrize(
    "given",
    [
        (),  # nothing was chosen
        (NoInput(), NoInput()),
        ("1", "0128", "135790"),  # the balance was told
        ("4",),  # branches, where the end is a choice
        ("0",),  # on the way to a person
    ],
)
def test_who_hung_up_at_an_end_or_before_a_choice_was_not_cut_off(ivr: Ivr, given: tuple[Input | str, ...]) -> None:
    call(ivr, "CA1", *given)
    assert rows(ivr, "CA1", "cut_off") == []
    assert OFFER not in call(ivr, "CA2")


def test_a_call_whose_end_nobody_reported_and_a_withheld_number_are_not_gone_on_with(ivr: Ivr) -> None:
    call(ivr, "CA1", "1", gone=HungUp(LOST))
    call(ivr, "CA2", "1", caller="anonymous")
    assert ivr.store.keys(DROPPED_CALLS) == []


def test_after_ten_minutes_or_a_no_the_call_begins_as_usual(ivr: Ivr, clock: Clock) -> None:
    call(ivr, "CA1", "1")
    clock.now += 601
    assert OFFER not in call(ivr, "CA2")
    call(ivr, "CA3", "1")
    assert "欢迎致电" in call(ivr, "CA4", "2")
    assert rows(ivr, "CA4", "go_on")[1]["outcome"] == "declined"
    assert OFFER not in call(ivr, "CA5")


def test_the_same_request_again_gets_the_same_bytes_and_takes_nothing_twice(ivr: Ivr) -> None:
    call(ivr, "CA1", "1")
    for number, given in enumerate([CallStarted(ZHANG, CALLED), Digits("1")]):
        incoming = Incoming("CA2", number or None, given, f"key {number}", ZHANG, CALLED)
        answers = [ivr.session.answer(ivr.channels["twilio"], incoming) for _ in range(2)]
        assert answers[0] == answers[1]
    assert len(rows(ivr, "CA2", "go_on")) == 2


def test_the_call_is_run_again_from_the_journal_up_to_the_values_which_are_not_recorded(ivr: Ivr) -> None:
    call(ivr, "CA1", "3", "1018", "135790")
    call(ivr, "CA2", "1")
    engine = ivr.session.engines.engine_of(ivr.release.version)
    assert replay(engine, "CA1", journal_rows(ivr.store, "CA1"), ivr.seal).reason == ""
    again = replay(engine, "CA2", journal_rows(ivr.store, "CA2"), ivr.seal)
    assert (again.reason, again.goes_elsewhere) == ("withheld", False)


def test_a_line_that_does_not_want_it_keeps_nothing(tmp_path: Path, bank: BackgroundBank) -> None:
    files = {file.name: file.read_text("utf-8") for file in FLOWS.glob("*.yaml")}
    files["line.yaml"] += "\ngo_on_within: 0s\n"
    settings = Settings(store=f"sqlite:///{tmp_path}/off.db", flows=FLOWS, bank_url=bank.url)
    running = build(settings, release=reload(files, catalogue()))
    call(running, "CA1", "1")
    assert running.store.keys(DROPPED_CALLS) == []
    assert OFFER not in call(running, "CA2")
    running.close()


def test_a_step_without_values_is_offered_by_newer_flows_and_one_with_values_is_not(
    tmp_path: Path, bank: BackgroundBank, ivr: Ivr, clock: Clock
) -> None:
    call(ivr, "CA1", "1")
    call(ivr, "CA2", "5", "4", "1", caller=UNKNOWN)  # the subject of a complaint
    assert rows(ivr, "CA2", "cut_off")[0]["place"] == "how_grave"
    files = {file.name: file.read_text("utf-8") for file in FLOWS.glob("*.yaml")}
    files["main_menu.yaml"] += "\n# edited\n"
    settings = Settings(store=f"sqlite:///{tmp_path}/ivr.db", flows=FLOWS, bank_url=bank.url)
    newer = build(settings, clock=clock, release=reload(files, catalogue()))
    assert OFFER in call(newer, "CA3")
    assert OFFER not in call(newer, "CA4", caller=UNKNOWN)
    newer.close()
