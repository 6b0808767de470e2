from __future__ import annotations

import logging
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import urllib3

from ivr.demo.bank.app import create_bank_app
from ivr.demo.bank.data import CUSTOMERS
from ivr.demo.bank.faults import Faults
from ivr.demo.bank.pins import CHEAP
from ivr.demo.bank.serving import BackgroundBank
from ivr.demo.bank.store import BankStore

from .conftest import Client

LOSS = {"customer": "C0001"}
NOT_OBJECTS = [
    b"",
    b"{",
    b"[]",
    b'"text"',
    b"7",
    b"null",
    b'{"number": }',
    b"\xff\xfe",
    b"[" * 9000,
    b"NaN",
    b'{"number": "\\ud800"}',
]


@pytest.mark.parametrize("body", NOT_OBJECTS, ids=[repr(body[:8]) for body in NOT_OBJECTS])
def test_a_body_that_is_no_json_object_is_refused(client: Client, body: bytes) -> None:
    status, answer = client.send("caller", body)
    assert status == 400
    assert set(answer) == {"error"}


def test_a_body_beyond_all_measure_is_refused(client: Client) -> None:
    assert client.send("caller", {"number": "1" * 20_000})[0] == 400


def test_a_question_that_does_not_exist_gets_no_json_object_which_would_mean_no_such_customer(client: Client) -> None:
    reply = client.pool.request("POST", f"{client.url}/nothing", body=b"{}")
    assert (reply.status, reply.data) == (404, b"no such question\n")
    reply = client.pool.request("GET", f"{client.url}/caller?number=1")
    assert (reply.status, reply.json()) == (405, {"error": "method not allowed"})


def test_the_same_key_runs_once_and_gets_the_same_answer(client: Client) -> None:
    first = client.ask("report_loss", LOSS, key="call-1.4")
    assert first["already"] is False
    assert client.ask("report_loss", LOSS, key="call-1.4") == first
    assert client.ask("report_loss", LOSS, key="call-1.5")["already"] is True


def test_the_same_key_for_another_question_is_refused_and_changes_nothing(client: Client) -> None:
    client.ask("report_loss", LOSS, key="k")
    status, answer = client.send("report_loss", {"customer": "C0002"}, key="k")
    assert status == 422
    assert "Idempotency-Key" in answer["error"]
    assert client.ask("balance", {"customer": "C0002"})["card"]["status"] == "normal"


def test_a_refused_question_does_not_use_up_its_key(client: Client) -> None:
    assert client.send("report_loss", {"customer": "C9999"}, key="k")[0] == 404
    assert client.ask("report_loss", LOSS, key="k")["already"] is False


def test_a_key_out_of_measure_is_refused(client: Client) -> None:
    assert client.send("report_loss", LOSS, key="k" * 256)[0] == 400


def test_a_key_is_honoured_after_a_restart(tmp_path: Path, pool: urllib3.PoolManager) -> None:
    with BackgroundBank(tmp_path / "bank.db") as bank:
        first = Client(bank.url, pool).ask("report_loss", LOSS, key="k")
    with BackgroundBank(tmp_path / "bank.db") as bank:
        assert Client(bank.url, pool).ask("report_loss", LOSS, key="k") == first
        assert Client(bank.url, pool).ask("report_loss", LOSS)["already"] is True


def test_the_same_key_arriving_at_once_runs_once(client: Client) -> None:
    answers = _at_once(client, ["same"] * 8)
    assert [answer["already"] for answer in answers] == [False] * 8


def test_different_keys_arriving_at_once_block_the_card_once(client: Client) -> None:
    answers = _at_once(client, [f"key-{n}" for n in range(8)])
    assert sorted(answer["already"] for answer in answers) == [False] + [True] * 7
    assert len({answer["reference"] for answer in answers}) == 1


