"""`python -m ivr.cli ...`: the command line in the current environment, which is not set up or changed."""

from __future__ import annotations

from . import main

main(prog_name="ivr")
