"""Encode calls and replies for a store, sealed, and decode them. What callers typed in secret goes into the vault."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec
from msgspec.structs import replace

from ivr.crypto import Seal
from ivr.engine.call import Call
from ivr.engine.ports import Saved, Vault
from ivr.errors import StoreError
from ivr.secret import Secret

TYPED_SECONDS = 900.0
"""The time after a turn for which typed secrets are kept: longer than any step waits for the caller."""
_PLAIN, _WITH_SECRETS, _REPLY = b"\x01", b"\x02", b"\x03"
"""The first byte of what is written; a call of an earlier version begins with a brace, its reply with the document."""
_IN_VAULT, _SEALED = "$typed", "$sealed"
"""How a secret stands in a call: its number in the vault's entry; in calls of earlier versions, sealed."""
_GONE = object()


class CallCodec:
    """Writes calls and replies of one store. A call's secrets are an entry of the vault, one for each turn."""

    def __init__(self, seal: Seal, vault: Vault) -> None:
        self._seal, self._vault = seal, vault

    def freeze(self, call: Call, now: float) -> bytes:
        """Encode and seal a call; put its secrets into the vault. Raises StoreError when the vault fails."""
        secrets: list[tuple[str, str]] = []

        def plain(value: Any) -> Any:
            if isinstance(value, Secret):
                secrets.append((value.kind, value.reveal()))
                return {_IN_VAULT: len(secrets) - 1}
            if isinstance(value, Decimal):
                return str(value)
            raise TypeError(f"a call cannot hold {type(value).__name__}")

        # Secrets are replaced while the call is encoded, so that they are never part of the text that is sealed and
        # stored.
        data = msgspec.json.encode(call, enc_hook=plain)
        if not secrets:
            return _PLAIN + self._seal.close(data, _PLAIN)
        # Sealed with the name of its entry: an entry that is copied to another call cannot be opened there.
        typed = self._seal.close(msgspec.json.encode(secrets), _entry_of(call.id, call.turn).encode())
        self._vault.put(_entry_of(call.id, call.turn), typed, now + TYPED_SECONDS)
        return _WITH_SECRETS + self._seal.close(data, _WITH_SECRETS)

    def thaw(self, data: bytes) -> Call:
        """Decode a call; secrets that the vault no longer holds are missing.

        Raises StoreError for one written by another version of this software or with another key.
        """
        kind = data[:1]
        text = self._seal.reopen(data[1:], kind) if kind in (_PLAIN, _WITH_SECRETS) else data
        try:
            call = _decoder.decode(text)
        except msgspec.MsgspecError:
            raise StoreError("a stored call cannot be read; it was written by another version") from None
        if kind == _PLAIN or (kind != _WITH_SECRETS and _SEALED.encode() not in text):
            return call
        return self._with_secrets(call, self._typed(call) if kind == _WITH_SECRETS else [])

    def forget(self, saved: Saved) -> None:
        """Erase the secrets of a turn that is over, or was not written."""
        if saved.call[:1] == _WITH_SECRETS:
            self._vault.drop(_entry_of(saved.call_id, saved.turn))

    def close_reply(self, document: bytes) -> bytes:
        """Seal a reply, which may speak of balances and names."""
        return _REPLY + self._seal.close(document, _REPLY)

    def open_reply(self, data: bytes) -> bytes:
        """Return a reply as it was given. Raises StoreError for another key."""
        return self._seal.reopen(data[1:], _REPLY) if data[:1] == _REPLY else data

    def _typed(self, call: Call) -> list[Secret]:
        entry = _entry_of(call.id, call.turn)
        typed = self._vault.read(entry)
        if typed is None:
            return []
        pairs = msgspec.json.decode(self._seal.reopen(typed, entry.encode()), type=list[tuple[str, str]])
        return [Secret(*pair) for pair in pairs]

    def _with_secrets(self, call: Call, typed: list[Secret]) -> Call:
        def filled(value: Any) -> Any:
            if isinstance(value, Mapping):
                if set(value) == {_IN_VAULT}:
                    return typed[value[_IN_VAULT]] if value[_IN_VAULT] < len(typed) else _GONE
                if set(value) == {_SEALED}:
                    return self._seal.open(value[_SEALED])
                inner = ((name, filled(each)) for name, each in value.items())
                return {name: each for name, each in inner if each is not _GONE}
            if isinstance(value, list):
                return [each for each in map(filled, value) if each is not _GONE]
            return value

        frames = (replace(frame, values=filled(frame.values), scratch=filled(frame.scratch)) for frame in call.frames)
        return replace(call, frames=tuple(frames))


_decoder = msgspec.json.Decoder(Call)


def _entry_of(call_id: str, turn: int) -> str:
    return f"call {call_id} {turn}"
