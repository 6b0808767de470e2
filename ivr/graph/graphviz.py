"""Let Graphviz draw a picture, as SVG, PNG or PDF."""

from __future__ import annotations

import shutil
import subprocess

from .picture import GraphError

DRAWN = ("svg", "png", "pdf")
LONGEST_DRAWING = 120.0
"""Seconds for one picture; that of a whole line takes a few."""
_MISSING = (
    "Graphviz draws this format, and its program dot is not here: apt-get install graphviz, or brew install graphviz. "
    "Without it, -o FILE.mmd writes Mermaid, which many pages and editors draw."
)


def drawn(dot: str, format: str) -> bytes:  # noqa: A002
    """Return the drawing of a text for Graphviz. Raises GraphError without Graphviz, or if it fails."""
    program = shutil.which("dot")
    if program is None:
        raise GraphError(_MISSING)
    try:
        done = subprocess.run(  # noqa: S603
            [program, f"-T{format}"], input=dot.encode(), capture_output=True, check=True, timeout=LONGEST_DRAWING
        )
    # Only the type: the message repeats the whole command.
    except (OSError, subprocess.SubprocessError) as fault:
        raise GraphError(f"Graphviz did not draw the picture ({type(fault).__name__}).") from None
    return done.stdout
