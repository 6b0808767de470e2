"""`ivr identity`: who is locked, why, and the operator's lock and unlock, on the store that the server keeps."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ivr.cli import main
from ivr.crypto import Seal
from ivr.services.identity import IdentityService, Limits
from ivr.settings import Settings
from ivr.stores import open_store
from tests.asking import ask

NUMBER, HANDLE = "+8613800000001", "acc-5d41402abc"
KEY = "0123456789abcdef0123456789abcdef"
Run = Callable[..., Result]


class Server:
    """What the running server does to the store: callers guess."""

    def __init__(self, url: str, key: str = "") -> None:
        self.settings = Settings.from_environment({"IVR_STORE": url} | ({"IVR_KEY": key} if key else {}))
        self._keys = 0

    def guess(self, account: str, times: int, number: str = "+8613911112222") -> None:
        store = open_store(self.settings.store)
        identity = IdentityService(store, Limits(waits=(0,)), seal=Seal.from_settings(self.settings))
        for _ in range(times):
            self._keys += 1
            given = {"account": account, "number": number, "pieces": ["card_tail", "pin"]}
            ask(identity, "identity.charge", given, key=f"CA{self._keys}", now=time.time())
        store.close()

    def allowed(self, account: str) -> bool:
        store = open_store(self.settings.store)
        identity = IdentityService(store, seal=Seal.from_settings(self.settings))
        found = ask(identity, "identity.status", {"account": account}, key="", now=time.time())
        store.close()
        return not found["locked"]


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    for name in ("IVR_BANK_URL", "IVR_KEY", "IVR_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("IVR_STORE", f"sqlite:///{tmp_path}/ivr.db")
    return f"sqlite:///{tmp_path}/ivr.db"


@pytest.fixture
def server(url: str) -> Server:
    made = Server(url)
    made.guess("C-7", 1)
    return made


@pytest.fixture
def run() -> Run:
    return lambda *words: CliRunner().invoke(main, ["identity", *words])


@pytest.fixture
def bank(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, str]]]:
    """Name the account of a telephone number, as the bank does."""
    asked: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))) | {"path": self.path})
            body = json.dumps({"account": HANDLE}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setenv("IVR_BANK_URL", f"http://127.0.0.1:{server.server_port}")
    yield asked
    server.shutdown()
    thread.join()
    server.server_close()


def test_nobody_is_locked_at_first(server: Server, run: Run):
    done = run("list")
    assert (done.exit_code, done.stdout) == (0, "No account is locked.\n")
    assert json.loads(run("list", "--json").stdout) == {"locked": [], "alarms": [], "spraying_since": None}


def test_a_locked_account_is_listed_masked_with_time_and_reason(server: Server, run: Run):
    server.guess(NUMBER, 6)
    done = run("list")
    assert done.exit_code == 0
    assert "Locked accounts: 1" in done.stdout
    assert "138****0001" in done.stdout
    assert "5 wrong answers in a row" in done.stdout
    assert "last from 139****2222" in done.stdout
    assert NUMBER[3:] not in done.stdout
    (entry,) = json.loads(run("list", "--json").stdout)["locked"]
    assert entry["reference"] in done.stdout
    assert entry["since"].endswith("+08:00")
    assert entry["pieces"] == ["card_tail", "pin"]
    assert (entry["by"], entry["failures"], entry["next_lock_hours"]) == ("limit", 5, 48)
    length = datetime.fromisoformat(entry["until"]) - datetime.fromisoformat(entry["since"])
    assert (length, entry["next_try"]) == (timedelta(days=1), entry["until"])
    shown = run("show", NUMBER).stdout
    assert f"locked since {entry['since']} until {entry['until']} by limit" in shown
    assert f"the next try is taken from {entry['until']} on; the next lock ends after 48 hours" in shown


def test_alarms_are_listed(server: Server, run: Run):
    for n in range(12):
        server.guess(f"C-{n}", 1)
    assert "10 failed tries from 139****2222 within an hour" in run("list").stdout
    assert json.loads(run("list", "--json").stdout)["alarms"][0]["kind"] == "caller"


def test_unlocking_needs_a_reason_and_is_recorded(server: Server, run: Run):
    server.guess(NUMBER, 6)
    refused = run("unlock", NUMBER)
    assert refused.exit_code == 2
    assert "--reason" in refused.stderr
    done = run("unlock", "138 0000 0001", "--reason", "seen at the branch")
    assert (done.exit_code, done.stdout) == (0, "Unlocked.\n")
    assert server.allowed(NUMBER)
    (entry, *_) = json.loads(run("show", NUMBER, "--json").stdout)["accounts"]
    assert [event["what"] for event in entry["events"]] == ["locked", "unlocked"]
    assert entry["events"][1]["why"] == "seen at the branch"
    assert entry["failures"] == 0


def test_a_reference_from_the_list_names_the_account(server: Server, run: Run):
    server.guess("an opaque handle of the bank", 5)
    (entry,) = json.loads(run("list", "--json").stdout)["locked"]
    assert run("unlock", entry["reference"], "--reason", "seen").exit_code == 0
    assert server.allowed("an opaque handle of the bank")


def test_an_operator_locks_and_nothing_but_an_operator_unlocks(server: Server, run: Run):
    done = run("lock", NUMBER, "--reason", "stolen telephone")
    assert done.exit_code == 0
    assert done.stdout.startswith("Locked: ")
    assert not server.allowed(NUMBER)
    assert "already" in run("lock", NUMBER, "--reason", "stolen telephone").stdout
    shown = run("show", NUMBER)
    assert "stolen telephone" in shown.stdout
    assert "not locked" not in shown.stdout


def test_there_may_be_nothing_to_unlock(server: Server, run: Run):
    done = run("unlock", "C-100", "--reason", "a slip")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "nothing to unlock" in done.stderr


def test_a_calling_number_is_shown_and_unlocked(server: Server, run: Run):
    for n in range(11):
        server.guess(f"C-{n}", 1)
    shown = json.loads(run("show", "13911112222", "--json").stdout)["number"]
    assert (shown["name"], shown["failed_tries"], shown["wait_s"] > 0) == ("139****2222", 10, True)
    assert "refused for" in run("show", "13911112222").stdout
    assert "calling number" in run("unlock", "13911112222", "--reason", "a firm's switchboard").stdout
    assert json.loads(run("show", "13911112222", "--json").stdout)["number"]["failed_tries"] == 0


def test_the_bank_names_the_account_of_a_telephone_number(server: Server, run: Run, bank: list[dict[str, str]]):
    server.guess(HANDLE, 6)
    done = run("unlock", NUMBER, "--reason", "seen at the branch")
    assert done.exit_code == 0, done.stderr
    assert server.allowed(HANDLE)
    assert bank == [{"number": NUMBER, "path": "/account"}]


def test_a_bank_that_is_gone_leaves_the_name_itself(server: Server, run: Run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("IVR_BANK_URL", "http://127.0.0.1:9")
    server.guess(NUMBER, 6)
    done = run("unlock", NUMBER, "--reason", "seen at the branch")
    assert done.exit_code == 0
    assert "by this name only" in done.stderr


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (" ", "Give a reason"),
        ("two\nlines", "one line"),
        ("x" * 201, "one line"),
        ("card 6217 0000 0000 1000 128", "must not contain a card"),
    ],
)
def test_reasons_are_short_and_hold_no_card(server: Server, run: Run, reason: str, words: str):
    done = run("unlock", NUMBER, "--reason", reason)
    assert done.exit_code == 2
    assert words in done.stderr


def test_another_key_than_the_servers_is_noticed(url: str, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    server = Server(url, KEY)
    server.guess(NUMBER, 6)
    refused = run("unlock", NUMBER, "--reason", "seen")
    assert refused.exit_code == 2
    assert "IVR_KEY" in refused.stderr
    assert not list(tmp_path.glob("*.key")), "no key may be made by looking"
    monkeypatch.setenv("IVR_KEY", KEY[::-1])
    assert run("show", NUMBER).exit_code == 2
    (entry,) = json.loads(run("list", "--json").stdout)["locked"]
    assert run("unlock", entry["reference"], "--reason", "seen").exit_code == 0
    assert server.allowed(NUMBER)


def test_a_changed_key_raises_an_alarm(url: str, run: Run):
    Server(url, KEY).guess(NUMBER, 6)
    Server(url, KEY[::-1]).guess("C-1", 1)
    assert "the key that names accounts has changed" in run("list").stdout


@pytest.mark.parametrize("address", ["memory:", "sqlite:///{}/nowhere.db"])
def test_a_store_that_is_not_there_is_refused(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, address: str):
    monkeypatch.setenv("IVR_STORE", address.format(tmp_path))
    done = run("list")
    assert done.exit_code == 2
    assert "IVR_STORE" in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["", "  ", "9" * 200])
def test_unusable_names_are_refused(server: Server, run: Run, name: str):
    assert run("show", name).exit_code == 2


@pytest.mark.parametrize("word", ["list", "show", "lock", "unlock"])
def test_every_word_explains_itself(run: Run, word: str):
    done = run(word, "-h")
    assert done.exit_code == 0
    assert f"ivr identity {word}" in done.stdout
