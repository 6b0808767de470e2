from __future__ import annotations

import threading
import time

import pytest

from ivr.demo.bank.faults import Faults, Setting
from ivr.demo.bank.serving import BackgroundBank

from .conftest import Client


def test_the_given_share_of_requests_fails() -> None:
    chances = iter([0.0, 0.29, 0.3, 0.99])
    faults = Faults(Setting(fail_rate=0.3), chance=lambda: next(chances))
    assert [faults.strike() for _ in range(4)] == [True, True, False, False]


def test_a_rate_of_nought_never_fails_and_of_one_always() -> None:
    assert not any(Faults(chance=lambda: 0.0).strike() for _ in range(9))
    assert all(Faults(Setting(fail_rate=1)).strike() for _ in range(99))


@pytest.mark.parametrize(
    ("slow_ms", "fail_rate"), [(-1, 0), (0, -0.1), (0, 1.01), (float("nan"), 0), (0, float("nan"))]
)
def test_a_setting_out_of_range_is_refused(slow_ms: float, fail_rate: float) -> None:
    with pytest.raises(ValueError, match="lies between 0 and"):
        Setting(slow_ms, fail_rate)


def test_reset_returns_to_what_the_bank_was_started_with() -> None:
    faults = Faults(Setting(5, 0.5))
    faults.set(fail_rate=0)
    assert faults.setting == Setting(5, 0)
    faults.reset()
    assert faults.setting == Setting(5, 0.5)


def test_a_failing_bank_answers_503_and_does_nothing(bank: BackgroundBank, client: Client) -> None:
    bank.faults(fail_rate=1)
    assert client.send("report_loss", {"customer": "C0001"}, key="k") == (503, {"error": "the bank is out of order"})
    bank.faults(fail_rate=0)
    assert client.ask("balance", {"customer": "C0001"})["card"]["status"] == "normal"
    assert client.ask("report_loss", {"customer": "C0001"}, key="k")["already"] is False


def test_a_slow_bank_takes_its_time(bank: BackgroundBank, client: Client) -> None:
    bank.faults(slow_ms=40)
    started = time.perf_counter()
    client.ask("branches", {})
    assert time.perf_counter() - started >= 0.04


def test_a_slow_answer_holds_up_no_other_and_ends_when_the_bank_closes() -> None:
    faults = Faults(Setting(slow_ms=600_000))
    waiting = threading.Thread(target=faults.strike)
    waiting.start()
    faults.set(slow_ms=0)
    assert faults.strike() is False
    assert waiting.is_alive()
    faults.close()
    waiting.join()
