"""Those who called before: they press their keys, wait without a word, talk when somebody answers, and hang up."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from ivr.carrier.caller import Act, Desk, Gone, Heard, Listening, Press, Silence, Stretch
from ivr.carrier.player import Player
from ivr.carrier.requests import Line, Watch
from ivr.carrier.transport import Transport

from .model import Conversation, Earlier
from .scheduler import Together

LISTENS_SECONDS = 0.5


class Patient:
    """Presses one key whenever something listens, until there are none left; then waits for as long as it takes.

    `over` tells when this caller has had enough, and hangs up at the next pause.
    """

    def __init__(self, keys: str, desk: Desk, over: Callable[[], bool] = lambda: False) -> None:
        self._keys: Iterator[str] = iter(keys)
        self._desk, self._over = desk, over
        self.heard: list[str] = []
        self.dialled: list[str] = []

    def early(self, stretch: Stretch) -> Act | None:
        """Listen to the end."""
        return None

    def hears(self, heard: Heard) -> None:
        """Remember it."""
        if heard.kind == "say":
            self.heard.append(heard.text)

    def answers(self, listening: Listening) -> Act:
        """Press the next key, or wait; who has talked is done."""
        if self.dialled or self._over():
            raise Gone
        key = next(self._keys, "")
        return Press(key, LISTENS_SECONDS) if key else Silence()

    def acted(self, act: Act) -> None:
        """Know already."""

    def desk(self, numbers: Sequence[str]) -> Desk:
        """Talk to whoever answers."""
        self.dialled += numbers
        return self._desk


def joins(
    one: Earlier,
    stage: Together,
    conversation: Conversation,
    transport: Transport,
    line: Line,
    *,
    at: float,
    watch: Watch | None = None,
) -> Patient:
    """Let somebody call before `at`, when the conversation begins; `line` is that of its own caller."""
    base = line.voice_url.removesuffix(conversation.path)
    path = replace(conversation, flow=one.flow or ("" if one.to else conversation.flow)).path
    theirs = replace(line, voice_url=base + path, caller=one.caller, called=one.to or line.called)
    leaves = at - one.ahead + one.hangs_up if one.hangs_up else math.inf
    caller = Patient(one.press, Desk(talk=one.talk), lambda: stage.now() >= leaves)
    stage.at(at - one.ahead, lambda: _calls(theirs, transport, caller, stage, watch))
    return caller


def _calls(line: Line, transport: Transport, caller: Patient, stage: Together, watch: Watch | None) -> None:
    Player(line, transport, caller, stage, watch=watch).call()
