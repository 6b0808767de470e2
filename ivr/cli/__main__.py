"""`python -m ivr.cli ...`: the command line in the environment that is running, which is never set up or changed."""

from __future__ import annotations

from . import main

main(prog_name="ivr")
