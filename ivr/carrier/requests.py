"""Make the requests of one call as Twilio does: standard parameters, signature, cookies, redirects."""

from __future__ import annotations

import hmac
import secrets
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import blake2b
from typing import Literal
from urllib.parse import quote_plus, urljoin, urlsplit, urlunsplit

from .transport import ANSWER_SECONDS, CarrierAnswer, NoAnswer, Transport
from .twiml import OWN_RULE, TwimlFault

Purpose = Literal[
    "voice",
    "gather",
    "record",
    "dial",
    "enqueue",
    "wait",
    "redirect",
    "fallback",
    "status",
    "recording",
    "agent",
    "moved",
]
MOST_REDIRECTS = 10
DEMO_ACCOUNT = "AC" + "0" * 32


@dataclass(frozen=True)
class PhoneLine:
    """Caller, called number, and the number's webhooks.

    Without `token`, requests are not signed. `public_url` is the scheme and host in the signed URL if it differs from
    `voice_url`, as behind a proxy. `parent` is the call that dialled this one, if any;
    `forwarded_from` the number that the caller dialled before the call was diverted here.
    """

    voice_url: str
    caller: str = "+8613800000001"
    called: str = "+861055550000"
    token: str = ""
    account: str = DEMO_ACCOUNT
    status_url: str = ""
    fallback_url: str = ""
    public_url: str = ""
    direction: str = "inbound"
    parent: str = ""
    forwarded_from: str = ""

    def public(self, url: str) -> str:
        """Return a URL as the server knows it, which is how it is signed."""
        base, public = _base(self.voice_url), self.public_url.rstrip("/")
        return public + url[len(base) :] if public and url.startswith(base) else url

    def real(self, url: str) -> str:
        """Return the URL to connect to, with the overrides after # for the transport."""
        base, public = _base(self.voice_url), self.public_url.rstrip("/")
        return base + url[len(public) :] if public and url.startswith(public) else url


@dataclass(frozen=True)
class Exchange:
    """One request and its answer. `seconds` is the duration on the machine's clock; `status` 0 means no answer."""

    call_sid: str
    purpose: Purpose
    method: str
    url: str
    status: int
    seconds: float
    size: int
    problem: str = ""


ExchangeWatch = Callable[[Exchange], None]


def beside(watch: ExchangeWatch | None) -> ExchangeWatch | None:
    """Return a watch for the requests of a dialled leg, which reports them with the purpose "agent"."""
    return None if watch is None else lambda exchange: watch(replace(exchange, purpose="agent"))


def new_sid(kind: str) -> str:
    """Return an identifier like Twilio's: two letters and 32 hexadecimal digits."""
    return kind + secrets.token_hex(16)


def derived_sid(kind: str, call_sid: str, place: int) -> str:
    """Return the identifier of the `place`-th thing that a call makes; the same call makes the same ones again."""
    return kind + blake2b(f"{call_sid}/{place}".encode(), digest_size=16).hexdigest()


def signature(token: str, url: str, form: Mapping[str, str]) -> str:
    """Compute X-Twilio-Signature of a voice request by Twilio's rules."""
    return signature_of(token, text_to_sign(url, form))


def signature_of(token: str, text: str) -> str:
    """Sign a text that `text_to_sign` made.

    The arithmetic is that of twilio's RequestValidator, without its search for repeated fields, which costs a load
    test more than the request itself.
    """
    # The key's part of an HMAC is the same for every text; copying it saves half of the hashing.
    signer = _signer(token).copy()
    signer.update(text.encode())
    return b64encode(signer.digest()).decode()


@lru_cache(maxsize=16)
def _signer(token: str) -> hmac.HMAC:
    return hmac.new(token.encode(), digestmod="sha1")


def text_to_sign(url: str, form: Mapping[str, str]) -> str:
    """Return what a signature is computed over."""
    return _signed_url(url) + "".join([name + form[name] for name in sorted(form)])


@lru_cache(maxsize=4096)
def _signed_url(url: str) -> str:
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    if parts.scheme == "https":
        # Twilio's rule for voice: the port is signed with http and dropped with https.
        host = host.removesuffix(f":{parts.port}") if parts.port else host
    return f"{parts.scheme}://{host}" + url.partition("://")[2].partition("#")[0][len(parts.netloc) :]


def encoded_form(form: Mapping[str, str]) -> str:
    """Return the form as `urllib.parse.urlencode` does; most fields are the same in every request of a call."""
    return "&".join([f"{_quoted(name)}={_quoted(value)}" for name, value in form.items()])


