import socket
import threading

import pytest

from ivr.carrier.caller import Press
from ivr.carrier.carrier_options import CarrierOptions
from ivr.carrier.clock import RealClock, VirtualClock
from ivr.carrier.http_transport import HttpTransport
from ivr.carrier.player import Player
from ivr.carrier.requests import PhoneLine
from ivr.carrier.transport import NoAnswer, WsgiTransport
from tests.waiting import PATIENCE

PAGES = {"/voice?a=%E4%BD%A0": '<Gather action="/menu" numDigits="1"/><Hangup/>', "/menu": "<Hangup/>"}


@pytest.fixture
def http():
    transport = HttpTransport(seconds=0.3)
    yield transport
    transport.close()


def test_a_call_goes_over_real_http_with_signatures(real_server, person, http):
    url, server = real_server({"/voice": '<Gather action="/menu" numDigits="1"/><Hangup/>', "/menu": "<Hangup/>"})
    line = PhoneLine(f"{url}/voice?a=1", token="a token", status_url=f"{url}/twilio/status")
    result = Player(
        line, http, person(Press("1")), RealClock(longest=0.0), carrier_options=CarrierOptions(ring=0)
    ).call()
    assert (result.ended_by, result.faults) == ("server", ())
    assert [path for path, _ in server.requests] == ["/voice?a=1", "/menu", "/twilio/status"]
    assert server.asked("/menu")[0]["Digits"] == "1"


def test_a_server_that_is_not_there_is_a_fault(person, http):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/voice"
    result = Player(PhoneLine(url), http, person(), VirtualClock()).call()
    assert (result.ended_by, result.faults[0].number) == ("fault", 11205)
    assert "cannot be reached" in str(result.faults[0])


def test_a_server_that_takes_too_long_is_a_fault_and_is_not_asked_twice(http):
    asked, given_up = [], threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept():
            connection, _ = server.accept()
            asked.append(connection)
            given_up.wait(PATIENCE)
            connection.close()

        thread = threading.Thread(target=accept)
        thread.start()
        with pytest.raises(NoAnswer, match="in time") as caught:
            http.send("POST", f"http://127.0.0.1:{server.getsockname()[1]}/voice", b"a=1", {})
        given_up.set()
        thread.join()
    assert (caught.value.number, len(asked)) == (11205, 1)


def test_an_address_that_is_none_is_a_fault(http):
    with pytest.raises(NoAnswer) as caught:
        http.send("POST", "http:///voice", b"", {})
    assert caught.value.number == 11100


def test_the_application_in_process_gets_the_path_decoded_and_the_query_as_sent():
    seen = {}

    def app(environ, start):
        seen.update(environ)
        start("200 OK", [("Content-Type", "text/xml"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
        return [b"<Response/>"]

    answer = WsgiTransport(app).send("POST", "http://h:81/a%20b?x=%e4%BD%a0", b"k=v", {"Content-Type": "t", "X-Y": "z"})
    assert (seen["PATH_INFO"], seen["QUERY_STRING"], seen["REQUEST_URI"]) == (
        "/a b",
        "x=%e4%BD%a0",
        "/a%20b?x=%e4%BD%a0",
    )
    assert (seen["HTTP_HOST"], seen["CONTENT_TYPE"], seen["HTTP_X_Y"]) == ("h:81", "t", "z")
    assert (answer.cookies, answer.body) == (("a=1", "b=2"), b"<Response/>")
