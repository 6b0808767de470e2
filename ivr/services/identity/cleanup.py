"""Deletes old counters, a few with each try, so that no collection grows for ever."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from ivr.engine.ports import Documents
from ivr.jobs.housekeeping import forget_some
from ivr.settings.identity import DAY, HOUR

from . import caller_limits, line_limits, lockout, one_time_codes

ONE_IN, LOOKED_AT = 8, 24
"""One charge in ONE_IN checks LOOKED_AT documents of each collection, more than ONE_IN charges can add."""
_QUARTER = 90 * DAY


def tidy(documents: Documents, at: int) -> None:
    """Check some documents from a random key on, and delete those that are over."""
    if secrets.randbelow(ONE_IN):
        return
    for collection, is_over in _IS_OVER.items():
        forget_some(documents, collection, partial(is_over, at=at), LOOKED_AT)


def _account_is_over(record: Mapping[str, Any], at: int) -> bool:
    lock = record["lock"]
    if lock and not (lock.get("length") and at > lock["since"] + lock["length"]):
        return False
    last: int = max([record["last"], *(event["at"] for event in record["events"])])
    return at - last > (_QUARTER if record["failures"] or record["events"] else HOUR)


def _caller_is_over(record: Mapping[str, Any], at: int) -> bool:
    times: list[int] = [entry[0] for entry in record["tries"]] + list(record["accounts"].values()) + [record["alarm"]]
    return at - max(times) > HOUR


def _codes_are_over(record: Mapping[str, Any], at: int) -> bool:
    return all(at - state["at"] > DAY for state in record["codes"].values())


_IS_OVER: Mapping[str, Callable[..., bool]] = {
    lockout.ACCOUNTS: _account_is_over,
    caller_limits.CALLER_TRIES: _caller_is_over,
    one_time_codes.CODES: _codes_are_over,
    line_limits.LINE_TRIES: line_limits.line_is_over,
}
