"""The stores that the contracts are tested on: every module of `ivr/stores`.

`tests/stores/test_KIND.py` has `new_address(request, folder)`, which returns the address of an empty store. What it
starts for that, such as a server, is a fixture; what it has to put away, a finalizer of `request`.
"""

from __future__ import annotations

from ivr.settings import store_kinds

KINDS = store_kinds()
SHARED = [kind for kind in KINDS if kind != "memory"]
"""Stores that several processes share."""
