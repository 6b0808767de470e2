"""`python3 -m ivr ...`: the command line from a fresh clone. Installs what is missing first."""

from __future__ import annotations

from .bootstrap import RUN, ensure

if __name__ == "__main__":
    ensure("ivr", RUN)
    from .cli import main

    main(prog_name="ivr")
