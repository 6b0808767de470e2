"""Random small flows, and a walk of every call through them by the real engine."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ivr.engine.asking import Ask
from ivr.engine.call import Call
from ivr.engine.engine import Engine, Reply
from ivr.engine.inputs import CallStarted, DialEnded, Digits, Input, NoInput
from ivr.engine.verbs import Dial, Gather
from ivr.errors import FlowStuck, LookupFailed
from ivr.session.step_registry import catalogue
from tests.engine.fixtures import SERVICES
from tests.strict_releases import strict_release

LINE = 'lines: {default: a}\ndesks: {general: "+861085550100"}\ndesk: general\n'
LANGUAGE = catalogue()
MOST_COUNT = 4
"""Calls that have counted further are not walked on: the flows compare with 3 at the most."""
LONGEST = 80
"""Turns after which a call that nobody answers counts as endless."""


def random_files(seed: int) -> dict[str, str]:
    """Return two flows and a line.yaml; the first may run the second."""
    draw = random.Random(seed)
    return {"a.yaml": _flow(draw, "a", "b"), "b.yaml": _flow(draw, "b", "a"), "line.yaml": LINE}


def _flow(draw: random.Random, name: str, other: str) -> str:
    names = [f"{name}{number}" for number in range(draw.randint(3, 5))]
    targets = [*names, "agent", "bye", *([other] if draw.random() < 0.6 else []), *(["return"] if name == "b" else [])]
    steps = "".join(_step(draw, step, targets, name) for step in names)
    agent = f"  agent:\n    transfer: general\n    next: bye\n    otherwise: {draw.choice([*names, 'bye', 'bye'])}\n"
    globals_ = "globals:\n  - {key: pound, do: repeat}\n"
    return f"flow: {name}\nstart: {names[0]}\n{globals_}steps:\n{steps}{agent}  bye:\n    hangup: 再见。\n"


def _step(draw: random.Random, step: str, targets: list[str], flow: str) -> str:
    def to() -> str:
        return draw.choice(targets)

    kinds = ["say", "menu", "menu", "set", "reset", "branch", "lookup", "confirm", *(["run"] if flow == "a" else [])]
    match draw.choice(kinds):
        case "say":
            body = f"say: 您好。\n    next: {to()}"
        case "menu":
            body = f"menu: [{{label: 余额, goto: {to()}}}, {{label: 网点, goto: {to()}}}]"
            body += f"\n    on_no_input: {to()}" if draw.random() < 0.4 else ""
            body += f"\n    on_failure: {to()}" if draw.random() < 0.5 else ""
        case "set":
            body = f"set: {{n: n + 1}}\n    next: [{{when: n > {draw.randint(0, 3)}, goto: {to()}}}, {{goto: {to()}}}]"
        case "reset":
            body = f"set: {{n: {draw.randint(0, 2)}}}\n    next: {to()}"
        case "branch":
            body = f"branch: [{{when: n == {draw.randint(0, 2)}, goto: {to()}}}, {{goto: {to()}}}]"
        case "lookup":
            body = f"lookup: {{from: bank.branches, on_error: {to()}}}\n    next: {to()}"
        case "confirm":
            body = f"confirm: 好吗？\n    yes: {to()}\n    no: {to()}"
            body += f"\n    on_failure: {to()}" if draw.random() < 0.5 else ""
        case _:
            body = f"flow: b\n    next: {to()}"
    return f"  {step}:\n    {body}\n"


@dataclass(frozen=True)
class Position:
    """A state of a call that decides all of its future, with the call itself."""

    key: Any
    call: Call | None = field(compare=False)
    waits: str = ""


@dataclass
class Walk:
    """Every state of calls to the first flow, and what is possible there."""

    engine: Engine
    steps: set[str] = field(default_factory=set)
    positions: dict[Any, Position] = field(default_factory=dict)
    stuck: bool = False

    def all_positions(self) -> Walk:
        """Walk from the answer with every input and every answer of services."""
        frontier = list(self._turns(None, None))
        while frontier:
            position = frontier.pop()
            if position.key in self.positions or self.stuck:
                continue
            self.positions[position.key] = position
            if position.call is None or any(_count(frame.values) > MOST_COUNT for frame in position.call.frames):
                continue
            for action in _inputs(position.waits):
                frontier += self._turns(position.call, action)
        return self

    def goes_round(self, actions: dict[str, tuple[Input, ...]]) -> bool:
        """Return whether some call goes on for ever with these inputs, by what it waits for."""
        finished: set[Any] = set()
        return any(self._endless(position, actions, [], finished) for position in list(self.positions.values()))

    def _endless(self, position: Position, actions: Any, path: list[Any], finished: set[Any]) -> bool:
        if position.key in path or len(path) > LONGEST:
            return True
        if position.key in finished or position.call is None:
            return False
        path.append(position.key)
        for action in actions.get(position.waits, ()):
            for following in self._turns(position.call, action):
                if self._endless(following, actions, path, finished):
                    return True
        path.pop()
        finished.add(position.key)
        return False

    def _turns(self, call: Call | None, action: Input | None) -> Iterator[Position]:
        """Yield the states after one turn, with every way in which services may answer in it."""
        scripts: list[list[bool]] = [[]]
        while scripts:
            script = scripts.pop()
            asked = list(script)
            try:
                reply = self._turn(call, action, asked)
            except FlowStuck:
                self.stuck = True
                return
            for place in range(len(script), len(asked)):
                scripts.append([*asked[:place], False])
            yield self._position(reply)

    def _turn(self, call: Call | None, action: Input | None, asked: list[bool]) -> Reply:
        """Run a turn; `asked` says whether each question to the bank is answered, and grows with True."""
        started = CallStarted("+8613800000001", "+861000", "a")
        outcome = self.engine.begin("CA1", started, 0.0) if call is None else self.engine.turn(call, action, 60.0)  # type: ignore[arg-type]
        number = 0
        while isinstance(outcome, Ask):
            answer: Any = LookupFailed("no such answer", missing=True)
            if outcome.question.source == "bank.branches":
                if number == len(asked):
                    asked.append(True)
                answer = {} if asked[number] else LookupFailed("no answer")
                number += 1
            outcome = outcome.answered(answer)
        return outcome

    def _position(self, reply: Reply) -> Position:
        self.steps |= {str(event.data["to"]) for event in reply.events if event.kind == "outcome"}
        call, closing = reply.call, reply.closing
        if call.ended:
            return Position(("ended", call.frame.flow, call.frame.step), None)
        waits = "keys" if isinstance(closing, Gather) else "desk" if isinstance(closing, Dial) else "?"
        frames = tuple(
            (frame.flow, frame.step, tuple(sorted(frame.values.items())), frame.scratch.get("failures", 0))
            for frame in call.frames
        )
        return Position((frames, min(call.errors, 5), waits), call, waits)


def _count(values: Any) -> int:
    count = values.get("n")
    return count if isinstance(count, int) else 0


SILENCE = {"keys": (NoInput(),), "desk": (DialEnded("busy", 0, bridged=False),)}
FAILURES = {"keys": (NoInput(), Digits("9"))}


def _inputs(waits: str) -> tuple[Input, ...]:
    if waits == "desk":
        return DialEnded("busy", 0, bridged=False), DialEnded("completed", 30, bridged=True)
    return NoInput(), Digits("1"), Digits("2"), Digits("9"), Digits("0")


def walked(files: dict[str, str]) -> Walk:
    """Return the walk through flows that can be loaded. Raises FlowError for others."""
    return Walk(Engine(strict_release(files, LANGUAGE), SERVICES)).all_positions()
