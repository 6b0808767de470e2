"""The figures of identity checks, each with its source: lengths, tries, times. Must hold no logic.

No other module of `ivr/` repeats them. The demo bank is a separate system with its own.
"""

from __future__ import annotations

from dataclasses import dataclass

MINUTE, HOUR, DAY = 60, 3600, 86_400

PIN_DIGITS = 6
"""Digits of a query PIN, as banks in China give them out. Phrasebooks name it as `{pin_digits}`."""
CODE_DIGITS = 6
"""Digits of a one-time code (NIST SP 800-63B 3.1.3). Phrasebooks name it as `{code_digits}`."""
TRIES_A_CALL = 3
"""Wrong answers that one call may give before a person takes over (bank practice: three)."""
CODE_TYPING_SECONDS = 30.0
"""Seconds to wait for the first key of a code: the message must arrive, and the telephone is at the caller's ear."""
CODES_A_VISIT = 2
"""One-time codes that may be sent per visit; the second replaces an expired one."""

MESSAGES_AN_HOUR = 2000
"""Text messages within an hour over all numbers: a bound on the bill, and on messages that no customer asked for."""


@dataclass(frozen=True)
class Limits:
    """Limits of guessing. Times are in seconds.

    Sources: five tries are bank practice; a lock ends, because a stranger who knows the end of a card could else
    lock its owner out for good; NIST SP 800-63B allows at most 100
    failures in a row and PCI DSS 8.3.4 at most 10 before a lock; one-time codes follow 800-63B 3.1.3 (six digits, at
    most ten minutes) and the 60 to 120 seconds that banks use.
    """

    tries_a_day: int = 5
    """Wrong answers in a row within any 24 hours that lock an account."""
    tries_in_all: int = 20
    """Wrong answers in a row over any time after which each further one locks an account, against slow guessing."""
    most_in_all: int = 100
    """Wrong answers in a row over any time after which only an operator lifts the lock (NIST SP 800-63B 3.2.2)."""
    waits: tuple[int, ...] = (0, 0, 0, 30, 5 * MINUTE, HOUR)
    """The pause after the first, second ... wrong answer in a row; the last value applies to all further ones.

    The first three are 0, so that a customer who used the three tries of one call can call again with the card in hand.
    """
    reopen_after: int | None = DAY
    """Seconds until the first lock by wrong answers ends; None: only an operator lifts it. At least a day, within which
    no more than `tries_a_day` may be checked. Each further lock lasts twice as long, until an answer is right."""
    longest_lock: int = 30 * DAY

    number_tries: int = 10
    number_accounts: int = 10
    """Maximum failed tries, and different accounts, of one number per hour."""
    block_tries: int = 60
    block_accounts: int = 60
    """The same for a block of a hundred neighbouring numbers, against an attacker who rents a range."""
    shared_tries: int = 100
    shared_accounts: int = 300
    """The same for all callers of one shared counter (withheld numbers, malformed numbers, one SIP host).

    Higher than for a single number, since one caller would otherwise lock out all others. Needed, since an attacker can
    withhold the number.
    """

    line_tries: int = 500
    """Failed tries on one called number per hour that raise an alarm; no caller is refused for them."""

    code_seconds: int = 120
    code_tries: int = 3
    codes_in_ten_minutes: int = 3
    codes_a_day: int = 10
