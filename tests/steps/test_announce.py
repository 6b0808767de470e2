"""The step `announce` in a call: silent while off, spoken while on, and never in the way."""

from __future__ import annotations

import pytest

from ivr.engine.service_ports.line import AskAnnouncement
from ivr.engine.verbs import Say
from ivr.errors import LookupFailed, StoreError
from ivr.services.announcements import Announcement, Announcements, switch_off, switch_on
from ivr.stores.memory import MemoryStore
from tests.engine.fixtures import LINE, Bank

SLOTS = LINE + "announcements: {emergency: {}, service: {}}\n"
STEPS = """
  start: {say: 您好。, next: news}
  news: {announce: emergency, next: main}
  main: {menu: [{label: 余额, goto: bye}]}
"""
BOTH = STEPS.replace("您好。", "{zh-CN: 您好。, en-US: Hello.}").replace("余额", "{zh-CN: 余额, en-US: balance}")
MENU = "余额，请按1。"


class Wired(Bank):
    """A bank, and the line's own service as `app.py` wires it."""

    def __init__(self, documents) -> None:
        super().__init__()
        self.now = 1_795_310_000.0
        self.line = Announcements(documents)

    def answer(self, asked):
        if isinstance(asked.question, AskAnnouncement):
            return self.line.announcement(asked.question, key=asked.key, now=self.now)
        return super().answer(asked)


@pytest.fixture
def store():
    return MemoryStore()


def on(store, text="系统维护中。", **more):
    now = 1_795_310_000.0
    texts = text if isinstance(text, dict) else {"zh-CN": text}
    switch_on(store, "emergency", Announcement(texts, now, more.pop("until", now + 600), **more))


def test_nothing_is_heard_while_it_is_off(phone, store):
    assert phone(STEPS, line=SLOTS, bank=Wired(store)).heard == "您好。" + MENU


def test_what_is_on_is_heard_to_its_end_and_noted(phone, store):
    on(store)
    call = phone(STEPS, line=SLOTS, bank=Wired(store))
    assert call.heard == "您好。系统维护中。" + MENU
    (said,) = [prompt for prompt in call.closing.prompts if isinstance(prompt, Say) and "维护" in prompt.text]
    assert not said.barge_in
    assert call.events("announced") == [{"flow": "test", "step": "news", "slot": "emergency", "drill": False}]


def test_a_long_one_may_be_stopped(phone, store):
    on(store, "手机银行正在维护，" * 10)
    call = phone(STEPS, line=SLOTS, bank=Wired(store))
    assert all(prompt.barge_in for prompt in call.closing.prompts if isinstance(prompt, Say))


def test_repeating_says_it_again(phone, store):
    on(store)
    call = phone(STEPS, head="globals: [{key: pound, do: repeat}]", line=SLOTS, bank=Wired(store))
    assert call.press("#").heard == "您好。系统维护中。" + MENU


def test_it_falls_silent_by_itself_and_when_switched_off(phone, store):
    on(store, until=1_795_310_060.0)
    bank = Wired(store)
    assert "维护" in phone(STEPS, line=SLOTS, bank=bank).heard
    bank.now += 60
    assert "维护" not in phone(STEPS, line=SLOTS, bank=bank).heard
    on(store)
    bank.now += 60
    assert "维护" in phone(STEPS, line=SLOTS, bank=bank).heard
    switch_off(store, "emergency", bank.now)
    bank.now += 3
    assert "维护" not in phone(STEPS, line=SLOTS, bank=bank).heard


def test_it_is_spoken_in_the_language_of_the_call_or_as_it_is(phone, store):
    english = SLOTS.replace("default: test", "default: {flow: test, language: en-US}")
    on(store, {"zh-CN": "系统维护中。", "en-US": "Maintenance."})
    assert "Hello.Maintenance." in phone(BOTH, line=english, bank=Wired(store)).heard
    on(store)
    call = phone(BOTH, line=english, bank=Wired(store))
    assert [prompt.language for prompt in call.closing.prompts if "维护" in getattr(prompt, "text", "")] == ["zh-CN"]


def test_a_drill_is_heard_by_those_it_names_and_says_that_it_is_one(phone, store):
    on(store, drill=True, callers=("+8613800000002",))
    assert phone(STEPS, line=SLOTS, bank=Wired(store)).heard == "您好。" + MENU
    call = phone(STEPS, line=SLOTS, bank=Wired(store), caller="+8613800000002")
    assert call.heard == "您好。这是演练。系统维护中。" + MENU


def test_it_can_be_kept_to_one_called_number(phone, store):
    on(store, lines=("+861001",))
    assert "维护" not in phone(STEPS, line=SLOTS, bank=Wired(store)).heard
    on(store, lines=("+861000",))
    assert "维护" in phone(STEPS, line=SLOTS, bank=Wired(store)).heard


class Gone:
    """A store that is gone."""

    def get(self, collection, key):
        raise StoreError("the disk is gone")


@pytest.mark.parametrize("bank", [Wired(Gone()), Bank(), Bank({"line.announcement": LookupFailed("slow")})])
def test_a_store_that_is_gone_keeps_no_call_waiting(phone, bank):
    assert phone(STEPS, line=SLOTS, bank=bank).heard == "您好。" + MENU


@pytest.mark.parametrize("answer", [{}, {"text": "", "drill": True}, {"text": "  "}])
def test_an_empty_answer_is_silence(phone, answer):
    assert phone(STEPS, line=SLOTS, bank=Bank({"line.announcement": answer})).heard == "您好。" + MENU


def test_only_callers_for_whom_the_condition_holds_hear_it(phone, store):
    on(store)
    some = STEPS.replace("announce: emergency", "announce: emergency, when: caller.number == '+8613800000002'")
    assert phone(some, line=SLOTS, bank=Wired(store)).heard == "您好。" + MENU
    call = phone(some, line=SLOTS, bank=Wired(store), caller="+8613800000002")
    assert call.heard == "您好。系统维护中。" + MENU
