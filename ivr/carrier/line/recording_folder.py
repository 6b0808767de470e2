"""Recordings as files of a folder: what callers and agents said, until the server deletes it. Thread-safe."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, MutableMapping
from pathlib import Path

_NAME = re.compile(r"RE\w{2,62}")


class RecordingFolder(MutableMapping[str, bytes]):
    """The WAV files of a folder by their id; the folder and the files are for this user only."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def __getitem__(self, sid: str) -> bytes:
        try:
            return self._file(sid).read_bytes()
        except OSError:
            raise KeyError(sid) from None

    def __setitem__(self, sid: str, sound: bytes) -> None:
        file = self._file(sid)
        part = file.with_suffix(".part")
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            out.write(sound)
        part.replace(file)

    def __delitem__(self, sid: str) -> None:
        try:
            self._file(sid).unlink()
        except OSError:
            raise KeyError(sid) from None

    def __iter__(self) -> Iterator[str]:
        return (file.stem for file in self._folder.glob("RE*.wav"))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _file(self, sid: str) -> Path:
        # The name comes in a request and becomes part of a path.
        if not _NAME.fullmatch(sid):
            raise KeyError(sid)
        return self._folder / f"{sid}.wav"
