"""The stores that the contracts are tested on: an address each.

`{folder}` is a folder of the test, `{server}` a PostgreSQL server of the tests, `{schema}` a new name.
"""

from __future__ import annotations

ADDRESSES = {
    "memory": "memory:",
    "sqlite": "sqlite:///{folder}/var/ivr.db",
    "postgresql": "postgresql://ivr@{server}/postgres?schema={schema}",
}
SHARED = [kind for kind in sorted(ADDRESSES) if kind != "memory"]
"""Stores that several processes share."""
