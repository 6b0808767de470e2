"""The fields of questions to the demo bank, and its refusals. Must not read the store."""

from __future__ import annotations

from typing import Annotated

import msgspec


class UnknownError(Exception):
    """The bank has no such object; the text may be shown, and holds no value of the question."""


class UnclearError(Exception):
    """The question lacks a field; the text names it, and holds no value of the question."""


class ByNumber(msgspec.Struct):
    """The caller's number, as the carrier sends it."""

    number: str


class OfCustomer(msgspec.Struct):
    """The bank's own key of a customer."""

    customer: str


class OfAccount(msgspec.Struct):
    """The account to verify: the card or identity number if one was typed, else the caller's number, and a tail."""

    number: str | None = None
    card: str | None = None
    id: str | None = None
    card_tail: str | None = None
    id_tail: str | None = None


class Claim(msgspec.Struct):
    """A claimed identity, always with the PIN.

    `card` or `id` (whole numbers), or `number` with the last four of the card (`card_tail`) or of the identity number
    (`id_tail`, X as X).
    """

    pin: str
    number: str | None = None
    card: str | None = None
    id: str | None = None
    card_tail: str | None = None
    id_tail: str | None = None


class Page(msgspec.Struct):
    """A page of a customer's transactions."""

    customer: str
    limit: Annotated[int, msgspec.Meta(ge=1, le=20)] = 3
    offset: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0


class InCity(msgspec.Struct):
    """A page of the branches of a city, named in Chinese or English or by area code; no city means all."""

    city: str | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=20)] = 20
    offset: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0


class NewPin(msgspec.Struct):
    """A new query PIN of a customer."""

    customer: str
    new_pin: str
