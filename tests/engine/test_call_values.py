"""What flows read of a call, worked out when it is read, is what would be worked out beforehand."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import pytest

from ivr.calendar import local
from ivr.engine.business_hours import DeskValues, OpeningValues
from ivr.engine.call import Call, CallFacts, Frame, ProvenIdentity, Transfer
from ivr.engine.turn import Turn
from ivr.flow.loader import reload
from ivr.session.step_registry import catalogue
from tests.engine.fixtures import AGENT, LINE, SERVICES

HOURS = "hours: {counter: {mon-fri: 09:00-17:00}}\n"
RELEASE = reload({"line.yaml": HOURS + LINE, "test.yaml": f"flow: test\nstart: agent\nsteps:\n{AGENT}"}, catalogue())
NAMES = ("account", "card", "caller", "reason", "item", "call", "queue", "line", "identity", "desks", "unset")


def worked_out_beforehand(call: Call, now: float, more: Mapping[str, Any]) -> dict[str, Any]:
    moment, transfer = local(now), call.transfer
    level = call.identity.level if now < call.identity.until else 0
    variables = {**call.facts.values(), **call.frame.values}
    line = RELEASE.line
    return {
        **{n: value for n, value in variables.items() if call.frame.proven.get(n, 1 if n == "card" else 0) <= level},
        "call": {
            "number": call.called, "language": call.language, "date": moment.date().isoformat(),
            "time": moment.strftime("%H:%M"), "hour": moment.hour, "weekday": moment.isoweekday(),
        },
        "identity": {"level": level},
        "queue": {"position": transfer.position, "minutes": transfer.minutes, "call_back": transfer.call_back},
        "line": {
            **OpeningValues(line.hours_of(line.number(call.called).hours), moment),
            "values": line.values_of(call.called),
        },
        "desks": DeskValues(line, moment),
        **more,
    }  # fmt: skip


def random_call(rng: random.Random) -> Call:
    values = {name: rng.randrange(9) for name in rng.sample(NAMES[:-1], 4)}
    proven = {name: rng.randrange(1, 3) for name in rng.sample(NAMES[:-1], 2)}
    return Call(
        "CA1", "r", rng.choice(("zh-CN", "en-US")), "+861", "+862", 0.0,
        (Frame("test", "agent", values, proven=proven),),
        facts=CallFacts(caller={"n": 1}, reason=rng.choice(("", "loss")), card=rng.choice(({}, {"tail": "0128"}))),
        identity=ProvenIdentity(rng.randrange(3), "C1", rng.choice((0.0, 2e9))),
        transfer=Transfer(position=rng.choice((None, 3))),
    )  # fmt: skip


def plain(value: Any) -> Any:
    return {name: plain(inner) for name, inner in value.items()} if isinstance(value, Mapping) else value


@pytest.mark.parametrize("seed", range(4))
def test_every_variable_has_the_value_that_is_worked_out_beforehand(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(500):
        call, now = random_call(rng), 1.79e9 + rng.randrange(10**6)
        turn, more = Turn(call, RELEASE.flows["test"], RELEASE.line, SERVICES, now), rng.choice(({}, {"item": 7}))
        expected = worked_out_beforehand(call, now, more)
        for name in rng.sample(NAMES, len(NAMES)):
            for _again in range(2):
                assert plain(turn.values(**more).get(name, "unset")) == plain(expected.get(name, "unset")), name


def test_values_that_were_taken_stay_as_they_were_when_the_call_changes() -> None:
    turn = Turn(random_call(random.Random(0)), RELEASE.flows["test"], RELEASE.line, SERVICES, 1.79e9)
    before = turn.values()
    turn.change(transfer=Transfer(position=9), language="en-GB")
    assert before["queue"]["position"] != 9
    assert (turn.values()["queue"]["position"], turn.values()["call"]["language"]) == (9, "en-GB")


def test_a_called_number_has_its_own_values_and_those_of_the_default() -> None:
    numbers = (
        'lines: {default: {flow: test, values: {place: 浦东, floor: "2"}}, "+862": {flow: test, values: {place: 静安}}}'
    )
    line = LINE.replace("lines: {default: test}", numbers)
    release = reload({"line.yaml": line, "test.yaml": f"flow: test\nstart: agent\nsteps:\n{AGENT}"}, catalogue())
    assert release.line.values_of("+862") == {"place": "静安", "floor": "2"}
    assert release.line.values_of("+869") == {"place": "浦东", "floor": "2"}
