"""Play earlier callers: they press their keys, wait in silence, talk to the agent who answers, and hang up."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from ivr.carrier.caller import Act, DeskAnswer, Gone, HeardPrompt, HeardText, ListeningWindow, Press, Silence, Stretch
from ivr.carrier.player import Player
from ivr.carrier.requests import ExchangeWatch, PhoneLine
from ivr.carrier.transport import Transport

from .model import Conversation, Earlier
from .scheduler import CallScheduler

LISTENS_SECONDS = 0.5


class BackgroundCaller:
    """Gives one entry at each prompt that gathers keys, then waits.

    Hangs up at the next pause after `over` returns true.
    """

    def __init__(self, keys: Sequence[str], desk: DeskAnswer, over: Callable[[], bool] = lambda: False) -> None:
        self._keys: Iterator[str] = iter(keys)
        self._desk, self._over = desk, over
        self.heard: list[str] = []
        self.dialled: list[str] = []

    def early(self, stretch: Stretch) -> Act | None:
        """Never act during a prompt."""
        return None

    def hears(self, heard: HeardPrompt) -> None:
        """Store the spoken text."""
        if isinstance(heard, HeardText):
            self.heard.append(heard.text)

    def answers(self, listening: ListeningWindow) -> Act:
        """Press the next key or wait; hang up after the talk."""
        # Hangs up at the first question behind the talk: background callers have nothing to say to a survey.
        if self.dialled or self._over():
            raise Gone
        key = next(self._keys, "")
        return Press(key, LISTENS_SECONDS) if key else Silence()

    def acted(self, act: Act) -> None:
        """Do nothing."""

    def desk(self, numbers: Sequence[str]) -> DeskAnswer:
        """Return a talk with the agent who answers."""
        self.dialled += numbers
        return self._desk


def joins(
    earlier: Earlier,
    stage: CallScheduler,
    conversation: Conversation,
    transport: Transport,
    line: PhoneLine,
    *,
    at: float,
    watch: ExchangeWatch | None = None,
) -> BackgroundCaller:
    """Add an earlier caller, who calls before the conversation begins at `at`; `line` is the conversation's own."""
    base = line.voice_url.removesuffix(conversation.path)
    path = replace(conversation, flow=earlier.flow or ("" if earlier.to else conversation.flow)).path
    theirs = replace(line, voice_url=base + path, caller=earlier.caller, called=earlier.to or line.called)
    leaves = at - earlier.ahead + earlier.hangs_up if earlier.hangs_up else math.inf
    caller = BackgroundCaller(earlier.press, DeskAnswer(talk=earlier.talk), lambda: stage.now() >= leaves)
    stage.at(at - earlier.ahead, lambda: _calls(theirs, transport, caller, stage, watch))
    return caller


def _calls(
    line: PhoneLine, transport: Transport, caller: BackgroundCaller, stage: CallScheduler, watch: ExchangeWatch | None
) -> None:
    Player(line, transport, caller, stage, watch=watch).call()
