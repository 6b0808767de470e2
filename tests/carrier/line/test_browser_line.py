"""Telephones in the browser, by their socket: calls in both directions, sound, keys, words, and visitors."""

from __future__ import annotations

import base64
import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from ivr.carrier.line.browser_line import PAGE, SOCKET, BrowserLine, BrowserOptions
from ivr.carrier.line.call_journal import CallJournal
from ivr.carrier.line.line_call import CannotDial
from ivr.carrier.line.switch import LineOptions, Switch
from tests.carrier.fixtures import TOKEN
from tests.waiting import wait_until

from .stage import BASE, Stage, mark, sound

DESK = "+861085550100"


@pytest.fixture
def line(stage: Stage) -> Iterator[BrowserLine]:
    """Return a line whose calls go to hand-written TwiML."""
    switch = Switch(LineOptions(BASE, TOKEN), CallJournal(None))
    switch.use(stage.with_(dial=switch.dial).services)
    with BrowserLine(BrowserOptions(desk=DESK), switch.arrived) as served:
        switch.lines.append(served)
        yield served
        switch.end_all()


class Tab:
    """An open page: its events and its sound."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.sound = bytearray()

    def send(self, kind: str, **facts: str) -> None:
        self.socket.send(json.dumps({"type": kind, **facts}))

    def until(self, kind: str) -> dict[str, Any]:
        """Return the next event of a kind."""
        while True:
            message = self.socket.recv(60)
            if isinstance(message, bytes):
                self.sound += message
            elif (event := json.loads(message))["type"] == kind:
                return event

    def until_heard(self, pcm: bytes) -> None:
        while pcm not in bytes(self.sound):
            message = self.socket.recv(60)
            self.sound += message if isinstance(message, bytes) else b""


@contextmanager
def tab(line: BrowserLine, **headers: str) -> Iterator[Tab]:
    with connect(line.url.replace("http", "ws").removesuffix(PAGE) + SOCKET, additional_headers=headers) as socket:
        yield Tab(socket)


def test_a_tab_calls_hears_sees_presses_and_hangs_up(line: BrowserLine, stage: Stage) -> None:
    gather = '<Gather numDigits="1" action="/key"><Say language="cmn-CN">您好</Say><Play>/a.wav</Play></Gather>'
    stage.server.pages = {"/twilio/voice": gather, "/key": "<Pause length='60'/>", "/a.wav": sound(700, 0.1)}
    stage.server.pages["/twilio/status"] = ""
    with tab(line) as caller:
        caller.send("dial", caller="+8613800000001", called="ivr")
        caller.until("answered")
        assert caller.until("said")["text"] == "您好"
        caller.until_heard(mark(700, 0.1).samples.tobytes())
        caller.send("key", key="5")
        caller.until("flush")
        assert stage.until_asked("/key")["Digits"] == "5"
        caller.send("hang_up")
        assert caller.until("ended")["how"] == "completed"
    assert stage.until_asked("/twilio/status")["CallStatus"] == "completed"


def test_an_agents_tab_is_rung_and_both_hear_each_other(line: BrowserLine, stage: Stage) -> None:
    stage.server.pages = {"/twilio/voice": f"<Dial>{DESK}</Dial>", "/twilio/status": ""}
    with tab(line) as agent, tab(line) as caller:
        agent.send("wait", number=DESK)
        assert agent.until("waiting")["number"] == DESK
        caller.send("dial", caller="+8613800000001", called="ivr")
        assert agent.until("ringing")["caller"] == "+8613800000001"
        agent.send("answer")
        said = mark(440, 0.1).samples.tobytes()
        while said[-320:] not in bytes(caller.sound):
            agent.socket.send(said)
            message = caller.socket.recv(60)
            caller.sound += message if isinstance(message, bytes) else b""
        agent.send("hang_up")
        assert caller.until("ended")["how"] == "completed"


def test_a_tab_that_is_closed_hangs_up_and_is_not_dialled_any_more(line: BrowserLine, stage: Stage) -> None:
    stage.server.pages = {"/twilio/voice": "<Pause length='60'/><Play>/a.wav</Play>", "/twilio/status": ""}
    with tab(line) as waiting:
        waiting.send("wait", number=DESK)
        waiting.until("waiting")
        assert line.reaches(DESK)
        call = line.dial(DESK, "1")
        with pytest.raises(CannotDial, match="in use"):
            line.dial(DESK, "2")
        call.hang_up()
        waiting.send("dial", caller="1", called="ivr")
        stage.until_asked("/twilio/voice")
    assert stage.until_asked("/twilio/status")["CallStatus"] == "canceled"
    wait_until(lambda: not line.reaches(DESK))
    with pytest.raises(CannotDial, match="no tab"):
        line.dial(DESK, "1")


def test_text_messages_are_shown_to_their_number(line: BrowserLine) -> None:
    with tab(line) as caller:
        caller.send("wait", number="+8613800000001")
        caller.until("waiting")
        line.texted("+8613800000002", "not this one")
        line.texted("+8613800000001", "您的验证码")
        assert caller.until("message")["text"] == "您的验证码"


@pytest.mark.parametrize("message", ["no json", "[]", '{"type": "key", "key": "5"}', '{"type": "?"}', b"\x00\x01"])
def test_what_makes_no_sense_is_ignored(line: BrowserLine, message: str | bytes) -> None:
    with tab(line) as caller:
        caller.socket.send(message)
        caller.send("wait", number="1")
        assert caller.until("waiting")["number"] == "1"


def fetched(line: BrowserLine, path: str, **headers: str) -> tuple[int, bytes, str]:
    connection = http.client.HTTPConnection(urlsplit(line.url).netloc, timeout=10)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    result = answer.status, answer.read(), answer.headers.get("Content-Security-Policy", "")
    connection.close()
    return result


def test_the_page_has_everything_itself_and_no_page_may_frame_it(line: BrowserLine) -> None:
    status, page, policy = fetched(line, PAGE + "?side=agent")
    assert (status, DESK.encode() in page) == (200, True)
    assert "frame-ancestors 'none'" in policy
    for part in (b"/phone/phone.js", b"/phone/phone.css"):
        assert part in page
        assert fetched(line, part.decode())[0] == 200
    assert fetched(line, "/phone/other.js")[0] == 404


def test_other_sites_get_neither_page_nor_socket(line: BrowserLine) -> None:
    assert fetched(line, PAGE, Host="evil.example")[0] == 403
    with pytest.raises(InvalidStatus, match="403"), tab(line, Origin="http://evil.example"):
        pass


def test_with_a_password_visitors_sign_in() -> None:
    with BrowserLine(BrowserOptions(password="correct horse battery"), lambda _: None) as line:
        right, wrong = (
            "Basic " + base64.b64encode(f"tester:{word}".encode()).decode() for word in ("correct horse battery", "x")
        )
        assert fetched(line, PAGE)[0] == 401
        assert fetched(line, PAGE, Authorization=wrong)[0] == 401
        assert fetched(line, PAGE, Authorization="Basic ?")[0] == 401
        assert fetched(line, PAGE, Authorization=right, Host="phone.bank.example")[0] == 200
