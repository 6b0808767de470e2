"""Encrypt secrets at rest, so that a store file alone reveals nothing. Must not write a secret or a key elsewhere."""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Self

from .errors import SettingsError, StoreError
from .secret import SECRET_KINDS, Secret
from .settings import Settings, store_file

KEY_BYTES = 32
NONCE_BYTES = 12
OTHER_KEY = (
    "what is stored cannot be opened: it was sealed with another key."
    " Was IVR_KEY changed, or the key file replaced, while calls were live?"
)


class Seal:
    """Encrypt and decrypt secrets with ChaCha20-Poly1305; the kind of a secret is authenticated with it."""

    def __init__(self, key: bytes) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

        # Needs no AES instructions of the processor to be fast and to take the same time for every key.
        self._cipher = ChaCha20Poly1305(_derived(key, b"ivr seal 1"))
        self._fingerprint_key = _derived(key, b"ivr fingerprint 1")

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Derive the keys from IVR_KEY, else from a key file beside the store's file; never from the carrier's token.

        A store in memory gets a random key. Raises SettingsError when a store without a file has no key, StoreError
        when the key file cannot be used.
        """
        if settings.key:
            return cls(settings.key.reveal().encode())
        if file := store_file(settings.store):
            return cls(_key_in(file.with_suffix(".key")))
        if settings.store != "memory:":
            raise SettingsError(
                "set IVR_KEY: machines that share a store need one key; make one with: openssl rand -hex 32"
            )
        return cls(secrets.token_bytes(KEY_BYTES))

    def seal(self, secret: Secret) -> str:
        """Encrypt a secret as text; the text differs each time (random nonce)."""
        # Random nonces of 96 bits are safe for some billions of messages under one key, far beyond what one line seals.
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, secret.reveal().encode(), secret.kind.encode())
        return f"{secret.kind}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"

    def open(self, text: str) -> Secret:
        """Decrypt a text of `seal`. Raises StoreError for another key, another kind or a changed text."""
        from cryptography.exceptions import InvalidTag

        kind, _, body = text.partition(".")
        with suppress(InvalidTag, ValueError):
            data = base64.b64decode(body, altchars=b"-_", validate=True)
            if kind in SECRET_KINDS and len(data) > NONCE_BYTES:
                value = self._cipher.decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], kind.encode())
                return Secret(kind, value.decode())
        raise StoreError(OTHER_KEY)

    def close(self, data: bytes, purpose: bytes) -> bytes:
        """Encrypt bytes, differently each time; `purpose` is authenticated with them."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, data, purpose)

    def reopen(self, data: bytes, purpose: bytes) -> bytes:
        """Decrypt bytes of `close`. Raises StoreError for another key, another purpose or changed bytes."""
        from cryptography.exceptions import InvalidTag

        with suppress(InvalidTag, ValueError):
            return self._cipher.decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], purpose)
        raise StoreError(OTHER_KEY)

    def fingerprint(self, data: bytes) -> str:
        """Return a keyed hash (BLAKE2b, 32 hex digits): equal for equal data, meaningless without the key."""
        return hashlib.blake2b(data, digest_size=16, key=self._fingerprint_key).hexdigest()


def _derived(key: bytes, purpose: bytes) -> bytes:
    """Derive a key for one purpose, so that no two purposes share one."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose).derive(key)


def _key_in(file: Path) -> bytes:
    """Read the key file; create it if it is missing. Workers that start at the same time all get the same key."""
    try:
        if not file.exists():
            _make_key(file)
        # Refused, not repaired: another user may have copied the key, and an operator must decide what that means.
        if file.stat().st_mode & 0o077:
            raise StoreError(f"{file}: others can read this key; run: chmod 600 {file}")
        key = file.read_bytes()
    except OSError as fault:
        raise StoreError(f"{file}: the key cannot be kept here: {fault.strerror}") from None
    if len(key) != KEY_BYTES:
        raise StoreError(
            f"{file}: this is not a key of {KEY_BYTES} bytes; restore it, or remove it when no call is live"
        )
    return key


def _make_key(file: Path) -> None:
    """Write a new key to a temporary file, then link it into place: the link fails if another worker was first."""
    file.parent.mkdir(parents=True, exist_ok=True)
    aside = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(secrets.token_bytes(KEY_BYTES))
            out.flush()
            # On the disk before the first use: after a power cut, what was sealed with a lost key could never be
            # opened.
            os.fsync(out.fileno())
        with suppress(FileExistsError):
            # `link` fails where `rename` would replace: the key that another worker may already seal with must stay.
            os.link(aside, file)
    finally:
        aside.unlink()
