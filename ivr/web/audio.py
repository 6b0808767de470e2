"""Prompts as files. A name that carries its content's hash never changes, so the carrier may keep it for ever."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Blueprint, Response, abort, send_from_directory

YEAR = 365 * 24 * 3600
SHORT = 300
_TYPES = {".wav": "audio/wav", ".mp3": "audio/mpeg"}
_HASHED = re.compile(r"(^|[.-])[0-9a-f]{12,64}\.[a-z0-9]+$")


def routes(folder: Path) -> Blueprint:
    """Return GET /audio/..., which gives sound files of `folder` and nothing else."""
    board = Blueprint("audio", __name__)
    home = folder.resolve()

    @board.get("/audio/<path:name>")
    def audio(name: str) -> Response:
        """Give one sound file."""
        kind = _TYPES.get(Path(name).suffix.lower())
        if kind is None or "\0" in name or any(part.startswith(".") for part in name.split("/")):
            abort(404)
        hashed = bool(_HASHED.search(name))
        response = send_from_directory(home, name, mimetype=kind, max_age=YEAR if hashed else SHORT)
        response.cache_control.public = True
        response.cache_control.immutable = hashed
        return response

    return board
