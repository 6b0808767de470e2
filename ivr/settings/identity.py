"""The figures of identity checks, each with its source: lengths, tries, times. Must hold no logic.

They stand nowhere else in `ivr/`. The demo bank is a system of its own and has its own.
"""

from __future__ import annotations

from dataclasses import dataclass

MINUTE, HOUR, DAY = 60, 3600, 86_400

PIN_DIGITS = 6
"""Digits of a query PIN, as banks in China give them out. The phrasebook says the number in words (`entry_pin`)."""
CODE_DIGITS = 6
"""Digits of a one-time code (NIST SP 800-63B 3.1.3). The phrasebook says the number in words (`entry_otp`)."""
TRIES_A_CALL = 3
"""Wrong answers that one call may give before a person takes over (bank practice: three)."""
CODE_TYPING_SECONDS = 30.0
"""How long the first key of a code may take: the message has to arrive, and the telephone is at the caller's ear."""
CODES_A_VISIT = 2
"""One-time codes that one visit may be sent, the second because the first ran out."""


@dataclass(frozen=True)
class Limits:
    """How often somebody may guess. Times are seconds.

    Sources: five tries and the lock that only a person lifts are bank practice; NIST SP 800-63B allows at most 100
    failures in a row and PCI DSS 8.3.4 at most 10 before a lock; one-time codes follow 800-63B 3.1.3 (six digits, at
    most ten minutes) and the 60 to 120 seconds that banks use.
    """

    tries_a_day: int = 5
    """Wrong answers in a row within any 24 hours that lock an account."""
    tries_in_all: int = 20
    """Wrong answers in a row over any time that lock an account: whoever guesses slowly is stopped as well."""
    waits: tuple[int, ...] = (0, 0, 0, 30, 5 * MINUTE, HOUR)
    """The pause after the first, second ... wrong answer in a row; the last one holds for all that follow.

    Who used the three tries of one call may try again in the next: a customer who dials anew with the card in hand.
    """
    reopen_after: int | None = None
    """Seconds until a lock by wrong answers falls by itself; None: an operator lifts it."""

    number_tries: int = 10
    number_accounts: int = 10
    """Failed tries, and different accounts, that one number may make in an hour."""
    block_tries: int = 60
    block_accounts: int = 60
    """The same for a hundred neighbouring numbers: a firm's lines, or somebody walking through rented ones."""
    shared_tries: int = 100
    shared_accounts: int = 300
    """The same for callers that cannot be told apart (withheld, odd, one SIP host).

    Why so high: they share a counter, and the bound of a single number would let one of them shut out all the others.
    Why at all: whoever guesses is free to withhold the number.
    """

    line_tries: int = 500
    """Failed tries on one called number in an hour that raise an alarm; nobody is refused for them."""

    code_seconds: int = 120
    code_tries: int = 3
    codes_in_ten_minutes: int = 3
    codes_a_day: int = 10
