"""`ivr risk` on the store that a server keeps."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from ivr.cli import main
from ivr.stores.sqlite import SqliteStore


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    SqliteStore(tmp_path / "ivr.db").close()
    monkeypatch.setenv("IVR_STORE", f"sqlite:///{tmp_path}/ivr.db")
    for name in ("TWILIO_AUTH_TOKEN_FILE", "IVR_KEY_FILE", "TWILIO_AUTH_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("IVR_KEY", "0123456789abcdef")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["risk", *arguments])


def test_a_mark_is_made_listed_and_taken_back(tmp_path):
    assert "138****0001 is at risk until 2" in run("on", "13800000001", "--until", "2h", "--reason", "scam").output
    (mark,) = json.loads(run("list", "--json").output)
    assert (mark["name"], mark["reason"]) == ("138****0001", "scam")
    assert "138****0001" in run("list").output
    assert b"13800000001" not in b"".join(file.read_bytes() for file in tmp_path.iterdir() if file.is_file())
    assert run("off", "+8613800000001").exit_code == 0
    assert run("off", "+8613800000001").exit_code == 1
    assert run("list").output == "No number or account is marked.\n"


def test_wrong_usage_is_refused(monkeypatch):
    assert run("on", "13800000001", "--until", "2020-01-01").exit_code == 2
    assert run("on", " ").exit_code == 2
    monkeypatch.delenv("IVR_KEY")
    assert "the server's key is missing" in run("on", "13800000001").output
