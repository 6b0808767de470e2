"""Requests at random: half of them as the carrier sends them, the others with one or two things wrong."""

from __future__ import annotations

import base64
import hmac
import io
import random
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote_plus

from tests.web_fixtures import TOKEN

HOST = "localhost"
FORM = "application/x-www-form-urlencoded"


class Torn:
    """A body whose connection breaks after its first bytes."""

    def __init__(self, first: bytes) -> None:
        self._first = first

    def read(self, size: int = -1) -> bytes:
        first, self._first = self._first, b""
        if not first:
            raise OSError("the connection is gone")
        return first


def signed(url: str, form: list[tuple[str, str]]) -> str:
    text = url + "".join(name + value for name, value in sorted(set(form)))
    return base64.b64encode(hmac.digest(TOKEN.encode(), text.encode("utf-8", "replace"), "sha1")).decode()


def environ(path: str, form: list[tuple[str, str]], query: str = "", signature: str | None = None) -> dict[str, Any]:
    """Return a request as a server hands it over, signed unless another signature is given."""
    body = "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in form).encode()
    url = f"http://{HOST}{path}" + (f"?{query}" if query else "")
    return {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": path.encode("utf-8", "replace").decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": HOST,
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_TYPE": FORM,
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_HOST": HOST,
        "HTTP_X_TWILIO_SIGNATURE": signed(url, form) if signature is None else signature,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


PATHS = (
    *("/twilio/voice", "/twilio/voice/main_menu", "/twilio/turn/1", "/twilio/turn/12", "/twilio/turn/0007") * 4,
    *("/twilio/voice/", "/twilio/voice/主菜单", "/twilio/voice/a/b", "/twilio/voice/a b", "/twilio/voicemail"),
    *("/twilio/turn/", "/twilio/turn/x", "/twilio/turn/-1", "/twilio/turn/１", "/twilio/turn/1/", "/twilio/turn/+1"),
    *("/twilio/turn/999999999", "/twilio/turn/1000000000", "//twilio/voice", "/TWILIO/voice", "", "/", "/health/live"),
    *("/twilio/status", "/twilio/fallback", "/twilio/voice/%6dain", "/twilio/turn/1\n"),
)
VALUES = (
    "",
    "1",
    "*",
    "13800000001",
    "+8613800000001",
    "查询余额",
    "a b&c=d+e",
    "completed",
    "\x00\x01",
    "９",
    "0.9",
    "é" * 600,
)
NAMES = (
    "Digits",
    "SpeechResult",
    "Confidence",
    "CallStatus",
    "RecordingUrl",
    "DialCallStatus",
    "ErrorCode",
    "From",
    "X",
)


def requests_at_random(seed: int, count: int) -> Iterator[dict[str, Any]]:
    """Yield requests: half of them as the carrier sends them, the others with one or two things wrong."""
    at = random.Random(seed)
    for number in range(count):
        form = [("CallSid", f"CA{number:032x}"), ("From", "+8613800000001"), ("To", "+86400")]
        form += [(at.choice(NAMES), at.choice(VALUES)) for _ in range(at.randrange(5))]
        if at.random() < 0.05:
            form = form[1:]
        query = at.choice(("", "", "", "silent=1", "x=%e4%bd%a0", "a=1&a=2", "moved=17"))
        asked = environ(at.choice(PATHS), form, query)
        for _ in range(at.choice((0, 0, 1, 1, 2))):
            at.choice(SPOILERS)(asked, at)
        yield asked


def _other_signature(asked: dict[str, Any], at: random.Random) -> None:
    asked["HTTP_X_TWILIO_SIGNATURE"] = at.choice(("", "AAAA", "L/OH5YylLD5NRKLltdqwSvS0BnU=", "é"))


def _no_signature(asked: dict[str, Any], at: random.Random) -> None:
    asked.pop("HTTP_X_TWILIO_SIGNATURE", None)


def _other_method(asked: dict[str, Any], at: random.Random) -> None:
    asked["REQUEST_METHOD"] = at.choice(("GET", "HEAD", "PUT", "OPTIONS", "DELETE", "post", "BREW"))


def _other_type(asked: dict[str, Any], at: random.Random) -> None:
    asked["CONTENT_TYPE"] = at.choice(("", "application/json", "multipart/form-data; boundary=x", "text/plain", "\xff"))


def _other_length(asked: dict[str, Any], at: random.Random) -> None:
    asked["CONTENT_LENGTH"] = at.choice(
        ("", "0", "-1", "x", "+5", " 7", "1", "65536", "65537", "99999999999", "٣", "1_0")
    )


def _no_length(asked: dict[str, Any], at: random.Random) -> None:
    asked.pop("CONTENT_LENGTH", None)


def _chunked(asked: dict[str, Any], at: random.Random) -> None:
    asked["HTTP_TRANSFER_ENCODING"] = at.choice(("chunked", "gzip", "gzip, chunked", ""))
    if at.random() < 0.5:
        asked.pop("CONTENT_LENGTH", None)


def _ended_stream(asked: dict[str, Any], at: random.Random) -> None:
    asked["wsgi.input_terminated"] = True


def _other_body(asked: dict[str, Any], at: random.Random) -> None:
    body = at.choice((b"", b"\xff\xfe=%ff", b"a=1&" * 600, b"CallSid", b"x" * 70_000, b"=&=&&", b"%zz=%e4"))
    asked["wsgi.input"] = io.BytesIO(body)
    if at.random() < 0.8:
        asked["CONTENT_LENGTH"] = str(len(body))


def _torn(asked: dict[str, Any], at: random.Random) -> None:
    asked["wsgi.input"] = Torn(b"CallSid=CA1")


def _other_host(asked: dict[str, Any], at: random.Random) -> None:
    hosts = ("evil.example", "localhost:80", "localhost:8080", "a_b", "", "localhost:99999", "[::1]", "x y", "é", "a:b")
    asked["HTTP_HOST"] = at.choice(hosts)


def _no_host(asked: dict[str, Any], at: random.Random) -> None:
    asked.pop("HTTP_HOST", None)


def _behind_a_prefix(asked: dict[str, Any], at: random.Random) -> None:
    asked["SCRIPT_NAME"] = "/bank"


def _raw_address(asked: dict[str, Any], at: random.Random) -> None:
    raw = at.choice(("http://[", asked["PATH_INFO"], "http://localhost" + asked["PATH_INFO"], "/twilio/turn/9"))
    asked[at.choice(("RAW_URI", "REQUEST_URI"))] = raw


def _more_headers(asked: dict[str, Any], at: random.Random) -> None:
    extra = (
        {"HTTP_CONNECTION": "Upgrade", "HTTP_UPGRADE": "websocket"},
        {"HTTP_COOKIE": "session=eyJfcGVybWFuZW50Ijp0cnVlfQ.x"},
        {"HTTP_I_TWILIO_IDEMPOTENCY_TOKEN": "t" * at.choice((1, 300))},
        {"HTTP_EXPECT": "100-continue"},
        {"HTTP_X_FORWARDED_HOST": "evil.example", "HTTP_X_FORWARDED_PROTO": "https"},
        {"HTTP_X_HTTP_METHOD_OVERRIDE": "GET"},
        {"wsgi.url_scheme": "https"},
    )
    asked.update(at.choice(extra))


SPOILERS = tuple(value for name, value in list(globals().items()) if name.startswith("_") and callable(value))


def copied(asked: dict[str, Any]) -> dict[str, Any]:
    stream = asked["wsgi.input"]
    again = io.BytesIO(stream.getvalue()) if isinstance(stream, io.BytesIO) else Torn(b"CallSid=CA1")
    return {**asked, "wsgi.input": again}
