"""Tokens of the API, by role. Only a hash of each is stored; creating and revoking one is noted with name and time."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass

from ivr.engine.ports import Document, Documents

TOKENS = "api.tokens"
ROLES = ("agent", "supervisor", "operations")
"""The roles, each of which may do what those before it may. An agent's token acts for the agent of its name alone."""
_FORM = re.compile(r"ivr_([0-9a-f]{12})_[A-Za-z0-9_-]{43}")
_NAME = re.compile(r"[\w.@-]{1,40}")


@dataclass(frozen=True)
class ApiToken:
    """A token as operators see it. `at` and `revoked` are Unix times; `revoked` is 0 while it is valid."""

    id: str
    name: str
    role: str
    by: str
    at: int
    revoked: int = 0
    revoked_by: str = ""

    def may(self, role: str) -> bool:
        """Return whether the token's role includes another."""
        return ROLES.index(self.role) >= ROLES.index(role)


class ApiTokens:
    """The tokens in a store. A revoked one is refused from the next request on, on every machine."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def create(self, name: str, role: str, by: str, at: float) -> str:
        """Return a new token, which cannot be shown again. Raises ValueError for a name or role that cannot be used."""
        if not _NAME.fullmatch(name):
            raise ValueError("a name has 1 to 40 letters, digits, dots, hyphens and @; an agent's is that of the agent")
        if role not in ROLES:
            raise ValueError(f"there is no role {role!r}; the roles are {', '.join(ROLES)}")
        key = secrets.token_hex(6)
        token = f"ivr_{key}_{secrets.token_urlsafe(32)}"
        document = {"name": name, "role": role, "hash": _hash(token), "by": by, "at": int(at)}
        self._documents.change(TOKENS, key, lambda _: document)
        return token

    def revoke(self, token_id: str, by: str, at: float) -> bool:
        """Revoke a token by its id; return False if there is none or it was revoked before."""
        done: list[bool] = []

        def update(document: Document | None) -> Document | None:
            done.append(document is not None and not document.get("revoked"))
            return {**document, "revoked": int(at), "revoked_by": by} if document and done[-1] else document

        self._documents.change(TOKENS, token_id, update)
        return done[-1]

    def listed(self) -> Iterator[ApiToken]:
        """Yield every token, revoked ones included."""
        after = ""
        while keys := self._documents.keys(TOKENS, after=after):
            for key in keys:
                if (document := self._documents.get(TOKENS, key)) is not None:
                    yield _token(key, document)
            after = keys[-1]

    def exist(self) -> bool:
        """Return whether there is any token."""
        return bool(self._documents.keys(TOKENS, limit=1))

    def valid(self, credentials: str) -> ApiToken | None:
        """Return the token that credentials are; None if there is none or it was revoked."""
        form = _FORM.fullmatch(credentials)
        document = self._documents.get(TOKENS, form[1]) if form else None
        if form is None or document is None or document.get("revoked"):
            return None
        # The id finds the token, and only the whole is compared, so the time tells nothing of how far a guess is right.
        same = hmac.compare_digest(document["hash"], _hash(credentials))
        return _token(form[1], document) if same else None


def _hash(token: str) -> str:
    """Return the hash of a token. It is random and long, so that a slow hash would add nothing."""
    return hashlib.sha256(token.encode()).hexdigest()


def _token(key: str, document: Document) -> ApiToken:
    fields = {name: value for name, value in document.items() if name != "hash"}
    return ApiToken(key, **fields)
