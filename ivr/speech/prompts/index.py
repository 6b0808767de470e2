"""The prompts that are ready to be played, and the index that says what each file holds. It renders nothing.

`rendered/prompts.json` in the audio folder is the index; it is read again when another process has written it.
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
"""The engine of what a person has spoken."""
LOOK_SECONDS = 2.0
"""How long a server goes on with the index that it has read."""
_IGNORED = "# Made by ivr prompts build.\n*\n"


class PromptPiece(msgspec.Struct, frozen=True):
    """One file: what it says, in numbers as words, how fast and by whom. `file` is relative to the audio folder."""

    id: str
    language: str
    spoken: str
    rate: float
    engine: str
    file: str
    seconds: float

    @property
    def sound(self) -> PromptSound:
        """What tells it apart for a listener."""
        return sound_of(self.spoken, self.language, self.rate)

    @property
    def recorded(self) -> bool:
        """Whether a person has spoken it."""
        return self.engine == RECORDING


class _Index(msgspec.Struct, frozen=True):
    prompts: tuple[PromptPiece, ...]


def key_of(*parts: object) -> str:
    """Return 24 letters that are equal for equal parts: a file's name."""
    return hashlib.blake2b(json.dumps(parts, ensure_ascii=False).encode(), digest_size=12).hexdigest()


def file_of(language: str, key: str) -> str:
    """Return where a file is kept, relative to the audio folder."""
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
    """The rendered files of an audio folder. Thread-safe: what was read is replaced whole."""

    def __init__(self, audio: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self.audio = audio
        self._index = audio / RENDERED / INDEX
        self._clock = clock
        self._looked, self._stamp = float("-inf"), (-1, -1)
        self._last_read: Mapping[tuple[bool, PromptSound], PromptPiece] = {}
        self._any_recorded = False

    @property
    def any_recorded(self) -> bool:
        """Whether there is any file that a person has spoken."""
        return bool(self._pieces()) and self._any_recorded

    def find(self, sound: PromptSound, *, recorded: bool) -> PromptPiece | None:
        """Return the file of a text, spoken by a person or by a voice of ours."""
        return self._pieces().get((recorded, sound))

    def pieces(self) -> list[PromptPiece]:
        """Return everything that the index names."""
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
        return stat.st_mtime_ns, stat.st_ino

    def _read(self) -> Mapping[tuple[bool, PromptSound], PromptPiece]:
        """Read the index; one that is gone or damaged is no reason for silence: other voices speak."""
        try:
            index = msgspec.json.decode(self._index.read_bytes(), type=_Index)
        except (OSError, msgspec.MsgspecError):
            return {}
        return {(piece.recorded, piece.sound): piece for piece in index.prompts}
