"""Read a request as spelt on the wire: the signature covers the raw URL, and Flask decodes it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from .requests import TwilioRequest, form_pairs

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_PATH_SIGNS = "/!$&'()*+,;=:@-._~"
_PLAIN = re.compile(r"[A-Za-z0-9/!$&'()*+,;=:@._~-]*")
_ESCAPE = re.compile(r"%[0-9A-F]{2}")
LONGEST_TOKEN = 200
SIGNATURE = "HTTP_X_TWILIO_SIGNATURE"


def twilio_request(environ: WSGIEnvironment, body: bytes) -> TwilioRequest:
    """Return the request as the carrier sent it. Raises ValueError for a body that no voice request has."""
    return TwilioRequest(
        scheme=environ.get("wsgi.url_scheme", "http"),
        host=environ.get("HTTP_HOST", ""),
        paths=_paths(environ),
        query=environ.get("QUERY_STRING", ""),
        form=form_pairs(body),
        signature=environ.get(SIGNATURE, ""),
        retry_token=environ.get("HTTP_I_TWILIO_IDEMPOTENCY_TOKEN", "")[:LONGEST_TOKEN],
    )


def _paths(environ: WSGIEnvironment) -> tuple[str, ...]:
    """Return the path as sent; if the server reports only a decoded one, both spellings of its escapes."""
    # gunicorn has the first, uWSGI and mod_wsgi the second.
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI")
    if raw:
        return (urlsplit(raw).path if "://" in raw.partition("?")[0] else raw.partition("?")[0],)
    decoded = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
    if _PLAIN.fullmatch(decoded):
        return (decoded,)
    # The case of the hexadecimal digits is lost by decoding, and the signature covers it.
    upper = quote(decoded.encode("latin-1", "replace"), safe=_PATH_SIGNS)
    return (upper, _ESCAPE.sub(lambda escape: escape.group().lower(), upper))
