from __future__ import annotations

import hashlib
import logging
from pathlib import Path

import pytest
import urllib3

from ivr.demo.bank.pins import is_weak
from ivr.demo.bank.serving import BackgroundBank

from .conftest import Client

NEW = {"customer": "C0001", "new_pin": "907162"}
RUNS = ["000000", "999999", "123456", "654321", "234567", "901234", "098765", "135791"]
REPEATED = ["121212", "123123", "112233", "111222", "100000"]
PATTERNS = ["147258", "159357", "521314"]
BIRTHDAYS = ["880307", "198803", "070388", "030788", "030719", "031988"]
TAILS = ["880128", "012888", "101899", "000199", "991018"]
NOT_SIX_DIGITS = ["", "0307", "12345", "1234567", "90716a", "90716*", "９０７１６２"]
WEAK = [*RUNS, *REPEATED, *PATTERNS, *BIRTHDAYS, *TAILS, *NOT_SIX_DIGITS]


def test_after_a_change_the_new_pin_verifies_and_the_old_does_not(client: Client) -> None:
    assert client.send("change_pin", NEW) == (200, {"changed": True})
    assert _verified(client) == {"135790": False, "907162": True}
    assert client.ask("verify", {"card": "6217000000002000242", "pin": "246813"})["verified"] is True


@pytest.mark.parametrize("pin", WEAK)
def test_a_weak_pin_is_not_taken(client: Client, pin: str) -> None:
    assert client.send("change_pin", NEW | {"new_pin": pin}) == (200, {"changed": False, "reason": "weak"})
    assert _verified(client)["135790"] is True


@pytest.mark.parametrize("pin", ["907162", "135792", "280391", "604731", "112358"])
def test_any_other_six_digits_are_taken(pin: str) -> None:
    assert not is_weak(pin, born="1988-03-07", tails=("0128", "202X", "0001"))


def test_a_change_runs_once_for_its_key(client: Client) -> None:
    first = client.ask("change_pin", NEW, key="k")
    client.ask("change_pin", NEW | {"new_pin": "604731"}, key="later")
    assert client.ask("change_pin", NEW, key="k") == first
    assert _verified(client) == {"135790": False, "907162": False}


def test_a_key_does_not_serve_another_pin(client: Client) -> None:
    client.ask("change_pin", NEW, key="k")
    assert client.send("change_pin", NEW | {"new_pin": "604731"}, key="k")[0] == 422
    assert _verified(client)["907162"] is True


def test_a_refusal_stays_one_for_its_key(client: Client) -> None:
    weak = NEW | {"new_pin": "123456"}
    assert client.ask("change_pin", weak, key="k") == client.ask("change_pin", weak, key="k")


def test_reset_brings_the_old_pin_back(client: Client) -> None:
    client.ask("change_pin", NEW, key="k")
    client.ask("admin/reset", {})
    assert _verified(client) == {"135790": True, "907162": False}


def test_a_new_pin_outlives_a_restart(tmp_path: Path, pool: urllib3.PoolManager) -> None:
    with BackgroundBank(tmp_path / "bank.db") as bank:
        Client(bank.url, pool).ask("change_pin", NEW)
    with BackgroundBank(tmp_path / "bank.db") as bank:
        assert _verified(Client(bank.url, pool)) == {"135790": False, "907162": True}


def test_an_unknown_customer_and_a_number_as_pin_are_refused_without_echo(client: Client) -> None:
    assert client.send("change_pin", NEW | {"customer": "C9999"}) == (404, {"error": "there is no such customer"})
    status, answer = client.send("change_pin", NEW | {"new_pin": 907162})
    assert status == 400
    assert "907162" not in answer["error"]


def test_a_new_pin_is_left_nowhere_not_even_as_a_quick_digest(
    tmp_path: Path, pool: urllib3.PoolManager, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    with BackgroundBank(tmp_path / "bank.db") as bank:
        client = Client(bank.url, pool)
        client.ask("change_pin", NEW, key="k")
        client.send("change_pin", NEW | {"new_pin": "123457"}, key="k")
        _verified(client)
        files = [file.read_bytes() for file in tmp_path.iterdir()]
    shown = capfd.readouterr()
    seen = [*files, caplog.text.encode(), shown.out.encode(), shown.err.encode()]
    question = b'{"customer":"C0001","new_pin":"907162"}'
    canaries = [b"907162", b"123457", *(hashlib.sha256(text).digest() for text in (b"907162", question))]
    assert not [canary for canary in canaries for text in seen if canary in text]


def _verified(client: Client) -> dict[str, bool]:
    claim = {"number": "+8613800000001", "card_tail": "0128"}
    return {pin: client.ask("verify", claim | {"pin": pin})["verified"] for pin in ("135790", "907162")}
