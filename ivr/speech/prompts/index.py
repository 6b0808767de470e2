"""The index of sound files that are ready to be played. Must not render anything.

The index is `rendered/prompts.json` in the audio folder; it is read again after another process has written it.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

import msgspec

from .catalogue import PromptSound, sound_of

RENDERED = "rendered"
INDEX = "prompts.json"
RECORDING = "recording"
"""The `engine` of a recording of a person."""
LOOK_SECONDS = 2.0
"""Seconds between two checks for a new index."""
_IGNORED = "# Made by ivr prompts build.\n*\n"


class PromptPiece(msgspec.Struct, frozen=True):
    """One file: its text with numbers in words, its rate and its voice. `file` is relative to the audio folder."""

    id: str
    language: str
    spoken: str
    rate: float
    engine: str
    file: str
    seconds: float

    @property
    def sound(self) -> PromptSound:
        """The identity of its sound."""
        return sound_of(self.spoken, self.language, self.rate)

    @property
    def recorded(self) -> bool:
        """Whether it is a recording of a person."""
        return self.engine == RECORDING


class _Index(msgspec.Struct, frozen=True):
    prompts: tuple[PromptPiece, ...]


def key_of(*parts: object) -> str:
    """Return the name of a file: a digest of `parts` in 24 letters."""
    return hashlib.blake2b(json.dumps(parts, ensure_ascii=False).encode(), digest_size=12).hexdigest()


def file_of(language: str, key: str) -> str:
    """Return the path of a file, relative to the audio folder."""
    return f"{RENDERED}/{language}/{key}.wav"


def write_whole(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Write a file atomically. Raises OSError and leaves nothing behind."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as out:
            out.write(data)
        os.replace(aside, path)
    finally:
        with suppress(FileNotFoundError):
            aside.unlink()


class PromptIndex:
    """The rendered files of an audio folder. Thread-safe: a new index replaces the old one as a whole."""

    def __init__(self, audio: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self.audio = audio
        self._index = audio / RENDERED / INDEX
        self._clock = clock
        self._looked, self._stamp = float("-inf"), (-1, -1)
        self._last_read: Mapping[tuple[bool, PromptSound], PromptPiece] = {}
        self._any_recorded = False

    @property
    def any_recorded(self) -> bool:
        """Whether any file is a recording of a person."""
        return bool(self._pieces()) and self._any_recorded

    def find(self, sound: PromptSound, *, recorded: bool) -> PromptPiece | None:
        """Return the file of a text, recorded by a person or rendered by a voice."""
        return self._pieces().get((recorded, sound))

    def pieces(self) -> list[PromptPiece]:
        """Return all entries of the index."""
        return list(self._pieces().values())

    def keep(self, pieces: Iterable[PromptPiece]) -> None:
        """Write the index. Raises OSError."""
        ordered = sorted(pieces, key=lambda piece: (piece.language, piece.id, piece.rate, piece.engine))
        data = msgspec.json.format(msgspec.json.encode(_Index(tuple(ordered))), indent=1)
        write_whole(self._index.with_name(".gitignore"), _IGNORED.encode())
        write_whole(self._index, data + b"\n")
        self._looked = float("-inf")

    def _pieces(self) -> Mapping[tuple[bool, PromptSound], PromptPiece]:
        now = self._clock()
        # A look at the disk for each prompt of each turn would be most of a turn; a build is heard two seconds later.
        if now - self._looked < LOOK_SECONDS:
            return self._last_read
        self._looked = now
        stamp = self._stamp_now()
        if stamp != self._stamp:
            self._stamp, self._last_read = stamp, self._read()
            self._any_recorded = any(recorded for recorded, _ in self._last_read)
        return self._last_read

    def _stamp_now(self) -> tuple[int, int]:
        try:
            stat = self._index.stat()
        except OSError:
            return (0, 0)
        # The inode, too: two builds within one tick of the file system's clock replace the file by another one.
        return stat.st_mtime_ns, stat.st_ino

    def _read(self) -> Mapping[tuple[bool, PromptSound], PromptPiece]:
        """Read the index; a missing or damaged one counts as empty, and other voices speak."""
        try:
            index = msgspec.json.decode(self._index.read_bytes(), type=_Index)
        except (OSError, msgspec.MsgspecError):
            return {}
        return {(piece.recorded, piece.sound): piece for piece in index.prompts}
