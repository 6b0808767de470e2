"""The figures of identity checks stand in one place, and what is spoken of them agrees with it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ivr.engine.entry_types import ENTRIES
from ivr.flow import phrasebook
from ivr.flow.phrasebook import language_of, phrase, words
from ivr.services.identity.weak_pins import weakness
from ivr.settings import LOCK_HOURS, identity
from ivr.settings.identity import CODE_DIGITS, DAY, HOUR, PIN_DIGITS, Limits
from ivr.speech.languages import LANGUAGES

ROOT = Path(__file__).resolve().parent.parent.parent
LIMITS = Limits()


def test_lengths_of_pins_and_codes_are_those_of_the_settings():
    assert (ENTRIES["pin"].least, ENTRIES["pin"].most) == (PIN_DIGITS, PIN_DIGITS)
    assert (ENTRIES["otp"].least, ENTRIES["otp"].most) == (CODE_DIGITS, CODE_DIGITS)
    assert weakness("8" * (PIN_DIGITS - 1)) == "short"


SPOKEN = {
    **dict.fromkeys(("entry_pin", "ask_pin", "verify_again", "verify_again_id"), PIN_DIGITS),
    **dict.fromkeys(("entry_otp", "ask_code", "ask_code_first"), CODE_DIGITS),
}
"""The phrases that name a length."""


@pytest.mark.parametrize(("name", "digits"), SPOKEN.items())
@pytest.mark.parametrize("language", [tag for tag in LANGUAGES if language_of(tag) == tag])
def test_what_callers_hear_names_the_length(language, name, digits):
    assert words(language, "digit_words")[digits] in phrase(language, name)
    assert "_digits" not in phrase(language, name)


@pytest.mark.parametrize(("length", "spoken"), [(4, "查询密码是四位数字。"), (12, "查询密码是12位数字。")])
def test_a_length_is_changed_in_one_place(length, spoken, monkeypatch):
    monkeypatch.setattr(phrasebook, "PIN_DIGITS", length)
    phrasebook._book.cache_clear()
    try:
        assert phrase("zh-CN", "entry_pin") == spoken
    finally:
        monkeypatch.undo()
        phrasebook._book.cache_clear()


def test_no_other_module_has_a_figure_of_its_own():
    figures = re.compile(r"^_?[A-Z_]*(?:TRIES|PIN|CODE)[A-Z_]*(?:: \w+)? = [\d.]", re.MULTILINE)
    rooms = [ROOT / "ivr" / "services" / "identity", ROOT / "ivr" / "engine", ROOT / "ivr" / "steps"]
    assert not [path.name for room in rooms for path in room.rglob("*.py") if figures.search(path.read_text("utf-8"))]
    assert figures.search(Path(identity.__file__).read_text("utf-8"))


def test_tries_stay_below_what_nist_and_pci_allow() -> None:
    assert LIMITS.tries_a_day <= 10
    assert LIMITS.tries_in_all <= LIMITS.most_in_all <= 100


def test_each_wrong_answer_costs_at_least_the_pause_of_the_one_before() -> None:
    assert list(LIMITS.waits) == sorted(LIMITS.waits)
    assert LIMITS.waits[:3] == (0, 0, 0), "the three tries of one call follow each other"
    assert LIMITS.waits[-1] >= HOUR


def test_one_time_codes_live_for_ten_minutes_at_most() -> None:
    assert LIMITS.code_seconds <= 600
    assert LIMITS.code_tries <= 10


def test_callers_who_share_a_counter_have_more_room_than_one_number() -> None:
    assert LIMITS.number_tries < LIMITS.block_tries < LIMITS.shared_tries < LIMITS.line_tries


def test_a_lock_lasts_long_enough_that_no_more_than_a_days_tries_are_checked() -> None:
    assert LIMITS.reopen_after == LOCK_HOURS * HOUR >= DAY
    assert LIMITS.longest_lock >= LIMITS.reopen_after
