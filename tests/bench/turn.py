"""What a turn costs in process, against Flask's constant answer and the hand-written peer."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Iterator

from ivr.backends.http import HttpLookup
from ivr.demo.bank.serving import BackgroundBank

from . import ours, walks
from .rounds import Measure, Rounds

CONSTANT, PEER, OURS = "Flask's constant", "peer: Flask + twilio", "ours"
AGAINST = "  (the environ that all three are handed is built within the time: about 2 us)"


def run(rounds: int, calls: int) -> None:
    """Measure both walks."""
    os.environ["TWILIO_AUTH_TOKEN"] = walks.TOKEN
    walks.prove()
    _alone(rounds, calls)
    _banking(rounds, calls)


def _alone(rounds: int, calls: int) -> None:
    with ours.running() as (_, app):
        contenders = {OURS: _measure(app, "ours", calls, walks.ALONE), **_others(calls, walks.ALONE)}
        found = Rounds.run(contenders, rounds)
    found.show("One turn of a call that asks no back end, processor time", "us", CONSTANT, times=1e6)
    print(AGAINST)
    print(f"  ours against the peer: {found.ratio(PEER, OURS)[0]:.2f}x as fast")


def _banking(rounds: int, calls: int) -> None:
    clock = time.thread_time  # the bank has threads of its own in this process
    with BackgroundBank() as bank:
        lookup = ours.TimedLookup(HttpLookup({"bank": bank.url}), clock)
        with ours.running(lookup=lookup) as (_, app):
            whole = _measure(app, "ours", calls, walks.BANKING, clock)
            asking: list[float] = []

            def without_bank() -> float:
                lookup.spent = 0.0
                total = whole()
                asking.append(lookup.spent / calls / len(walks.BANKING.turns))
                return total - asking[-1]

            contenders = {OURS: without_bank, **_others(calls, walks.BANKING)}
            found = Rounds.run(contenders, rounds)
    found.figures["asking the bank, our side"] = asking[1:]
    found.show("One turn of a call with five look-ups, the look-ups taken off", "us", CONSTANT, times=1e6)
    print(f"  ours against the peer: {found.ratio(PEER, OURS)[0]:.2f}x as fast")


def _others(calls: int, walk: walks.Walk) -> dict[str, Measure]:
    from . import peer_flask

    return {
        CONSTANT: _measure(peer_flask.constant, "constant", calls, walk),
        PEER: _measure(peer_flask.app, "peer", calls, walk),
    }


def _measure(
    app: ours.Wsgi, contender: str, calls: int, walk: walks.Walk, clock: ours.Clock = time.process_time
) -> Measure:
    numbers = _numbers()
    return lambda: ours.cost(app, list(walks.calls(walk, itertools.islice(numbers, calls), contender)), clock)


def _numbers() -> Iterator[int]:
    return itertools.count(1)
