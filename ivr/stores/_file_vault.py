"""A vault in a folder beside the file of a SQLite store: one small file an entry, overwritten before it is removed.

Why not a table: a row that was deleted stays readable in free pages, in the log and in every backup of the file.
"""

from __future__ import annotations

import os
import secrets
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path

from ivr.errors import StoreError

_END = struct.Struct(">d")
"""The head of a file: the Unix time at which the entry ends."""


class FileVault:
    """The Vault of a SQLite store, for any number of threads and processes of one machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, key: str, data: bytes, until: float) -> None:
        """Write an entry. A process that dies meanwhile leaves the old entry, the new one or none, but no part of one.

        Raises StoreError.
        """
        file = self._file(key)
        aside = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
        with self._faults():
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                out.write(_END.pack(until) + data)
            # Erased first: `replace` alone would free the blocks of the old file with the secret still in them.
            self._erase(file)
            aside.replace(file)

    def read(self, key: str) -> bytes | None:
        """Return an entry; None if there is none. Raises StoreError."""
        file = self._file(key)
        with self._faults(), suppress(FileNotFoundError), file.open("rb") as entry:
            data = entry.read()
            if os.path.samestat(os.fstat(entry.fileno()), file.stat()):  # else it is being overwritten
                return data[_END.size :]
        return None

    def drop(self, key: str) -> None:
        """Erase an entry, if there is one. Raises StoreError."""
        with self._faults():
            self._erase(self._file(key))

    def drop_expired(self, now: float) -> int:
        """Erase the entries that have ended at a Unix time; return their number. Raises StoreError."""
        erased = 0
        with self._faults(), suppress(FileNotFoundError):
            for file in list(self._folder.iterdir()):
                with suppress(FileNotFoundError):
                    # Also files that a killed process left aside. One that was being overwritten has a head of zeros,
                    # long over.
                    head = file.read_bytes()[: _END.size]
                    if len(head) == _END.size and _END.unpack(head)[0] <= now:
                        self._erase(file)
                        erased += 1
        return erased

    @staticmethod
    def _erase(file: Path) -> None:
        """Overwrite and remove a file under another name, so that no reader meets half of it."""
        with suppress(FileNotFoundError):
            aside = file.rename(f"{file}.{secrets.token_hex(4)}")
            with aside.open("r+b") as old:
                old.write(bytes(os.fstat(old.fileno()).st_size))
            aside.unlink()

    def _file(self, key: str) -> Path:
        return self._folder / blake2b(key.encode(), digest_size=16).hexdigest()

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except OSError as fault:
            raise StoreError(f"{self._folder}: {fault.strerror}") from None
