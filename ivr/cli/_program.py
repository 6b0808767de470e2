"""The command that starts this program, for hints that can be pasted into a terminal."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path

_CLONE = Path(__file__).resolve().parent.parent.parent


def program(folder: Path | None = None) -> str:
    """Return the words that start this program in `folder`, by default the current one.

    That is `ivr` where a terminal finds this very program under the name, `python3 -m ivr` in the root of a clone, and
    else a path that works everywhere.
    """
    script = Path(sys.executable).parent / "ivr"
    named = shutil.which("ivr")
    # Another program may be called ivr on this machine.
    if named is not None and script.exists() and os.path.samefile(named, script):
        return "ivr"
    if (_CLONE / "pyproject.toml").is_file() and (folder or Path()).resolve() == _CLONE:
        return "python3 -m ivr"
    return shlex.quote(str(script)) if script.exists() else f"{shlex.quote(sys.executable)} -m ivr.cli"
