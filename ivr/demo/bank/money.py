"""Questions about balance, transactions, credit card, limits and lost cards. The engine has verified the caller."""

from __future__ import annotations

import sqlite3
from datetime import date, datetime, timedelta

from .questions import OfCustomer, Page
from .store import StoredAnswer, customer_row


def balance(db: sqlite3.Connection, now: datetime, asked: OfCustomer) -> StoredAnswer:
    """Return the balance and the card's state."""
    row = customer_row(db, asked.customer)
    return {
        "balance": _yuan(row["balance"]),
        "currency": "CNY",
        "card": {"tail": row["tail"], "status": "lost" if row["lost"] else "normal"},
        "as_of": now.date().isoformat(),
        "as_of_time": f"{now:%H:%M}",
    }


def transactions(db: sqlite3.Connection, now: datetime, asked: Page) -> StoredAnswer:
    """Return transactions, newest first. `first`, `second` and `third` repeat items, for flows without loops."""
    customer_row(db, asked.customer)
    rows = db.execute(
        "SELECT * FROM transactions WHERE customer = ? ORDER BY position LIMIT ? OFFSET ?",
        # One row more than asked for: it tells whether there are more.
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


def credit_card(db: sqlite3.Connection, now: datetime, asked: OfCustomer) -> StoredAnswer:
    """Return the credit card's bill and due date; the same fields, empty, for a customer without a card."""
    customer_row(db, asked.customer)
    row = db.execute("SELECT * FROM credit_cards WHERE customer = ?", (asked.customer,)).fetchone()
    if row is None:
        return {"has_card": False, **dict.fromkeys(("card", "bill", "minimum", "due", "limit", "currency"))}
    return {
        "has_card": True,
        "card": {"tail": row["tail"]},
        "bill": _yuan(row["bill"]),
        "minimum": _yuan(row["minimum"]),
        "due": _next(row["due_day"], now.date()).isoformat(),
        "limit": _yuan(row["most"]),
        "currency": "CNY",
    }


def limits(db: sqlite3.Connection, _now: datetime, asked: OfCustomer) -> StoredAnswer:
    """Return the limits of transfers by telephone, per transfer and per day."""
    customer_row(db, asked.customer)
    row = db.execute("SELECT * FROM limits WHERE customer = ?", (asked.customer,)).fetchone()
    return {
        **{name: _yuan(row[name]) for name in ("per_transfer", "per_day", "used_today")},
        "left_today": _yuan(row["per_day"] - row["used_today"]),
        "currency": "CNY",
    }


def report_loss(db: sqlite3.Connection, now: datetime, asked: OfCustomer) -> StoredAnswer:
    """Block the customer's card; a blocked card keeps its first reference."""
    row = customer_row(db, asked.customer)
    # A repeated report gets the reference that the customer has written down.
    reference = row["lost"] or _reference(db, now)
    db.execute("UPDATE customers SET lost = ? WHERE customer = ?", (reference, asked.customer))
    return {"reference": reference, "tail": row["tail"], "status": "lost", "already": bool(row["lost"])}


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def _booked(row: sqlite3.Row, today: date) -> StoredAnswer:
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
    """Return a new reference of digits only, since it is read out and written down by ear."""
    lost: int = db.execute("SELECT count(*) FROM customers WHERE lost IS NOT NULL").fetchone()[0]
    return f"{now:%y%m%d}{lost + 1:02d}"


def _next(day_of_month: int, today: date) -> date:
    """Return the next date with that day of the month. Days are at most 28, so every month has them."""
    if today.day <= day_of_month:
        return today.replace(day=day_of_month)
    return (today.replace(day=1) + timedelta(days=31)).replace(day=day_of_month)
