"""The stores that the contracts are tested on: an address each, `{folder}` a folder of the test."""

from __future__ import annotations

ADDRESSES = {"memory": "memory:", "sqlite": "sqlite:///{folder}/var/ivr.db"}
