"""The schema of the demo bank's store, and how it is filled from the data. Must not read the store."""

from __future__ import annotations

import secrets
import sqlite3
import zlib
from dataclasses import astuple
from decimal import Decimal

from .data import BRANCHES, CUSTOMERS, Customer
from .pins import number_digest, seal

SCHEMA = """
DROP TABLE IF EXISTS customers;
DROP TABLE IF EXISTS transactions;
DROP TABLE IF EXISTS credit_cards;
DROP TABLE IF EXISTS limits;
DROP TABLE IF EXISTS branches;
DROP TABLE IF EXISTS answers;
CREATE TABLE customers (
    customer TEXT PRIMARY KEY, number TEXT NOT NULL UNIQUE, name TEXT NOT NULL, segment TEXT NOT NULL,
    born TEXT NOT NULL, balance INTEGER NOT NULL, card BLOB NOT NULL UNIQUE, tail TEXT NOT NULL,
    identity BLOB NOT NULL UNIQUE, id_tail TEXT NOT NULL, pin TEXT NOT NULL, lost TEXT UNIQUE
) WITHOUT ROWID;
CREATE TABLE transactions (
    customer TEXT NOT NULL, position INTEGER NOT NULL, days_ago INTEGER NOT NULL, amount INTEGER NOT NULL,
    text TEXT NOT NULL, text_en TEXT NOT NULL, PRIMARY KEY (customer, position)
) WITHOUT ROWID;
CREATE TABLE credit_cards (
    customer TEXT PRIMARY KEY, tail TEXT NOT NULL, bill INTEGER NOT NULL, minimum INTEGER NOT NULL,
    due_day INTEGER NOT NULL, most INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE limits (
    customer TEXT PRIMARY KEY, per_transfer INTEGER NOT NULL, per_day INTEGER NOT NULL, used_today INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE branches (
    position INTEGER PRIMARY KEY, city TEXT NOT NULL, city_en TEXT NOT NULL, area_code TEXT NOT NULL,
    name TEXT NOT NULL, name_en TEXT NOT NULL, address TEXT NOT NULL, address_en TEXT NOT NULL,
    opens TEXT NOT NULL, closes TEXT NOT NULL, weekend INTEGER NOT NULL, phone TEXT NOT NULL
);
CREATE TABLE answers (
    endpoint TEXT NOT NULL, key TEXT NOT NULL, question TEXT NOT NULL, answer TEXT NOT NULL,
    PRIMARY KEY (endpoint, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS keys (name TEXT PRIMARY KEY, key BLOB NOT NULL) WITHOUT ROWID;
"""


def edition(cost: int) -> int:
    """Return the version of a newly filled store: a fingerprint, which changes with every edit to the data."""
    held = (SCHEMA, [astuple(customer) for customer in CUSTOMERS], BRANCHES, cost)
    # Shifted by one bit: SQLite keeps user_version as a signed number of 32 bits.
    return zlib.crc32(repr(held).encode()) >> 1


def seed(db: sqlite3.Connection, cost: int) -> None:
    """Fill the store anew; only the key of account names is kept."""
    for statement in SCHEMA.split(";"):  # executescript would commit the open transaction
        db.execute(statement)
    db.execute("INSERT OR IGNORE INTO keys VALUES ('account', ?)", (secrets.token_bytes(32),))
    for customer in CUSTOMERS:
        _add_customer(db, customer, cost)
    for position, branch in enumerate(BRANCHES):
        _insert(db, "branches", position, *vars(branch).values())


def _add_customer(db: sqlite3.Connection, customer: Customer, cost: int) -> None:
    _insert(
        *(db, "customers", customer.key, customer.number, customer.name, customer.segment, customer.born),
        *(_fen(customer.balance), number_digest(customer.card), customer.card[-4:]),
        *(number_digest(customer.id_number), customer.id_number[-4:]),
        *(seal(customer.pin, cost), customer.lost or None),
    )
    for position, booked in enumerate(customer.transactions):
        entry = (booked.days_ago, _fen(booked.amount), booked.text, booked.text_en)
        _insert(db, "transactions", customer.key, position, *entry)
    if card := customer.credit_card:
        bill = (_fen(card.bill), _fen(card.minimum), card.due_day, _fen(card.limit))
        _insert(db, "credit_cards", customer.key, card.tail, *bill)
    _insert(db, "limits", customer.key, *(_fen(amount) for amount in vars(customer.limits).values()))


def _fen(yuan: Decimal) -> int:
    return int(yuan * 100)


def _insert(db: sqlite3.Connection, table: str, *values: object) -> None:
    marks = ", ".join("?" * len(values))
    db.execute(f"INSERT INTO {table} VALUES ({marks})", values)  # noqa: S608 - tables are named above
