"""Cache the requests of successful calls of a script by the answers before them, to spare the player.

The player is deterministic: equal answers to a script lead to equal requests, waits and results. Successful calls are
stored as a tree; a later call follows it while the server answers with the same bytes, and is played in full from the
first new answer. Only the call's identifiers differ, and are replaced.
"""

from __future__ import annotations

import contextlib
import itertools
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl, quote_plus

from ivr.carrier.requests import PhoneLine, derived_sid, signature_of, text_to_sign
from ivr.carrier.transport import CarrierAnswer

MOST_REQUESTS = 2000
"""Maximum cached requests per script; further ones are played in full each time."""
_MOST_SIDS = 20
_SID = re.compile(r"[A-Z]{2}[0-9a-f]{32}")
_TOKEN, _SIGNATURE = "I-Twilio-Idempotency-Token", "X-Twilio-Signature"

AnswerKey = tuple[int, str, bytes]


@dataclass
class SentRequest:
    """A request as the player sent it, with its meaning. `wait` is in seconds of the call, `thinks` counts acts."""

    method: str
    url: str
    body: bytes
    headers: Mapping[str, str]
    wait: float
    thinks: int
    answer: CarrierAnswer | None = None
    step: tuple[str, int] = ("", 0)
    aside: bool = False
    heard: bool = False


class Unrepeatable(Exception):
    """A request cannot be repeated for another call, because it contains data of its own call."""


class RequestTemplate:
    """The template of a request, from which the same request of another call is made."""

    def __init__(self, sent: SentRequest, line: PhoneLine, call_sid: str) -> None:
        self.method = sent.method
        self._url = sent.url
        self._body = sent.body.decode()
        self._headers = {name: value for name, value in sent.headers.items() if name not in (_TOKEN, _SIGNATURE)}
        self._key = line.token
        form = dict(parse_qsl(self._body, keep_blank_values=True))
        self._signed = text_to_sign(line.public(sent.url), form)
        self._sids = tuple(_sids(f"{self._url} {self._signed}", line.account, call_sid))
        self._timestamp = form.get("Timestamp", "")
        # A cookie binds a request to its own call. A signature that does not come out the same was made over another
        # address, and a repeated one would be refused.
        if "Cookie" in sent.headers or (
            self._key and signature_of(self._key, self._signed) != sent.headers[_SIGNATURE]
        ):
            raise Unrepeatable

    def made_for(self, call_sid: str, number: int) -> tuple[str, bytes, dict[str, str]]:
        """Return URL, body and headers of the `number`-th request of another call."""
        url, body, signed = self._url, self._body, self._signed
        for old, kind, place in self._sids:
            new = derived_sid(kind, call_sid, place) if place else call_sid
            url, body, signed = url.replace(old, new), body.replace(old, new), signed.replace(old, new)
        if self._timestamp:
            # A status callback says when it was sent.
            now = _formatted(int(time.time()))
            body = body.replace(quote_plus(self._timestamp), quote_plus(now))
            signed = signed.replace(self._timestamp, now)
        headers = {**self._headers, _TOKEN: f"{call_sid[2:]}{number}"}
        if self._key:
            headers[_SIGNATURE] = signature_of(self._key, signed)
        return url, body.encode(), headers


@lru_cache(maxsize=4)
def _formatted(second: int) -> str:
    return formatdate(second)


def _sids(text: str, account: str, call_sid: str) -> Sequence[tuple[str, str, int]]:
    """Return every identifier in a text, with its index among those that the player made for this call."""
    made = {derived_sid(kind, call_sid, place): place for kind in ("CA", "RE", "QU") for place in range(1, _MOST_SIDS)}
    made[call_sid] = 0
    foreign = dict.fromkeys(sid for sid in _SID.findall(text) if sid != account)
    # An identifier that the server made up cannot be known for another call.
    if any(sid not in made for sid in foreign):
        raise Unrepeatable
    return [(sid, sid[:2], made[sid]) for sid in foreign]


class Following(NamedTuple):
    """The continuation after an answer: whether a prompt is played, and the next request, if there is one."""

    heard: bool
    request: PlannedRequest | None


@dataclass(eq=False)
class PlannedRequest:
    """One request of the tree, with the continuation of each answer."""

    template: RequestTemplate
    wait: float
    thinks: int
    step: tuple[str, int]
    aside: bool
    by_answer: dict[AnswerKey, Following] = field(default_factory=dict)

    def following(self, answer: CarrierAnswer, call_sid: str) -> Following | None:
        """Return the continuation of an answer, if an earlier call received the same."""
        return self.by_answer.get(answer_key(answer, call_sid))


class CallMemo:
    """The tree of one script."""

    def __init__(self) -> None:
        self.first: PlannedRequest | None = None
        self._requests = 0

    def keep(self, sent: Sequence[SentRequest], line: PhoneLine, call_sid: str) -> None:
        """Store a successful call, as far as it can be repeated."""
        with contextlib.suppress(Unrepeatable):
            self.first = self.first or self._planned(sent[0], line, call_sid)
            planned: PlannedRequest | None = self.first
            for request, then in itertools.pairwise((*sent, None)):
                if request is None or planned is None or request.answer is None:
                    return
                key = answer_key(request.answer, call_sid)
                following = planned.by_answer.get(key)
                if following is None:
                    # The next request would carry the cookie of this call.
                    if request.answer.cookies:
                        return
                    following = Following(request.heard, self._planned(then, line, call_sid) if then else None)
                    planned.by_answer[key] = following
                planned = following.request

    def _planned(self, sent: SentRequest, line: PhoneLine, call_sid: str) -> PlannedRequest:
        if self._requests >= MOST_REQUESTS:
            raise Unrepeatable
        self._requests += 1
        return PlannedRequest(RequestTemplate(sent, line, call_sid), sent.wait, sent.thinks, sent.step, sent.aside)


def answer_key(answer: CarrierAnswer, call_sid: str) -> AnswerKey:
    """Return the key of an answer, which is equal in every call of the script."""
    # The call's own id is all by which equal answers differ.
    return answer.status, answer.content_type, answer.body.replace(call_sid.encode(), b"")
