from __future__ import annotations

import http.client
import threading
from urllib.parse import urlsplit

import pytest
import urllib3

from ivr.demo.bank.serving import BackgroundBank
from tests.waiting import PATIENCE, wait_until

from .conftest import Client


def test_one_connection_serves_many_questions(client: Client) -> None:
    for _ in range(20):
        client.ask("branches", {})
        client.pool.request("POST", f"{client.url}/nothing", body=b"{}")
        client.send("caller", {"number": "unknown"})
    (pool,) = [client.pool.connection_from_url(client.url)]
    assert isinstance(pool, urllib3.HTTPConnectionPool)
    assert pool.num_connections == 1


def test_a_stopped_bank_is_gone_even_for_open_connections(pool: urllib3.PoolManager) -> None:
    bank = BackgroundBank()
    client = Client(bank.url, pool)
    kept = http.client.HTTPConnection(urlsplit(bank.url).netloc, timeout=2)
    assert _answers(kept)
    bank.stop()
    bank.stop()
    assert not _answers(kept)
    kept.close()
    with pytest.raises(urllib3.exceptions.HTTPError):
        client.send("branches", {})


def test_a_bank_can_come_back_where_it_was(pool: urllib3.PoolManager) -> None:
    with BackgroundBank() as bank:
        port = urlsplit(bank.url).port
        assert port
    with BackgroundBank(port=port) as bank:
        Client(bank.url, pool).ask("branches", {})


def test_stopping_does_not_wait_for_slow_answers(bank: BackgroundBank) -> None:
    bank.faults(slow_ms=600_000)
    waiting = http.client.HTTPConnection(urlsplit(bank.url).netloc, timeout=600)
    caller = threading.Thread(target=_answers, args=(waiting, "POST", "/branches"))
    caller.start()
    wait_until(lambda: waiting.sock is not None)
    bank.stop()
    caller.join(PATIENCE / 2)
    assert not caller.is_alive()
    waiting.close()


def test_a_taken_port_is_refused_and_leaves_nothing_behind(bank: BackgroundBank) -> None:
    with pytest.raises(OSError, match="in use"):
        BackgroundBank(port=urlsplit(bank.url).port or 0)


def test_a_request_without_a_length_is_refused_and_the_connection_closed(bank: BackgroundBank) -> None:
    raw = http.client.HTTPConnection(urlsplit(bank.url).netloc, timeout=2)
    raw.putrequest("POST", "/branches")
    raw.putheader("Transfer-Encoding", "chunked")
    raw.endheaders()
    reply = raw.getresponse()
    assert reply.status == 400
    assert reply.getheader("Connection") == "close"
    raw.close()


def test_reset_undoes_losses_and_faults(bank: BackgroundBank, client: Client) -> None:
    client.ask("report_loss", {"customer": "C0001"})
    bank.faults(fail_rate=1)
    bank.reset()
    assert client.ask("balance", {"customer": "C0001"})["card"]["status"] == "normal"


def _answers(connection: http.client.HTTPConnection, method: str = "GET", path: str = "/health") -> bool:
    try:
        connection.request(method, path, body=b"{}")
        return bool(connection.getresponse().read())
    except (OSError, http.client.HTTPException):
        return False
