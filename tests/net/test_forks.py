"""Parts that hold connections or threads begin anew in a forked process, and only there."""

from __future__ import annotations

import subprocess
import sys

FORKED = """
import gc, os
from ivr.net.forks import renew_in_forks

class Part:
    renewed = 0
    def renew(self):
        self.renewed += 1

kept, dropped = Part(), Part()
renew_in_forks(kept)
renew_in_forks(dropped)
del dropped
gc.collect()
if os.fork() == 0:
    print("child", kept.renewed, flush=True)
    os._exit(0)
os.wait()
print("parent", kept.renewed, flush=True)
"""


def test_a_part_is_renewed_once_in_the_child_and_not_in_the_parent() -> None:
    done = subprocess.run([sys.executable, "-c", FORKED], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.splitlines() == ["child 1", "parent 0"]