def test_two_services_on_one_file_run_a_key_once(tmp_path: Path, pool: urllib3.PoolManager) -> None:
    with BackgroundBank(tmp_path / "bank.db") as one, BackgroundBank(tmp_path / "bank.db") as other:
        answers: list[dict[str, Any]] = []
        gate = threading.Barrier(2)

        def call(url: str) -> None:
            gate.wait()
            answers.append(Client(url, pool).ask("report_loss", LOSS, key="same"))

        threads = [threading.Thread(target=call, args=(bank.url,)) for bank in (one, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [answer["already"] for answer in answers] == [False, False]


def test_reset_puts_everything_back_and_forgets_keys(client: Client) -> None:
    client.ask("report_loss", LOSS, key="k")
    client.ask("admin/faults", {"fail_rate": 1})
    assert client.ask("admin/reset", {}) == {"reset": True}
    assert client.ask("balance", LOSS)["card"]["status"] == "normal"
    assert client.ask("report_loss", LOSS, key="k")["already"] is False


@pytest.mark.parametrize(
    "body", [{"slow_ms": -1}, {"fail_rate": 1.1}, {"fail_rate": "often"}, {"slow": 3}, {"slow_ms": 1e9}]
)
def test_faults_out_of_range_are_refused(client: Client, body: dict[str, Any]) -> None:
    assert client.send("admin/faults", body)[0] == 400
    assert client.ask("admin/faults", {}) == {"slow_ms": 0, "fail_rate": 0.0}


@pytest.mark.parametrize("name", ["faults", "reset"])
@pytest.mark.parametrize("source", ["10.0.0.7", "::ffff:10.0.0.7", ""])
def test_only_this_machine_may_administer(tmp_path: Path, name: str, source: str) -> None:
    client = create_bank_app(BankStore(tmp_path / "bank.db", pin_cost=CHEAP), Faults(), time.time).test_client()
    reply = client.post(f"/admin/{name}", json={}, environ_overrides={"REMOTE_ADDR": source})
    assert reply.status_code == 403
    assert client.post(f"/admin/{name}", json={}, environ_overrides={"REMOTE_ADDR": "::1"}).status_code == 200


def test_health_is_told_even_when_every_answer_fails(client: Client) -> None:
    client.ask("admin/faults", {"fail_rate": 1})
    reply = client.pool.request("GET", f"{client.url}/health")
    assert (reply.status, reply.json()) == (200, {"status": "ok", "customers": 6})


def test_a_broken_file_is_an_out_of_order_and_its_text_stays_out_of_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    client = create_bank_app(BankStore(tmp_path / "bank.db", pin_cost=CHEAP), Faults(), time.time).test_client()
    other = sqlite3.connect(tmp_path / "bank.db")
    other.execute("DROP TABLE customers")
    other.close()
    reply = client.post("/caller", json={"number": "+8613800000001"})
    assert (reply.status_code, reply.get_json()) == (503, {"error": "the bank is out of order"})
    assert "OperationalError" in caplog.text
    assert "13800000001" not in caplog.text


def test_nothing_secret_is_left_in_files_or_logs(
    tmp_path: Path, pool: urllib3.PoolManager, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    secrets = {value for c in CUSTOMERS for value in (c.pin, c.card, c.id_number)} | {"908172", "6217000000001000129"}
    with BackgroundBank(tmp_path / "bank.db") as bank:
        client = Client(bank.url, pool)
        for customer in CUSTOMERS:
            for pin in (customer.pin, "908172"):
                client.ask("verify", {"card": customer.card, "pin": pin}, key=f"{customer.key}-{pin == customer.pin}")
                client.ask("verify", {"number": customer.number, "card_tail": customer.card[-4:], "pin": pin})
                claim = {"number": customer.number, "id_tail": customer.id_number[-4:], "pin": pin}
                client.ask("verify", claim)
            client.ask("account", {"card": customer.card})
        client.ask("account", {"card": "6217000000001000129"})
        client.send("account", {"card": 6217000000001000128})
        client.send("verify", {"card": 1, "pin": "908172"})
        client.send("verify", b'{"card": "6217000000001000128", "pin": "908172"')
        client.ask("report_loss", LOSS, key="k")
        files = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert "bank.db-wal" in files
    shown = capfd.readouterr()
    seen = [*files.values(), caplog.text.encode(), shown.out.encode(), shown.err.encode()]
    assert not [secret for secret in secrets for text in seen if secret.encode() in text]


def _at_once(client: Client, keys: list[str]) -> list[dict[str, Any]]:
    gate = threading.Barrier(len(keys))
    answers: list[dict[str, Any]] = []

    def call(key: str) -> None:
        gate.wait()
        answers.append(client.ask("report_loss", LOSS, key=key))

    threads = [threading.Thread(target=call, args=(key,)) for key in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == len(keys)
    return answers
