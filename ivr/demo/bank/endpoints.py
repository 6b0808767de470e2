"""The questions that the demo bank answers, by name. Reads and changes the store. Must not use HTTP."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from .money import balance, credit_card, limits, report_loss, transactions
from .questions import ByNumber, Claim, InCity, NewPin, OfAccount, OfCustomer, Page
from .store import StoredAnswer
from .who import account, caller, change_pin, contact, phone, verify


def branches(db: sqlite3.Connection, _now: datetime, asked: InCity) -> StoredAnswer:
    """Return the branches of one city or all; an empty list for a city without a branch."""
    city = (asked.city or "").strip().removesuffix("市").lower()
    rows = db.execute(
        "SELECT * FROM branches WHERE ? IN ('', city, lower(city_en), area_code) ORDER BY position LIMIT ? OFFSET ?",
        (city, asked.limit + 1, asked.offset),
    ).fetchall()
    items = [_branch(row) for row in rows[: asked.limit]]
    return {
        "count": len(items),
        "items": items,
        "more": len(rows) > asked.limit,
        "next_offset": asked.offset + len(items),
        "first": items[0] if items else None,
    }


def _branch(row: sqlite3.Row) -> StoredAnswer:
    columns = ("city", "city_en", "name", "name_en", "address", "address_en", "opens", "closes", "phone")
    weekend = bool(row["weekend"])
    days = {"days": "每天" if weekend else "周一到周五", "days_en": "every day" if weekend else "Monday to Friday"}
    return {**{name: row[name] for name in columns}, **days, "weekend": weekend}


@dataclass(frozen=True)
class Endpoint:
    """A question that the bank answers. With `changes` it writes, so it must run once per idempotency key."""

    question: type[msgspec.Struct]
    answer: Callable[[sqlite3.Connection, datetime, Any], StoredAnswer]
    changes: bool = False


ENDPOINTS = {
    "caller": Endpoint(ByNumber, caller),
    "account": Endpoint(OfAccount, account),
    "contact": Endpoint(OfAccount, contact),
    "verify": Endpoint(Claim, verify),
    "phone": Endpoint(OfCustomer, phone),
    "balance": Endpoint(OfCustomer, balance),
    "transactions": Endpoint(Page, transactions),
    "credit_card": Endpoint(OfCustomer, credit_card),
    "limits": Endpoint(OfCustomer, limits),
    "report_loss": Endpoint(OfCustomer, report_loss, changes=True),
    "change_pin": Endpoint(NewPin, change_pin, changes=True),
    "branches": Endpoint(InCity, branches),
}
