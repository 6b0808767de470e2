"""The stores that the contracts are tested on: every module of `ivr/stores`.

`tests/stores/test_KIND.py` has `new_address(request, folder)`, which returns the address of an empty store. What it
starts for that, such as a server, is a fixture; what it has to put away, a finalizer of `request`.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable

from ivr.settings import store_kinds

KINDS = store_kinds()
SHARED = [kind for kind in KINDS if kind != "memory"]
"""Stores that several processes share."""


def run_together(workers: Iterable[subprocess.Popen[str]]) -> None:
    """Let processes go that wait for a line, all at once, and see that each ends well."""
    workers = list(workers)
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    for worker in workers:
        worker.communicate(timeout=60)
        assert worker.returncode == 0
