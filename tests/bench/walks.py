"""The calls that every contender answers: six turns each, as the carrier's signed requests, prepared before timing.

Each turn names words that its reply must say, and `check` walks every contender once before it is measured.
"""

from __future__ import annotations

import base64
import hmac
import html
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

from twilio.request_validator import RequestValidator

TOKEN = "9f2c61d7b04e8a35f6d19c7e20b8435a"
"""Shaped like the carrier's own: the server refuses tokens that look like samples of a manual."""
HOST = "ivr.example.com"
BASE = f"http://{HOST}"
CUSTOMER = "+8613800000001"
NOBODY = "anonymous"
"""A withheld number: no bank is asked who is calling."""


@dataclass(frozen=True)
class Turn:
    """What the caller did, where each contender's reply told the carrier to post it, and what the next one says."""

    ours: str
    peer: str
    says: str
    did: tuple[tuple[str, str], ...] = ()

    def path(self, contender: str) -> str:
        """Return the address for a contender; every contender but the peer is asked for ours."""
        return self.peer if contender.startswith("peer") else self.ours


@dataclass(frozen=True)
class Walk:
    """One call: who calls, and its turns."""

    caller: str
    turns: tuple[Turn, ...]


@dataclass(frozen=True)
class Posted:
    """One signed request."""

    path: str
    body: bytes
    signature: str

    def environ(self) -> dict[str, Any]:
        """Return the environ that a server hands to a WSGI application."""
        path, _, query = self.path.partition("?")
        return {
            "REQUEST_METHOD": "POST",
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8080",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(self.body)),
            "HTTP_HOST": HOST,
            "HTTP_USER_AGENT": "TwilioProxy/1.1",
            "HTTP_ACCEPT": "*/*",
            "HTTP_X_TWILIO_SIGNATURE": self.signature,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            # A stream is used up by the one answer, so each request gets a new environment.
            "wsgi.input": io.BytesIO(self.body),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }

    def wire(self) -> bytes:
        """Return the request as it goes over a connection that is kept open."""
        head = (
            f"POST {self.path} HTTP/1.1\r\nHost: {HOST}\r\nUser-Agent: TwilioProxy/1.1\r\nAccept: */*\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(self.body)}\r\n"
            f"X-Twilio-Signature: {self.signature}\r\n\r\n"
        )
        return head.encode() + self.body


def _key(digits: str) -> tuple[tuple[str, str], ...]:
    return (("Digits", digits), ("FinishedOnKey", ""), ("msg", "Gather End"))


def _words(text: str) -> tuple[tuple[str, str], ...]:
    return (("SpeechResult", text), ("Confidence", "0.93"))


BUSY = (("DialCallStatus", "busy"), ("DialCallSid", "CA" + "d" * 32))

ALONE = Walk(
    NOBODY,
    (
        Turn("/twilio/voice", "/voice", "欢迎致电示范银行"),
        Turn("/twilio/turn/1", "/menu?lang=zh", "请再选一次", _key("9")),
        Turn("/twilio/turn/2", "/menu?lang=zh", "For your balance, press 1", _key("8")),
        Turn("/twilio/turn/3", "/menu?lang=en", "查询余额，请按1", _key("8")),
        Turn("/twilio/turn/4", "/menu?lang=zh", "正在为您转接人工服务", _key("0")),
        Turn("/twilio/turn/5", "/dialled", "人工座席都在通话中", BUSY),
    ),
)
"""Answer, a wrong key, English, back, a person, who is busy: no back end is asked."""

BANKING = Walk(
    CUSTOMER,
    (
        Turn("/twilio/voice", "/voice", "欢迎致电示范银行"),
        Turn("/twilio/turn/1", "/menu?lang=zh", "最后四位数字", _key("1")),
        Turn("/twilio/turn/2", "/tail", "请输入六位查询密码", _key("0128")),
        Turn("/twilio/turn/3", "/pin?tail=0128", "余额为一万二千三百四十五元六角七分", _key("135790")),
        Turn("/twilio/turn/4", "/after_balance", "餐饮消费，支出三十六元五角", _key("2")),
        Turn("/twilio/turn/5", "/after_transactions", "感谢您的来电，再见", _key("9")),
    ),
)
"""Answer, balance, card, PIN, transactions, end: the bank is asked five times."""

