"""Encode a call to bytes for a store, and decode it. Secrets that the caller typed are sealed."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec
from msgspec.structs import replace

from ivr.crypto import Seal
from ivr.engine.call import Call
from ivr.errors import StoreError
from ivr.secret import Secret

_SEALED = "$sealed"


def freeze(call: Call, seal: Seal) -> bytes:
    """Encode a call as JSON with its secrets sealed."""

    def plain(value: Any) -> Any:
        if isinstance(value, Secret):
            return {_SEALED: seal.seal(value)}
        if isinstance(value, Decimal):
            return str(value)
        raise TypeError(f"a call cannot hold {type(value).__name__}")

    return msgspec.json.encode(call, enc_hook=plain)


def thaw(data: bytes, seal: Seal) -> Call:
    """Decode a call. Raises StoreError for one written by another version of this software or with another key."""
    try:
        call = _decoder.decode(data)
    except msgspec.MsgspecError:
        raise StoreError("a stored call cannot be read; it was written by another version") from None
    return _opened(call, seal) if _SEALED.encode() in data else call


_decoder = msgspec.json.Decoder(Call)


def _opened(call: Call, seal: Seal) -> Call:
    frames = (
        replace(frame, values=_open(frame.values, seal), scratch=_open(frame.scratch, seal)) for frame in call.frames
    )
    return replace(call, frames=tuple(frames))


def _open(value: Any, seal: Seal) -> Any:
    if isinstance(value, Mapping):
        if set(value) == {_SEALED}:
            return seal.open(value[_SEALED])
        return {name: _open(inner, seal) for name, inner in value.items()}
    return [_open(inner, seal) for inner in value] if isinstance(value, list) else value
