"""What can be asked of the demo bank, and the answers. Reads and changes the store; knows no HTTP and no faults."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from .questions import Claim, InCity, OfAccount, OfCustomer, OfNumber, Page
from .store import Answer, customer_row
from .who import account, caller, phone, verify


def balance(db: sqlite3.Connection, now: datetime, asked: OfCustomer) -> Answer:
    """Tell the balance and the card's state."""
    row = customer_row(db, asked.customer)
    return {
        "balance": _yuan(row["balance"]),
        "currency": "CNY",
        "card": {"tail": row["tail"], "status": "lost" if row["lost"] else "normal"},
        "as_of": now.date().isoformat(),
        "as_of_time": f"{now:%H:%M}",
    }


def transactions(db: sqlite3.Connection, now: datetime, asked: Page) -> Answer:
    """List transactions, newest first. `first`, `second` and `third` repeat the first items for flows without loops."""
    customer_row(db, asked.customer)
    rows = db.execute(
        "SELECT * FROM transactions WHERE customer = ? ORDER BY position LIMIT ? OFFSET ?",
        (asked.customer, asked.limit + 1, asked.offset),
    ).fetchall()
    items = [_booked(row, now.date()) for row in rows[: asked.limit]]
    return {
        "count": len(items),
        "items": items,
        "more": len(rows) > asked.limit,
        "next_offset": asked.offset + len(items),
        **{name: items[i] if i < len(items) else None for i, name in enumerate(("first", "second", "third"))},
    }


def report_loss(db: sqlite3.Connection, now: datetime, asked: OfCustomer) -> Answer:
    """Block the customer's card; a card that is blocked already keeps its first reference."""
    row = customer_row(db, asked.customer)
    reference = row["lost"] or _reference(db, now)
    db.execute("UPDATE customers SET lost = ? WHERE customer = ?", (reference, asked.customer))
    return {"reference": reference, "tail": row["tail"], "status": "lost", "already": bool(row["lost"])}


def branches(db: sqlite3.Connection, _now: datetime, asked: InCity) -> Answer:
    """List branches, of one city or all; a city without a branch gives an empty list."""
    city = (asked.city or "").strip().removesuffix("市").lower()
    rows = db.execute(
        "SELECT * FROM branches WHERE ? IN ('', city, lower(city_en), area_code) ORDER BY position", (city,)
    ).fetchall()
    told = ("city", "city_en", "name", "name_en", "address", "address_en", "opens", "closes", "phone")
    items = [{**{name: row[name] for name in told}, "weekend": bool(row["weekend"])} for row in rows]
    return {"count": len(items), "items": items, "first": items[0] if items else None}


@dataclass(frozen=True)
class Endpoint:
    """One thing that can be asked. `changes` says that the book is written, so that it must run once per key."""

    question: type[msgspec.Struct]
    answer: Callable[[sqlite3.Connection, datetime, Any], Answer]
    changes: bool = False


ENDPOINTS = {
    "caller": Endpoint(OfNumber, caller),
    "account": Endpoint(OfAccount, account),
    "verify": Endpoint(Claim, verify),
    "phone": Endpoint(OfCustomer, phone),
    "balance": Endpoint(OfCustomer, balance),
    "transactions": Endpoint(Page, transactions),
    "report_loss": Endpoint(OfCustomer, report_loss, changes=True),
    "branches": Endpoint(InCity, branches),
}


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def _booked(row: sqlite3.Row, today: date) -> Answer:
    income = row["amount"] > 0
    return {
        "date": (today - timedelta(days=row["days_ago"])).isoformat(),
        "amount": _yuan(abs(row["amount"])),
        "direction": "in" if income else "out",
        "direction_text": "收入" if income else "支出",
        "direction_text_en": "received" if income else "paid",
        "text": row["text"],
        "text_en": row["text_en"],
    }


def _reference(db: sqlite3.Connection, now: datetime) -> str:
    lost: int = db.execute("SELECT count(*) FROM customers WHERE lost IS NOT NULL").fetchone()[0]
    return f"GS{now:%y%m%d}{lost + 1:02d}"
