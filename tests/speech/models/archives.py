"""Archives as models come in, and what a folder holds after them."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path


def archive(**files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as pack:
        for name, body in files.items():
            pack.writestr(name.replace("__", "/"), body)
    return made.getvalue()


GOOD = archive(**{"vosk-x__am__final.mdl": os.urandom(300_000), "vosk-x__conf__model.conf": b"--x"})


def everything(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