SPOKEN = Walk(
    CUSTOMER,
    (
        Turn("/twilio/voice", "/voice", "欢迎致电示范银行"),
        Turn("/twilio/turn/1", "/menu?lang=zh", "最后四位数字", _words("查询余额")),
        Turn("/twilio/turn/2", "/tail", "请输入六位查询密码", _key("0128")),
        Turn("/twilio/turn/3", "/pin?tail=0128", "余额为一万二千三百四十五元六角七分", _key("135790")),
        Turn("/twilio/turn/4", "/after_balance", "餐饮消费，支出三十六元五角", _words("最近交易")),
        Turn("/twilio/turn/5", "/after_transactions", "感谢您的来电，再见", _words("结束通话")),
    ),
)
"""The same, by voice where the menu takes it."""

WALKS = {"menus": ALONE, "banking": BANKING, "spoken": SPOKEN}


def call_id(number: int) -> str:
    """Name a call as the carrier does."""
    return f"CA{number:032x}"


def requests(walk: Walk, number: int, contender: str) -> list[Posted]:
    """Sign one whole call."""
    return [post(turn.path(contender), form(walk.caller, number, turn.did)) for turn in walk.turns]


def calls(walk: Walk, numbers: Iterable[int], contender: str) -> Iterator[list[Posted]]:
    """Sign calls one after the other."""
    return (requests(walk, number, contender) for number in numbers)


def form(caller: str, number: int, did: tuple[tuple[str, str], ...] = ()) -> dict[str, str]:
    """Return what Twilio posts with every voice request."""
    places = {
        f"{side}{what}": value
        for side in ("Caller", "Called", "From", "To")
        for what, value in (("City", ""), ("State", ""), ("Zip", ""), ("Country", "CN"))
    }
    return {
        "AccountSid": "AC" + "0" * 32,
        "ApiVersion": "2010-04-01",
        "CallSid": call_id(number),
        "CallStatus": "in-progress",
        "Called": "+864008000001",
        "Caller": caller,
        "Direction": "inbound",
        "From": caller,
        "To": "+864008000001",
        **places,
        **dict(did),
    }


def post(path: str, fields: dict[str, str]) -> Posted:
    """Sign one request."""
    body = "&".join(f"{name}={quote_plus(value)}" for name, value in fields.items())
    return Posted(path, body.encode(), signature(BASE + path, fields))


def signature(url: str, fields: dict[str, str]) -> str:
    """Sign as the carrier does, without the library, which is too slow to prepare thousands of calls with."""
    text = url + "".join(name + fields[name] for name in sorted(fields))
    return base64.b64encode(hmac.digest(TOKEN.encode(), text.encode(), "sha1")).decode()


def check(walk: Walk, replies: Sequence[bytes], contender: str) -> None:
    """Raise RuntimeError where a contender's replies to one walk do not say what they should."""
    # The constant server says Hello to every request.
    if contender.startswith("constant"):
        return
    for turn, reply in zip(walk.turns, replies, strict=True):
        if turn.says not in html.unescape(reply.decode()):
            text = re.sub(r"<[^>]*>|\s+", " ", reply.decode()).strip()
            raise RuntimeError(f"{contender}: {turn.path(contender)} should say {turn.says}, but says {text[:200]}")


def prove() -> None:
    """Make sure that these signatures are the carrier's."""
    # The address has a query, which is signed with the path.
    fields = form(CUSTOMER, 1, _key("1"))
    expected = RequestValidator(TOKEN).compute_signature(f"{BASE}/menu?lang=zh", fields)
    assert signature(f"{BASE}/menu?lang=zh", fields) == expected
