"""Tokens of the API: hashed, valid until they are revoked, with the role that they were created for."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.services.api_tokens import ROLES, TOKENS, ApiTokens
from ivr.stores.memory import MemoryStore
from ivr.stores.sqlite import SqliteStore

NOW = 1_795_399_200.0


def test_a_token_is_valid_until_it_is_revoked() -> None:
    tokens = ApiTokens(MemoryStore())
    assert not tokens.exist()
    text = tokens.create("li.na", "agent", "ops", NOW)
    token = tokens.valid(text)
    assert token is not None
    assert (token.name, token.role, token.by, token.at, token.revoked) == ("li.na", "agent", "ops", int(NOW), 0)
    assert tokens.revoke(token.id, "boss", NOW + 1)
    assert not tokens.revoke(token.id, "boss", NOW + 2)
    assert tokens.valid(text) is None
    (listed,) = tokens.listed()
    assert (listed.revoked, listed.revoked_by) == (int(NOW) + 1, "boss")


def test_only_a_hash_is_stored(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "ivr.db")
    text = ApiTokens(store).create("wallboard", "supervisor", "ops", NOW)
    store.close()
    disk = b"".join(file.read_bytes() for file in tmp_path.iterdir() if file.is_file())
    assert TOKENS.encode() in disk
    assert text.rpartition("_")[2].encode() not in disk


@pytest.mark.parametrize(
    "change", [lambda t: t[:-1] + "!", lambda t: t[:-2] + "AA", lambda t: t.upper(), lambda t: "", str]
)
def test_other_credentials_are_no_token(change) -> None:
    tokens = ApiTokens(MemoryStore())
    text = tokens.create("li.na", "agent", "ops", NOW)
    assert (tokens.valid(change(text)) is not None) == (change is str)


@pytest.mark.parametrize(("name", "role"), [("", "agent"), ("a b", "agent"), ("x" * 41, "agent"), ("li.na", "root")])
def test_a_name_or_a_role_that_cannot_be_used_is_refused(name: str, role: str) -> None:
    with pytest.raises(ValueError, match=r"name|role"):
        ApiTokens(MemoryStore()).create(name, role, "ops", NOW)


def test_a_role_includes_those_before_it() -> None:
    tokens = ApiTokens(MemoryStore())
    may = {}
    for role in ROLES:
        token = tokens.valid(tokens.create("x", role, "ops", NOW))
        assert token is not None
        may[role] = [other for other in ROLES if token.may(other)]
    assert may == {"agent": ["agent"], "supervisor": ["agent", "supervisor"], "operations": list(ROLES)}
