"""The API of staff and the server's other pages: A19 without a token, with junk, and through a spreadsheet."""

from __future__ import annotations

import io
import re
from unittest.mock import patch

from ivr.cli import _tables
from ivr.web import api
from tests.attacks.hotline import API_TOKEN, BASE, Hotline, twin

TOKENS = (None, "", "Bearer", "Bearer x", f"Basic {API_TOKEN}", f"Bearer {API_TOKEN[:-1]}", f"Bearer {API_TOKEN}x")
JUNK = (
    b"",
    b"{",
    b"[]",
    b"null",
    b'{"number": {"$ne": 1}}',
    b'{"desks": "' + b"x" * 5000 + b'"}',
    b"\xff\xfe",
    b'{"by": 1}',
)
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://evil.test")')


def routes(hotline: Hotline) -> list[tuple[str, str]]:
    """Return every method and path under /api, its parts filled in."""
    rules = hotline.app.url_map.iter_rules()
    return [
        (method, re.sub(r"<[^>]*>", "x", rule.rule))
        for rule in rules
        if rule.rule.startswith("/api")
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def ask_without_token(hotline: Hotline) -> list[str]:
    """Ask everything with no token, and with those that are none."""
    achieved = []
    for method, path in routes(hotline):
        for token in TOKENS:
            headers = {} if token is None else {"Authorization": token}
            answer = hotline.transport.send(method, BASE + path, b"{}", headers)
            if answer.status != 401:
                achieved.append(f"{method} {path} with {token!r}: status {answer.status}")
    return achieved


def send_junk(hotline: Hotline) -> list[str]:
    """Send junk everywhere, with the right token."""
    headers = {"Authorization": f"Bearer {API_TOKEN}", "Content-Type": "application/json"}
    return [
        f"{method} {path} with {body[:20]!r}: status {answer.status}"
        for method, path in routes(hotline)
        for body in JUNK
        for answer in [hotline.transport.send(method, BASE + path, body, headers)]
        if answer.status >= 500
    ]


def write_formulas(_: Hotline) -> list[str]:
    """Name desks and agents so that a spreadsheet would compute them."""
    achieved = []
    for formula in FORMULAS:
        file = io.StringIO()
        cell = str(_tables.csv_cell(formula))
        file.write(cell)
        if file.getvalue()[:1] in "=+-@\t\r":
            achieved.append(f"{formula!r} is computed")
    return achieved


def test_every_path_asks_for_the_token(hotline, shipped):
    assert len(routes(hotline)) >= 16
    assert ask_without_token(hotline) == []
    with twin(patch.object(api.ApiAccess, "check", lambda *_: None)):
        assert ask_without_token(Hotline(shipped))


def test_junk_is_refused_and_no_fault(hotline, shipped):
    assert send_junk(hotline) == []
    with twin(patch.object(api, "text_of", lambda body, name: body[name])):
        assert send_junk(Hotline(shipped))


def test_a_spreadsheet_computes_no_name(hotline):
    assert write_formulas(hotline) == []
    with twin(patch.object(_tables, "csv_cell", str)):
        assert write_formulas(hotline)
