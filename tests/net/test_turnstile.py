"""Few threads are inside at once; none waits for long, and one that waits for another system frees its place."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from ivr.net.http import HttpClient
from ivr.net.turnstile import Turnstile, step_aside
from tests.waiting import PATIENCE


class Crowd:
    """Counts who is inside, and who was at most."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.inside = self.most = 0

    def enter(self) -> None:
        with self._lock:
            self.inside += 1
            self.most = max(self.most, self.inside)

    def leave(self) -> None:
        with self._lock:
            self.inside -= 1


def in_threads(count: int, work: object) -> None:
    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]  # type: ignore[arg-type]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def places_free(turnstile: Turnstile) -> int:
    return turnstile._places._value


def test_no_more_than_the_places_are_inside_and_no_place_is_lost() -> None:
    turnstile, crowd = Turnstile(2, PATIENCE), Crowd()

    def work(number: int) -> None:
        at = random.Random(number)
        for _ in range(100):
            with suppress(RuntimeError), turnstile:
                crowd.enter()
                if at.random() < 0.3:
                    crowd.leave()
                    with step_aside():
                        pass
                    crowd.enter()
                crowd.leave()
                if at.random() < 0.3:
                    raise RuntimeError

    in_threads(8, work)
    assert crowd.most <= 2
    assert places_free(turnstile) == 2


def test_who_has_waited_goes_in_without_a_place() -> None:
    turnstile = Turnstile(1, 0.01)
    went_in = threading.Event()

    def late(_: int) -> None:
        with turnstile, step_aside():  # which must not free the place of another
            went_in.set()

    with turnstile:
        in_threads(1, late)
        assert went_in.is_set()
        assert places_free(turnstile) == 0
    assert places_free(turnstile) == 1


def test_stepping_aside_outside_of_any_turnstile_changes_nothing() -> None:
    with step_aside(), step_aside():
        pass


@pytest.fixture
def turnstile() -> Turnstile:
    return Turnstile(1, PATIENCE)


@pytest.fixture
def bank(turnstile: Turnstile) -> Iterator[str]:
    """Serve whether a place is free while the bank is asked."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if places_free(turnstile) else 503)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_who_asks_the_bank_frees_the_place_and_takes_it_again(turnstile: Turnstile, bank: str) -> None:
    client = HttpClient(bank, most=1, largest=0, keep=False)
    with turnstile:
        assert client.request("GET", "/", seconds=PATIENCE).status == 200
        assert places_free(turnstile) == 0
    assert places_free(turnstile) == 1
