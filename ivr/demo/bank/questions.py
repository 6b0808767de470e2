"""How questions to the demo bank look and how they are refused. Shapes only; nothing here reads the book."""

from __future__ import annotations

from typing import Annotated

import msgspec


class UnknownError(Exception):
    """The bank has no such thing; the text may be shown and holds nothing that was asked."""


class UnclearError(Exception):
    """The question lacks something; the text says what and holds nothing that was asked."""


class ByNumber(msgspec.Struct):
    """By the caller's number, as the carrier gives it."""

    number: str


class OfCustomer(msgspec.Struct):
    """By the bank's own key."""

    customer: str


class OfAccount(msgspec.Struct):
    """By what a caller would be verified with: the card where one was typed, else the caller's number."""

    number: str | None = None
    card: str | None = None


class Claim(msgspec.Struct):
    """A claimed identity, always with the PIN.

    `card`, or `number` with the last four of the card (`card_tail`) or of the identity number (`id_tail`, X as X).
    """

    pin: str
    number: str | None = None
    card: str | None = None
    card_tail: str | None = None
    id_tail: str | None = None


class Page(msgspec.Struct):
    """A stretch of a customer's transactions."""

    customer: str
    limit: Annotated[int, msgspec.Meta(ge=1, le=20)] = 3
    offset: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0


class InCity(msgspec.Struct):
    """A stretch of the branches of a city, in Chinese or English or by its area code; no city means all."""

    city: str | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=20)] = 20
    offset: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0


class NewPin(msgspec.Struct):
    """The query PIN that a customer wants from now on."""

    customer: str
    new_pin: str
