"""A19: no request to the API gives a 500, with any token: real cases in a SQLite store, odd bodies, methods and ids."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import quote

import pytest

from ivr.flow.model import Release
from ivr.services.api_tokens import ROLES
from ivr.services.tasks import NewTask
from ivr.services.tickets.service import Tickets
from ivr.stores.sqlite import SqliteStore
from ivr.web import api
from tests.asking import ask
from tests.attacks.hotline import API_TOKEN, BASE, VICTIM, Hotline, twin

COUNT = 6000
METHODS = ("GET", "POST", "PUT", "DELETE") * 3 + ("PATCH", "HEAD", "OPTIONS", "TRACE", "BREW")
ACTIONS = ("take", "note", "answer", "escalate", "extend", "close", "reopen", "done", "ready", "pause", "off")
ODD_PARTS = ("", " ", "x" * 300, "..", "%00", "%ff", "%ed%a0%80", "☃", "' OR 1=1", "0", "-1", "a%2Fb", "take\n")
QUERIES = ("", "", "?all=1", "?late=1&format=csv", "?numbers=1", "?owner=%ed%a0%80", "?by=%00", "?by=a&by=b", "?%ff")
WORDS = (
    *("", " ", "li.na", "general", "zh-CN", "solved", "no_answer", "lost_card", "grave", "8001", VICTIM.number),
    *("+861085550101", "sip:li.na@10.0.0.1", "sip:@", "+", "１３８", "2026-12-05", "2026-11-24T10:00+08:00"),
    *("0001-01-01T00:00", "9999-12-31T23:59-14:00", "0001-01-01", "9999-12-31", "\x00", "\ud800", "x" * 60_000),
    *(None, True, 0, -1, 1e308, 10**400, [], {}, ["general"], ["\ud800"], ["general"] * 25, [[[]]]),
    *({"zh-CN": "好"}, {"zh-CN": "\ud800"}, {"zh-CN": None}, {"xx": "y"}),
)
FIELDS = (
    *("by", "text", "texts", "number", "account", "until", "risk", "reason", "result", "desks", "languages", "site"),
    *("call", "new_date", "why", "level", "severity", "internal", "called", "note", "kind", "outcome", "hand_over"),
)
RAW = (b"", b"\xff{", b"[" * 20_000, b'{"a":' * 10_000, b"NaN", b"1e999", b'{"by": "\\ud800"}', b"null", b'"', b"\0")


@pytest.fixture
def staffed(shipped: Release, tmp_path: Path) -> Iterator[Hotline]:
    """Return a hotline whose SQLite store has an agent, a complaint, a task and a call."""
    hotline = Hotline(shipped, store=SqliteStore(tmp_path / "ivr.db"))
    yield with_cases(hotline)
    hotline.store.close()


def with_cases(hotline: Hotline) -> Hotline:
    hotline.ivr.queue.agents.add("li.na", "+861085550101", ("general",))
    hotline.call()
    about = {"number": VICTIM.number, "kind": "service", "call": f"CA{1:032x}"}
    ask(Tickets(hotline.store, hotline.ivr.seal), "tickets.open", about, key="k", now=hotline.now)
    promise = NewTask(kind="unhappy", by=int(hotline.now) + 3600, number=VICTIM.number)
    hotline.ivr.tasks.open(promise, key="k", now=hotline.now)
    return hotline


class Programs:
    """Software of the bank gone wild: tokens of every role, and requests that mean something, or nearly."""

    def __init__(self, hotline: Hotline, seed: int) -> None:
        self.hotline, self.chance = hotline, random.Random(seed)
        tokens = hotline.ivr.api_tokens
        own = [tokens.create("li.na", role, "ops", hotline.now) for role in ROLES]
        self.tokens = [API_TOKEN, *own, *own, "", "\xe9"]
        self.rules = [rule.rule for rule in hotline.app.url_map.iter_rules() if rule.rule.startswith("/api/")]
        cases = [*hotline.store.keys("tickets"), *hotline.store.keys("tasks"), "li.na", f"CA{1:032x}"]
        assert len(cases) == 4
        self.ids = [*cases * 4, *ODD_PARTS]

    def path(self) -> str:
        """Return the path of a route with its parts filled in, sometimes with more behind it."""
        rule = self.chance.choice(self.rules)
        fill_in = {"<state>": ACTIONS, "<action>": ACTIONS}
        parts = (self.chance.choice(fill_in.get(part, self.ids)) if "<" in part else part for part in rule.split("/"))
        path = "/".join(quote(part, safe="%") for part in parts)
        return path + self.chance.choice(("", "", "", "", "/", "//x")) + self.chance.choice(QUERIES)

    def body(self) -> bytes:
        """Return a body: mostly an object with fields that some route reads, else anything."""
        if self.chance.random() < 0.15:
            return self.chance.choice(RAW)
        names = self.chance.sample(FIELDS, self.chance.randrange(1, 9))
        fields: dict[str, Any] = {name: self.chance.choice(WORDS) for name in names}
        return json.dumps({**fields, "by": "8001"} if self.chance.random() < 0.7 else fields).encode()

    def ask(self) -> tuple[int, str]:
        """Send one request; return its status, and what it was."""
        method, path, sent = self.chance.choice(METHODS), self.path(), self.body()
        headers = {"Authorization": f"Bearer {self.chance.choice(self.tokens)}", "Idempotency-Key": "x" * 300}
        status = self.hotline.transport.send(method, BASE + path, sent, headers).status
        return status, f"{method} {path} {sent[:200]!r}: {status}"


def ask_anything(hotline: Hotline, count: int) -> tuple[list[str], Counter[int]]:
    """Send requests at random; return those that gave a 500, and how often each status came."""
    programs = Programs(hotline, seed=11)
    answers = [programs.ask() for _ in range(count)]
    return [asked for status, asked in answers if status >= 500], Counter(status for status, _ in answers)


def test_no_request_with_any_token_gives_a_500(staffed: Hotline, shipped: Release, tmp_path: Path) -> None:
    faults, statuses = ask_anything(staffed, COUNT)
    assert faults == []
    assert {200, 204, 400, 401, 403, 404, 405} <= set(statuses)
    twin_store = SqliteStore(tmp_path / "twin.db")
    with twin(patch.object(api, "text_of", lambda body, name, most=200: body.get(name, ""))):
        assert ask_anything(with_cases(Hotline(shipped, store=twin_store)), COUNT // 10)[0]
    twin_store.close()
