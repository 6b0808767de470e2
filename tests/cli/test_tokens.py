"""`ivr tokens` on the store that a server keeps."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from ivr.cli import main
from ivr.services.api_tokens import ApiTokens
from ivr.stores.sqlite import SqliteStore


@pytest.fixture(autouse=True)
def address(tmp_path, monkeypatch):
    SqliteStore(tmp_path / "ivr.db").close()
    monkeypatch.setenv("IVR_STORE", f"sqlite:///{tmp_path}/ivr.db")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["tokens", *arguments])


def test_a_token_is_shown_once_listed_and_revoked(tmp_path):
    token = run("create", "li.na", "--role", "agent").stdout.strip()
    (entry,) = json.loads(run("list", "--json").stdout)
    assert (entry["name"], entry["role"], entry["revoked"]) == ("li.na", "agent", 0)
    listed = run("list").stdout
    assert entry["id"] in listed
    assert token.rpartition("_")[2] not in listed
    assert run("revoke", entry["id"]).stdout == f"{entry['id']} is revoked.\n"
    assert "revoked 2" in run("list").stdout
    again = run("revoke", entry["id"])
    assert (again.exit_code, "no valid token" in again.stderr) == (2, True)
    store = SqliteStore(tmp_path / "ivr.db")
    assert ApiTokens(store).valid(token) is None
    store.close()


def test_wrong_usage_is_refused():
    assert run("create", "li na", "--role", "agent").exit_code == 2
    assert run("create", "li.na", "--role", "root").exit_code == 2