_quoted = lru_cache(maxsize=4096)(quote_plus)
resolved_url = lru_cache(maxsize=4096)(urljoin)
"""Return an address as its page means it."""


class Carrier:
    """The requests of one call."""

    def __init__(
        self, line: PhoneLine, transport: Transport, call_sid: str, watch: ExchangeWatch | None = None
    ) -> None:
        self.line = line
        self.call_sid = call_sid
        self.warnings: list[TwimlFault] = []
        self._transport = transport
        self._watch = watch
        self._cookies: dict[str, str] = {}

    def ask(
        self, purpose: Purpose, method: str, url: str, extra: Mapping[str, str], *, status: str, repeat: bool = False
    ) -> tuple[CarrierAnswer, str]:
        """Make a request; return the answer and the URL that gave it. `repeat` sends it twice.

        Raises TwimlFault if no answer comes or there are more than MOST_REDIRECTS redirects.
        """
        form = {**self._standard(status), **extra}
        for _ in range(MOST_REDIRECTS):
            answer = self._twice(purpose, method, url, form) if repeat else self._once(purpose, method, url, form, {})
            if not (300 <= answer.status < 400 and answer.location):
                return answer, url
            self._warn(f"a {answer.status} answer is followed without the parameters of the request", url)
            # Twilio follows a redirect by GET and does not send Digits again, which surprises servers with trailing
            # slashes.
            method, url, form, repeat = "GET", resolved_url(url, answer.location), {}, False
        raise TwimlFault(11215, f"more than {MOST_REDIRECTS} redirects in a row", url=url)

    def _standard(self, status: str) -> dict[str, str]:
        line = self.line
        return {
            "CallSid": self.call_sid,
            "AccountSid": line.account,
            "From": line.caller,
            "To": line.called,
            "CallStatus": status,
            "ApiVersion": "2010-04-01",
            "Direction": line.direction,
            "Caller": line.caller,
            "Called": line.called,
            "FromCountry": "",
            "ToCountry": "",
            **({"ParentCallSid": line.parent} if line.parent else {}),
            **({"ForwardedFrom": line.forwarded_from} if line.forwarded_from else {}),
        }

    def _warn(self, message: str, url: str) -> None:
        self.warnings.append(TwimlFault(OWN_RULE, message, url=url, fatal=False))

    def _twice(self, purpose: Purpose, method: str, url: str, form: Mapping[str, str]) -> CarrierAnswer:
        token = {"I-Twilio-Idempotency-Token": secrets.token_hex(16)}
        first = self._once(purpose, method, url, form, token)
        again = self._once(purpose, method, url, form, token)
        if (first.status, first.body) != (again.status, again.body):
            self._warn("the same request sent again got a different answer", url)
        return again

    def _once(
        self, purpose: Purpose, method: str, url: str, form: Mapping[str, str], more: Mapping[str, str]
    ) -> CarrierAnswer:
        # Faults and exchanges name `url` only: a GET adds what was typed to the query.
        whole, posted = (_with_query(url, form), {}) if method == "GET" and form else (url, form)
        headers = {**self._headers(whole, posted), **more}
        began = time.perf_counter()
        try:
            answer = self._transport.send(method, self.line.real(whole), encoded_form(posted).encode(), headers)
        except NoAnswer as error:
            self._tell(Exchange(self.call_sid, purpose, method, url, 0, time.perf_counter() - began, 0, str(error)))
            raise TwimlFault(error.number, str(error), url=url) from None
        seconds = time.perf_counter() - began - answer.held
        self._tell(Exchange(self.call_sid, purpose, method, url, answer.status, seconds, len(answer.body)))
        if seconds > ANSWER_SECONDS:
            raise TwimlFault(11205, f"the answer took {seconds:.1f} s; a carrier waits {ANSWER_SECONDS:g}", url=url)
        for cookie in answer.cookies:
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name.strip()] = value.strip()
        return answer

    def _tell(self, exchange: Exchange) -> None:
        if self._watch is not None:
            self._watch(exchange)

    def _headers(self, url: str, form: Mapping[str, str]) -> dict[str, str]:
        headers = {
            "User-Agent": "TwilioProxy/1.1",
            "Accept": "*/*",
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "I-Twilio-Idempotency-Token": secrets.token_hex(16),
        }
        if self.line.token:
            headers["X-Twilio-Signature"] = signature(self.line.token, self.line.public(url), form)
        if self._cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        return headers


@lru_cache(maxsize=1024)
def _base(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _with_query(url: str, form: Mapping[str, str]) -> str:
    parts = urlsplit(url)
    query = "&".join(filter(None, [parts.query, encoded_form(form)]))
    return urlunsplit(parts._replace(query=query))
