"""What a server hands over to the program that replaces it in its process."""

from __future__ import annotations

import json
from dataclasses import asdict

from ivr.server.succession import VARIABLE, Succession


def test_what_is_handed_over_is_taken():
    kept = Succession([3], [4, 5], [100, 101], "/tmp/figures")
    assert Succession.take({VARIABLE: json.dumps(asdict(kept))}) == kept
    assert Succession.take({}) is None
