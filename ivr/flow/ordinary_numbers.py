"""Which telephones this line may ring: ordinary lines that begin as line.yaml allows, and SIP addresses at its hosts.

The line must not ring a number that costs much, such as a premium number, nor carry a caller to a stranger.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

AGENT_TELEPHONES = ("+86",)
"""The beginnings of agents' numbers, unless line.yaml says otherwise."""

_SIP = re.compile(r"sips?:[^\s<>\"@;?]{1,100}@([A-Za-z0-9.-]{1,100})(:[0-9]{1,5})?")


def is_ordinary(number: str, beginnings: Sequence[str]) -> bool:
    """Return whether a number with its country code is a mobile or fixed line, and has an allowed beginning."""
    # First the beginning, which is cheap, and refuses almost everything that costs much.
    if not number.startswith(tuple(beginnings)):
        return False
    from phonenumbers import NumberParseException, PhoneNumberType, number_type, parse

    try:
        kind = number_type(parse(number, None))
    except NumberParseException:
        return False
    # FIXED_LINE_OR_MOBILE is what countries such as the USA have, whose numbers do not tell them apart.
    return kind in (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


def is_at_host(address: str, beginnings: Sequence[str]) -> bool:
    """Return whether a SIP address is at one of the hosts that are allowed as sip:HOST."""
    match = _SIP.fullmatch(address)
    return match is not None and f"sip:{match[1].lower()}" in beginnings
