"""The callers and agents of the simulation. What they do is drawn by the seed and does not depend on the servers."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ivr.carrier.caller import Act, DeskAnswer, Gone, HeardPrompt, ListeningWindow, Press, Silence, Stretch, Talk
from ivr.demo.bank.data import CUSTOMERS

STRANGERS = ("anonymous", "+8613900000011", "+8613900000012", "+442079460000")
KNOWN = {
    customer.number: {
        "tail": customer.card[-4:],
        "pin": customer.pin,
        "id": customer.id_number[-4:].replace("X", "*"),
    }
    for customer in CUSTOMERS
}
"""What customers type to prove who they are: the ends of card and identity number, and the PIN, by their number."""
WRONG_PIN = "580241"
SECRETS = (*(typed["pin"] for typed in KNOWN.values()), WRONG_PIN)
"""Everything typed that must not stand open anywhere."""
AGENTS = tuple((f"agent{number}", f"+86139000002{number:02d}") for number in range(4))
MOST_SILENCES = 6


@dataclass(frozen=True)
class Errand:
    """What a caller wants: a flow, and the keys for each time the call listens, with the names of `KNOWN` in braces."""

    flow: str
    keys: Sequence[str]
    weight: int = 1
    known: bool = False
    leaves_message: bool = False


ERRANDS = (
    Errand("main_menu", ("1", "{tail}", "{pin}", "1", "9"), 5, known=True),
    Errand("main_menu", ("1", "{tail}", "{wrong}", "{pin}", "2"), 1, known=True),
    Errand("main_menu", ("2", "{tail}", "{pin}", "1", "1", "9"), 3, known=True),
    Errand("main_menu", ("3", "{id}", "{pin}", "1", "9"), 3, known=True),
    Errand("main_menu", ("4", "1", "9"), 3),
    Errand("main_menu", ("4", "2", "*", "7", "9"), 2),
    Errand("main_menu", ("8", "4", "1", "9"), 1),
    Errand("main_menu", ("0", "5", "9#"), 7),
    Errand("main_menu", ("0", "2", "5"), 3, leaves_message=True),
    Errand("main_menu", ("0", "1", "1"), 2),
    Errand("main_menu", ("5", "1", "2", "1", "1"), 3, leaves_message=True),
    Errand("complaint", ("1", "1", "1", "1"), 3, leaves_message=True),
    Errand("elderly_simple", ("1", "{tail}", "{pin}"), 2, known=True),
    Errand("elderly_simple", ("0",), 2),
    Errand("main_menu", (), 2),
)


class Telephones(Protocol):
    """Is told which agent's telephone rings."""

    def rings(self, number: str, call: str) -> None: ...


@dataclass
class SimulatedCaller:
    """A caller with an errand, who then tries keys at random, falls silent or hangs up."""

    call: str
    number: str
    errand: Errand
    chance: random.Random
    telephones: Telephones
    _keys: list[str] = field(default_factory=list)
    _silences: int = 0
    _further: int = 0

    def __post_init__(self) -> None:
        typed = KNOWN.get(self.number, {"tail": "0000", "pin": WRONG_PIN, "id": "0000"})
        self._keys = [key.format(**typed, wrong=WRONG_PIN) for key in self.errand.keys]
        # Most callers do a little more than their errand: the keys lead into parts of the flows that no errand names.
        self._further = self.chance.choice((0, 0, 1, 2, 4))

    def early(self, stretch: Stretch) -> Act | None:
        """Press the next key during the prompt, now and then."""
        # Few: a key during a prompt saves the caller the rest of it, and with it most silences and reprompts.
        if stretch.listening is None or not stretch.listening.keys or self.chance.random() > 0.15:
            return None
        return Press(self._keys.pop(0), at=stretch.seconds * self.chance.random()) if self._keys else None

    def hears(self, heard: HeardPrompt) -> None: ...

    def answers(self, listening: ListeningWindow) -> Act:
        """Act while the call listens."""
        if listening.records:
            if not self.errand.leaves_message and self.chance.random() < 0.5:
                raise Gone
            return Talk(self.chance.uniform(2.0, 12.0), self.chance.choice(("#", "")))
        if listening.keys and self._keys:
            return Press(self._keys.pop(0), at=self.chance.random())
        if self._further and listening.keys:
            self._further -= 1
            return Press(self.chance.choice("0123456789*#"), at=self.chance.random())
        self._silences += 1
        if self._silences > MOST_SILENCES or self.chance.random() < 0.4:
            raise Gone
        return Silence()

    def acted(self, act: Act) -> None: ...

    def desk(self, numbers: Sequence[str]) -> DeskAnswer:
        """Say how the dialled telephone answers."""
        self.telephones.rings(numbers[0], self.call)
        return agent_answer(self.chance)


def agent_answer(chance: random.Random) -> DeskAnswer:
    """Draw how an agent answers: mostly by taking the call."""
    status = chance.choices(("completed", "busy", "no-answer"), (8, 1, 1))[0]
    return DeskAnswer(
        status,
        talk=chance.uniform(5.0, 120.0),
        ring=chance.uniform(1.0, 8.0),
        press=chance.choices(("1", "", "3"), (18, 1, 1))[0],
        hangs_up=chance.random() < 0.03,
        lost=chance.random() < 0.03,
        caller_leaves=chance.random() < 0.3,
        caller_leaves_at=chance.uniform(1.0, 40.0) if chance.random() < 0.1 else None,
    )


def draw_caller(
    call: str, chance: random.Random, telephones: Telephones, errands: Sequence[Errand] = ERRANDS
) -> SimulatedCaller:
    """Draw a caller and an errand."""
    errand = chance.choices(errands, [errand.weight for errand in errands])[0]
    customers = tuple(KNOWN)
    number = chance.choice(customers if errand.known or chance.random() < 0.3 else STRANGERS)
    return SimulatedCaller(call, number, errand, chance, telephones)
