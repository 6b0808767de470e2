"""PINs that are too easily guessed are told, with the reason; a good one passes."""

from __future__ import annotations

import itertools
import random
import secrets

import pytest

from ivr.demo.bank.pins import _COMMON as COMMON_AT_THE_BANK
from ivr.demo.bank.pins import is_weak
from ivr.secret import Secret
from ivr.services.identity.weak_pins import COMMON, weakness

from .conftest import MONDAY, Line


@pytest.mark.parametrize(
    ("pin", "reason"),
    [
        ("000000", "repeat"),
        ("111112", "repeat"),
        ("121212", "repeat"),
        ("123123", "repeat"),
        ("123456", "sequence"),
        ("654321", "sequence"),
        ("567890", "sequence"),
        ("890123", "sequence"),
        ("098765", "sequence"),
        ("123789", "sequence"),
        ("321987", "sequence"),
        ("12345", "short"),
        ("", "short"),
        ("１２３４５６", "short"),
        ("147258", "common"),
        ("520131", "common"),
        ("112233", "repeat"),
        ("740913", ""),
        ("903716", ""),
        ("80274961", ""),
    ],
)
def test_weak_pins_are_told_by_their_pattern(pin: str, reason: str):
    assert weakness(pin) == reason


@pytest.mark.parametrize("pin", ["880307", "070388", "030788", "198803", "031988", "198837", "19880307", "030703"])
def test_a_date_of_birth_is_weak_however_it_is_written(pin: str):
    assert weakness(pin, "1988-03-07") == "birth_date"
    assert weakness(pin, "1979-11-25") == ""


@pytest.mark.parametrize("pin", ["710128", "012871", "000128", "100012", "700100"])
def test_the_end_of_card_id_or_telephone_is_weak(pin: str):
    assert weakness(pin, "", ["6217000000001000128", "70010012"]) == "tail"


def test_a_tail_that_is_too_short_or_no_number_says_nothing():
    assert weakness("740913", "no date", ["913", "", "4x0"]) == ""


def test_few_random_pins_are_weak():
    tails = ["0128", "018", "13800000001"]
    weak = sum(bool(weakness(f"{secrets.randbelow(10**6):06d}", "1988-03-07", tails)) for _ in range(20_000))
    assert weak < 200
    assert all(len(pin) == 6 for pin in COMMON)


def test_the_question_takes_secrets_and_echoes_none(line: Line):
    answer = line.ask("weak", MONDAY, pin=Secret("pin", "740128"), birth_date=None, tails=[Secret("pan", "62170128")])
    assert answer == {"weak": True, "reason": "tail"}
    assert line.ask("weak", MONDAY, pin=Secret("pin", "740913")) == {"weak": False, "reason": ""}


BORN, TAILS = "1988-03-07", ("0128", "1018", "0001")


def tempting() -> set[str]:
    """Return PINs of every pattern that a bank may look for, and some that have none."""
    digits = "0123456789"
    few = {"".join(pin) for pair in itertools.combinations(digits, 2) for pin in itertools.product(pair, repeat=6)}
    strides = {"".join(str((start + step * n) % 10) for n in range(6)) for start in range(10) for step in range(10)}
    threes = {"".join(three) for three in itertools.product(digits, repeat=3)}
    halves = {three * 2 for three in threes} | {"".join(digit * 2 for digit in three) for three in threes}
    pieces = ["19880307", "88", "03", "07", "0307", "0703", "1988"]
    dates = {"".join(some)[:6] for count in (1, 2, 3) for some in itertools.permutations(pieces, count)}
    ends = {f"{n:02d}"[:at] + tail + f"{n:02d}"[at:] for tail in TAILS for n in range(100) for at in range(3)}
    chance = random.Random(7)
    others = {f"{chance.randrange(10**6):06d}" for _ in range(2000)}
    return few | strides | halves | dates | ends | others | COMMON_AT_THE_BANK


def test_a_pin_that_we_let_pass_is_not_refused_by_the_bank():
    surprised = [pin for pin in tempting() if is_weak(pin, born=BORN, tails=TAILS) and not weakness(pin, BORN, TAILS)]
    assert not surprised
