"""Identify and verify customers. Answers and response times must not reveal whether an account exists."""

from __future__ import annotations

import hmac
import sqlite3
from datetime import date, datetime

from .pins import account_id, cost_of, is_weak, number_digest, opens, seal
from .questions import ByNumber, Claim, NewPin, OfAccount, OfCustomer, UnclearError, UnknownError
from .store import StoredAnswer, book_key, customer_row


def caller(db: sqlite3.Connection, now: datetime, asked: ByNumber) -> StoredAnswer:
    """Return the customer with a number. Raises UnknownError."""
    row = db.execute("SELECT * FROM customers WHERE number = ?", (_e164(asked.number),)).fetchone()
    if row is None:
        raise UnknownError("no customer has this number")
    return {
        **{name: row[name] for name in ("customer", "name", "segment", "born")},
        "age": _age(date.fromisoformat(row["born"]), now.date()),
        "known": True,
        "cards": 1,
    }


def account(db: sqlite3.Connection, _now: datetime, asked: OfAccount) -> StoredAnswer:
    """Return the account under which tries are counted; it is the same for a customer's number and card.

    A wrong tail names another one, so that tries with it do not lock out the customer.
    """
    row, exists = _claimed(db, asked)
    whole = asked.card or asked.id
    number = f"{_e164(asked.number or '')} {asked.card_tail or ''} {(asked.id_tail or '').upper()}"
    # The x of an identity number is typed in either case.
    claimed = number_digest(whole.upper()) if whole else number.rstrip().encode()
    invented = account_id(book_key(db), b"unknown " + claimed)
    held = account_id(book_key(db), b"customer " + row["customer"].encode())
    return {"account": held if exists else invented}


def contact(db: sqlite3.Connection, _now: datetime, asked: OfAccount) -> StoredAnswer:
    """Return the mobile number on file of a claim; an empty one if there is no such customer."""
    row, exists = _claimed(db, asked)
    return {"number": row["number"] if exists else ""}


def verify(db: sqlite3.Connection, _now: datetime, asked: Claim) -> StoredAnswer:
    """Check a claim. An unknown account, a wrong tail and a wrong PIN get the same answer after the same work."""
    by_number = asked.number and (asked.card_tail is not None or asked.id_tail is not None)
    if not (asked.card or asked.id or by_number):
        raise UnclearError("give card, id, or number and one of card_tail and id_tail")
    row, exists = _nearest(db, asked)
    # Also for an unknown account, with the row of another: the time of an answer must not tell them apart.
    right_pin = opens(asked.pin, row["pin"])
    right_tail = _is_tail(asked.card_tail, row["tail"]) & _is_tail(asked.id_tail, row["id_tail"])
    # & and not `and`, which would stop at the first wrong part and answer sooner.
    if not exists & right_pin & right_tail:
        return {"verified": False}
    return {"verified": True, "customer": row["customer"], "card": {"tail": row["tail"]}}


def phone(db: sqlite3.Connection, _now: datetime, asked: OfCustomer) -> StoredAnswer:
    """Return the mobile number on file, to which codes and messages are sent."""
    return {"number": customer_row(db, asked.customer)["number"]}


def change_pin(db: sqlite3.Connection, _now: datetime, asked: NewPin) -> StoredAnswer:
    """Replace the PIN, unless the new one is weak."""
    row = customer_row(db, asked.customer)
    if is_weak(asked.new_pin, born=row["born"], tails=(row["tail"], row["id_tail"], row["number"][-4:])):
        return {"changed": False, "reason": "weak"}
    sealed = seal(asked.new_pin, cost_of(row["pin"]))
    db.execute("UPDATE customers SET pin = ? WHERE customer = ?", (sealed, asked.customer))
    return {"changed": True}


def _claimed(db: sqlite3.Connection, asked: OfAccount) -> tuple[sqlite3.Row, bool]:
    """Return a row, and whether it is that of the claimed customer. Raises UnclearError."""
    if not (asked.card or asked.id) and asked.number is None:
        raise UnclearError("give number, card or id")
    row, exists = _nearest(db, asked)
    return row, exists & _is_tail(asked.card_tail, row["tail"]) & _is_tail(asked.id_tail, row["id_tail"])


def _nearest(db: sqlite3.Connection, asked: OfAccount | Claim) -> tuple[sqlite3.Row, bool]:
    """Return the row of a card's or identity number's owner, else of a number's, and whether one was found.

    An unknown caller gets another customer's row, so that the same work is done with it.
    """
    whole = asked.card or asked.id
    number = "" if whole else _e164(asked.number or "")
    card, identity = (number_digest(asked.card or ""), number_digest((asked.id or "").upper())) if whole else (b"", b"")
    ordered = "SELECT * FROM customers ORDER BY (number = ? OR card = ? OR identity = ?) DESC LIMIT 1"
    row = db.execute(ordered, (number, card, identity)).fetchone()
    return row, number == row["number"] or card == row["card"] or identity == row["identity"]


def _is_tail(claimed: str | None, held: str) -> bool:
    """Compare the last four digits; a tail that was not claimed matches."""
    return hmac.compare_digest((held if claimed is None else claimed.upper()).encode(), held.encode())


def _e164(number: str) -> str:
    """Return a Chinese mobile number in E.164, from any spelling of carriers (+86, 86, 0086, 0, bare)."""
    digits = "".join(sign for sign in number if sign in "0123456789")
    local = digits[-11:]
    return f"+86{local}" if digits[:-11] in ("", "0", "86", "0086") else f"+{digits}"


def _age(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
