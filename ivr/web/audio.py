"""Serve sound files to the carrier. A file whose name contains its content's hash is cached for ever.

Sound rendered for one caller is served below /audio/spoken/ under an encrypted name, and must not be cached.
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
"""Returns a sound that was rendered for one caller by its encrypted name, or None."""


def routes(folder: Path, sound: Sound) -> Blueprint:
    """Return GET /audio/..., which serves the sound files of `folder` and those of `sound`, and nothing else."""
    blueprint = Blueprint("audio", __name__)

    @blueprint.get("/audio/spoken/<name>.wav")
    def spoken(name: str) -> Response:
        """Serve a sound that was rendered for one caller."""
        data = sound(name)
        if data is None:
            abort(404)
        response = send_file(io.BytesIO(data), _TYPES[".wav"], conditional=True, etag=False)
        response.headers["Cache-Control"] = "private, no-store"
        return response

    @blueprint.get("/audio/<path:name>")
    def audio(name: str) -> Response:
        """Serve one sound file."""
        path = _inside(folder, name)
        if path is None:
            abort(404)
        # The hash in the name is the file's ETag, which Flask would otherwise make from its size and time of change.
        hashed = _HASHED.search(name)
        response = send_file(
            path, _TYPES[path.suffix.lower()], conditional=True,
            etag=hashed[1] if hashed else True, max_age=YEAR if hashed else _SHORT,
        )  # fmt: skip
        response.cache_control.public = True
        response.cache_control.immutable = bool(hashed)
        return response

    return blueprint


def _inside(folder: Path, name: str) -> Path | None:
    """Return the file of a name if it is a sound and, with every link resolved, inside the folder; else None."""
    parts = name.split("/")
    if Path(name).suffix.lower() not in _TYPES or any(bad in name for bad in "\0\\"):
        return None
    if any(not part or part.startswith(".") for part in parts):
        return None
    # Both are resolved before they are compared: a link in the folder may lead out of it.
    home = folder.resolve()
    try:
        path = home.joinpath(*parts).resolve(strict=True)
    except (OSError, RuntimeError):
        return None
    return path if path.is_file() and path.is_relative_to(home) else None
