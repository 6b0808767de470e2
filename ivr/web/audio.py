"""Prompts as files. A name that carries its content's hash never changes, so the carrier may keep it for ever.

What was rendered for one caller lies below /audio/spoken/ under a sealed name, and nobody on the way may keep it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

from flask import Blueprint, Response, abort, send_file

YEAR = 365 * 24 * 3600
_SHORT = 300
_TYPES = {".wav": "audio/wav", ".mp3": "audio/mpeg"}
_HASHED = re.compile(r"(?:^|[/.-])([0-9a-f]{12,64})\.[a-z0-9]+$")

Sound = Callable[[str], bytes | None]
"""Gives a sound that was rendered for one caller, by its sealed name."""


def routes(folder: Path, sound: Sound) -> Blueprint:
    """Return GET /audio/..., which gives sound files of `folder` and what `sound` knows, and nothing else."""
    board = Blueprint("audio", __name__)

    @board.get("/audio/spoken/<name>.wav")
    def spoken(name: str) -> Response:
        """Give a sound that was rendered for one caller."""
        data = sound(name)
        if data is None:
            abort(404)
        response = send_file(io.BytesIO(data), _TYPES[".wav"], conditional=True, etag=False)
        response.headers["Cache-Control"] = "private, no-store"
        return response

    @board.get("/audio/<path:name>")
    def audio(name: str) -> Response:
        """Give one sound file."""
        path = _inside(folder, name)
        if path is None:
            abort(404)
        hashed = _HASHED.search(name)
        response = send_file(
            path, _TYPES[path.suffix.lower()], conditional=True,
            etag=hashed[1] if hashed else True, max_age=YEAR if hashed else _SHORT,
        )  # fmt: skip
        response.cache_control.public = True
        response.cache_control.immutable = bool(hashed)
        return response

    return board


def _inside(folder: Path, name: str) -> Path | None:
    """Return the file of a name if it is a sound, and still within the folder once every link is followed."""
    parts = name.split("/")
    if Path(name).suffix.lower() not in _TYPES or any(bad in name for bad in "\0\\"):
        return None
    if any(not part or part.startswith(".") for part in parts):
        return None
    home = folder.resolve()
    try:
        path = home.joinpath(*parts).resolve(strict=True)
    except (OSError, RuntimeError):
        return None
    return path if path.is_file() and path.is_relative_to(home) else None
