"""Reads the SIP messages of the line, which baresip hands out by its log only: addresses of sound, malformed calls."""

from __future__ import annotations

import logging
import re
from typing import Protocol

_CALL_ID = re.compile(r"^(?:Call-ID|i)\s*:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_HOST = re.compile(r"^c=IN IP4 ([0-9.]+)", re.MULTILINE)
_PORT = re.compile(r"^m=audio ([0-9]{1,5}) ", re.MULTILINE)
_INVITE = re.compile(r"^INVITE (.*)$", re.MULTILINE)
_CALLABLE = re.compile(r"(?:sips?|tel):[^\s<>\"]+ SIP/2\.0\r?")
_PARTY = re.compile(r"^(?:From|To|Contact|[ftm])\s*:(.*)$", re.IGNORECASE | re.MULTILINE)


class MessageReader(Protocol):
    """Receives what the messages say, from a thread of the log."""

    def announced(self, call_id: str, *, ours: bool, host: str, port: int) -> None:
        """Receive the address of sound in a message of a call."""

    def invited(self, call_id: str, *, well_formed: bool) -> None:
        """Receive whether the request for a call is one that RFC 3261 allows; baresip is more lenient."""


class SipMessages(logging.Handler):
    """The handler of baresip's message log. The messages contain numbers of callers and go nowhere else."""

    def __init__(self, reader: MessageReader) -> None:
        super().__init__(logging.DEBUG)
        self._reader = reader

    def attach(self, logger: logging.Logger) -> None:
        """Become the only reader of a log."""
        logger.setLevel(logging.DEBUG)
        logger.handlers[:] = [self]
        # Numbers of callers must not reach the log of the program.
        logger.propagate = False

    def emit(self, record: logging.LogRecord) -> None:
        """Read one message."""
        message = record.getMessage()
        call_id = _CALL_ID.search(message)
        if call_id is None:
            return
        received = message.startswith("RX")
        if received and (invite := _INVITE.search(message)):
            self._reader.invited(call_id[1], well_formed=_is_callable(invite[1], message))
        host, port = _HOST.search(message), _PORT.search(message)
        if host and port:
            self._reader.announced(call_id[1], ours=not received, host=host[1], port=int(port[1]))


def _is_callable(request: str, message: str) -> bool:
    """Return whether a request has an address that can be called and parties whose quotation marks are closed."""
    balanced = all(line.replace('\\"', "").count('"') % 2 == 0 for line in _PARTY.findall(message))
    return bool(_CALLABLE.fullmatch(request)) and balanced
