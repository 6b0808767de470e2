"""What can be asked of the demo bank, and the answers. Reads and changes the store; knows no HTTP and no faults."""

from __future__ import annotations

import hmac
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any

import msgspec

from .pins import card_digest, opens
from .store import Answer, sealed


class UnknownError(Exception):
    """The bank has no such thing; the text may be shown and holds nothing that was asked."""


class UnclearError(Exception):
    """The question lacks something; the text says what and holds nothing that was asked."""


class OfNumber(msgspec.Struct):
    """By the caller's number, as the carrier gives it."""

    number: str


class OfCustomer(msgspec.Struct):
    """By the bank's own key."""

    customer: str


class Claim(msgspec.Struct):
    """Who somebody claims to be: `card`, or `number` with the last four digits of the card; always with the PIN."""

    pin: str
    number: str | None = None
    card: str | None = None
    card_tail: str | None = None


class Page(msgspec.Struct):
    """A stretch of a customer's transactions."""

    customer: str
    limit: Annotated[int, msgspec.Meta(ge=1, le=20)] = 3
    offset: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0


class InCity(msgspec.Struct):
    """A city in Chinese or English or by its area code; none for all."""

    city: str | None = None


def caller(db: sqlite3.Connection, now: datetime, asked: OfNumber) -> Answer:
    """Tell who calls from a number."""
    row = db.execute("SELECT * FROM customers WHERE number = ?", (_e164(asked.number),)).fetchone()
    if row is None:
        raise UnknownError("no customer has this number")
    return {
        **{name: row[name] for name in ("customer", "name", "segment", "born")},
        "age": _age(date.fromisoformat(row["born"]), now.date()),
        "known": True,
        "cards": 1,
    }


def verify(db: sqlite3.Connection, _now: datetime, asked: Claim) -> Answer:
    """Check a claim. An unknown account, a wrong tail and a wrong PIN get the same answer after the same work."""
    if asked.card:
        number, card, tail = "", card_digest(asked.card), asked.card[-4:]
    elif asked.number and asked.card_tail is not None:
        number, card, tail = _e164(asked.number), b"", asked.card_tail
    else:
        raise UnclearError("give card, or number and card_tail")
    # Whoever is unknown is checked against somebody else's row, so that the same work is done.
    row = db.execute(
        "SELECT * FROM customers ORDER BY (number = ? OR card = ?) DESC LIMIT 1", (number, card)
    ).fetchone()
    known = row["number"] == number or row["card"] == card
    right_pin = opens(asked.pin, sealed(row))
    right_tail = hmac.compare_digest(tail.encode(), row["tail"].encode())
    if not known & right_pin & right_tail:
        return {"verified": False}
    return {"verified": True, "customer": row["customer"], "card": {"tail": row["tail"]}}


def balance(db: sqlite3.Connection, now: datetime, asked: OfCustomer) -> Answer:
    """Tell the balance and the card's state."""
    row = _customer(db, asked.customer)
    return {
        "balance": _yuan(row["balance"]),
        "currency": "CNY",
        "card": {"tail": row["tail"], "status": "lost" if row["lost"] else "normal"},
        "as_of": now.date().isoformat(),
        "as_of_time": f"{now:%H:%M}",
    }


def transactions(db: sqlite3.Connection, now: datetime, asked: Page) -> Answer:
    """List transactions, newest first. `first`, `second` and `third` repeat the first items for flows without loops."""
    _customer(db, asked.customer)
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
    row = _customer(db, asked.customer)
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
    "verify": Endpoint(Claim, verify),
    "balance": Endpoint(OfCustomer, balance),
    "transactions": Endpoint(Page, transactions),
    "report_loss": Endpoint(OfCustomer, report_loss, changes=True),
    "branches": Endpoint(InCity, branches),
}


def _customer(db: sqlite3.Connection, key: str) -> sqlite3.Row:
    row: sqlite3.Row | None = db.execute("SELECT * FROM customers WHERE customer = ?", (key,)).fetchone()
    if row is None:
        raise UnknownError("there is no such customer")
    return row


def _e164(number: str) -> str:
    """Bring the ways in which carriers write a Chinese mobile number (+86, 86, 0086, 0, bare) to one."""
    digits = "".join(sign for sign in number if sign in "0123456789")
    local = digits[-11:]
    return f"+86{local}" if digits[:-11] in ("", "0", "86", "0086") else f"+{digits}"


def _age(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


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
