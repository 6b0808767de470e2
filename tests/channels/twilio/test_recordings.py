"""Fetching what callers said: waiting until it is there, and sending the credentials nowhere else."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ivr.carrier.recordings import CarrierRecordings as Carrier
from ivr.carrier.requests import DEMO_ACCOUNT
from ivr.channels.twilio.recordings import LARGEST, TwilioRecordings
from ivr.errors import NoRecording
from ivr.settings import Hidden

TOKEN = "a token"
SID = "RE" + "7" * 32


@pytest.fixture
def carrier() -> Iterator[Carrier]:
    with Carrier(TOKEN, not_ready=2) as found:
        yield found


def client(api: str, token: str = TOKEN, account: str = DEMO_ACCOUNT) -> TwilioRecordings:
    return TwilioRecordings(account, Hidden(token), api)


def test_a_recording_is_asked_for_until_it_is_there(carrier):
    url = carrier.keep(SID, b"")
    assert client(carrier.url).fetch(url, 5)[:4] == b"RIFF"
    assert carrier.asked == {SID: 3}


def test_the_account_of_the_address_serves_when_none_is_set(carrier):
    url = carrier.keep(SID, b"")
    assert client(carrier.url, account="").fetch(f"{url}.wav", 5)[:4] == b"RIFF"


def test_staff_get_a_recording_by_its_name_or_address_at_once(carrier):
    url = carrier.keep(SID, b"")
    with pytest.raises(NoRecording, match="no such recording"):  # it is not ready yet; staff ask again
        client(carrier.url).download(SID, 5)
    client(carrier.url).fetch(url, 5)
    assert client(carrier.url).download(SID, 5)[:4] == client(carrier.url).download(url, 5)[:4] == b"RIFF"
    with pytest.raises(NoRecording, match="no recording at the carrier"):
        client(carrier.url).download("../../Messages", 5)


def test_a_recording_that_never_comes_is_given_up_in_time(carrier):
    with pytest.raises(NoRecording, match="in time"):
        client(carrier.url).fetch(carrier.url + f"/2010-04-01/Accounts/{DEMO_ACCOUNT}/Recordings/RE{'0' * 32}", 0.3)


def test_refused_credentials_are_said_at_once_without_them(carrier):
    with pytest.raises(NoRecording, match="TWILIO_AUTH_TOKEN") as fault:
        client(carrier.url, "wrong").fetch(carrier.keep(SID, b""), 5)
    assert "wrong" not in str(fault.value)
    assert carrier.refused == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1{path}",
        "https://api.twilio.com{path}",
        "{api}@evil.example{path}",
        "{api}.evil.example{path}",
        "{api}{path}?x=1",
        "{api}{path}/../../../Messages.json",
        "{api}/2010-04-01/Accounts/{account}/Messages/{sid}",
        "{api}/%2e%2e{path}",
        "file://{path}",
        "",
    ],
)
def test_no_other_address_is_asked(carrier, url):
    carrier.keep(SID, b"")
    path = f"/2010-04-01/Accounts/{DEMO_ACCOUNT}/Recordings/{SID}"
    with pytest.raises(NoRecording, match="TWILIO_API_URL"):
        client(carrier.url).fetch(url.format(api=carrier.url, path=path, account=DEMO_ACCOUNT, sid=SID), 1)
    client(carrier.url).forget(url.format(api=carrier.url, path=path, account=DEMO_ACCOUNT, sid=SID))
    assert carrier.asked == {}
    assert carrier.deleted == []


def test_what_was_heard_is_deleted_and_a_fault_of_that_is_nobodys_business(carrier):
    url = carrier.keep(SID, b"")
    client(carrier.url).forget(url)
    assert carrier.deleted == [SID]
    client(carrier.url).forget(url)
    client("http://127.0.0.1:1").forget(url.replace(carrier.url, "http://127.0.0.1:1"))


@pytest.fixture
def odd() -> Iterator[Callable[..., str]]:
    """Serve one odd answer; gives the address of a recording there."""
    running = []

    def serve(status: int, body: bytes = b"", **headers: str) -> tuple[str, str]:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                try:
                    self.wfile.write(body)
                except ConnectionError:
                    return

            def log_message(self, *args):
                return

        http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        running.append((http, thread))
        base = f"http://127.0.0.1:{http.server_port}"
        return base, f"{base}/2010-04-01/Accounts/{DEMO_ACCOUNT}/Recordings/{SID}"

    yield serve
    for http, thread in running:
        http.shutdown()
        thread.join()
        http.server_close()


def test_no_redirect_is_followed(carrier, odd):
    api, url = odd(302, Location=carrier.keep(SID, b""))
    with pytest.raises(NoRecording, match="redirects"):
        client(api).fetch(url, 2)
    assert carrier.asked == {}


def test_what_is_too_large_for_an_answer_is_not_read(odd):
    api, url = odd(200, b"x" * (LARGEST + 1))
    with pytest.raises(NoRecording, match="larger"):
        client(api).fetch(url, 5)


def test_a_server_in_trouble_is_asked_again_and_then_given_up(odd):
    api, url = odd(503)
    with pytest.raises(NoRecording, match="in time"):
        client(api).fetch(url, 0.3)
