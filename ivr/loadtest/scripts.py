"""The conversations that callers play: select those that fit a load test, draw by weight, and follow one."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ivr.carrier import addresses
from ivr.carrier.caller import Act, Silence
from ivr.carrier.carrier_options import CallResult
from ivr.carrier.clock import Clock
from ivr.carrier.requests import PhoneLine
from ivr.conversations.model import Conversation
from ivr.conversations.reader import read_conversations
from ivr.conversations.result import CARRIER_FAULT, FailedExpectation, folded_for_match
from ivr.conversations.runner import ScriptedCaller

from .labels import deed_names
from .memo import CallMemo
from .process import LoadError

_SHORTEST_PHRASE = 6


@dataclass(frozen=True)
class Script:
    """A conversation, with the names of its acts.

    `elsewhere` are phrases that only other conversations expect: the server says them rightly when an earlier call has
    locked the account, used the code or left a complaint.
    """

    conversation: Conversation
    acts: tuple[str, ...]
    elsewhere: frozenset[str] = frozenset()
    memo: CallMemo = field(default_factory=CallMemo, compare=False, repr=False)

    def line(self, base: str, token: str, public_url: str = "") -> PhoneLine:
        """Return the telephone line for a call to a server."""
        conversation = self.conversation
        return PhoneLine(
            voice_url=base + conversation.path + addresses.OPTIONS,
            caller=conversation.caller,
            called=conversation.to or PhoneLine.called,
            token=token,
            status_url=base + addresses.STATUS + addresses.OPTIONS,
            public_url=public_url,
        )


class Scripts:
    """The conversations of a flow that fit a load test, drawn by weight."""

    def __init__(self, conversations: Sequence[Conversation], flow: str) -> None:
        of_flow = [conversation for conversation in conversations if conversation.flow == flow]
        why = [_unfit(conversation) for conversation in of_flow]
        self.left_out = Counter(reason for reason in why if reason)
        sound = [conversation for conversation in conversations if not conversation.faulty_bank]
        faulty = [conversation for conversation in conversations if conversation.faulty_bank]
        # Phrases for a failing bank are left out: here the bank is sound, and such a phrase is a failure.
        of_others = _phrases(sound) - _phrases(faulty)
        self.fit = [
            Script(conversation, deed_names(conversation), of_others - _phrases([conversation]))
            for conversation, no in zip(of_flow, why, strict=True)
            if not no
        ]
        if not self.fit:
            flows = (
                ", ".join(sorted({conversation.flow for conversation in conversations if conversation.flow})) or "none"
            )
            raise LoadError(f"no conversation of {flow} fits a load test; there are conversations of: {flows}")
        self._weights = list(itertools.accumulate(script.conversation.weight for script in self.fit))

    def draw(self, chance: random.Random) -> Script:
        """Draw the next conversation."""
        return chance.choices(self.fit, cum_weights=self._weights)[0]


def _phrases(conversations: Sequence[Conversation]) -> frozenset[str]:
    """Return what the conversations expect to hear, without phrases so short that they stand in many sentences."""
    expectations = (
        expectation for conversation in conversations for turn in conversation.turns for expectation in turn.hear
    )
    folded = (folded_for_match(str(expectation.value)) for expectation in expectations)
    return frozenset(phrase for phrase in folded if len(phrase) >= _SHORTEST_PHRASE)


def load_scripts(path: str, flow: str) -> Scripts:
    """Read a file or a folder. Raises LoadError if no conversation fits, and FlowError for an invalid file."""
    if not Path(path).exists():
        raise LoadError(f"{path}: there are no conversations here; name a file or a folder with --conversations")
    return Scripts(read_conversations([Path(path)]), flow)


def _unfit(conversation: Conversation) -> str:
    if conversation.at is not None:
        return "at a fixed time"
    if conversation.faulty_bank:
        return "with a faulty bank"
    if conversation.agents or conversation.before:
        return "with agents or earlier callers of their own"
    if conversation.announced or conversation.desks:
        return "with an announcement or hours of its own"
    # The flows of the server that is loaded are not known to the client.
    if conversation.by_meaning:
        return "with choices or prompts by meaning"
    if conversation.weight <= 0:
        return "with weight 0"
    return "with a repeated request" if any(turn.repeat for turn in conversation.turns) else ""


class Follower(ScriptedCaller):
    """A caller who follows a script and names its acts."""

    def __init__(self, script: Script, clock: Clock, call_sid: str) -> None:
        super().__init__(script.conversation, clock, call_sid, None, ring=0.0)
        self._script = script
        self._moves = [turn for turn in script.conversation.turns if turn.act is not None]
        self._done_acts = 0

    def named(self, act: Act) -> tuple[str, int]:
        """Return the name of the current act and its position in the call. Waiting for a later act is silence."""
        place = self._done_acts
        if place >= len(self._moves) or (isinstance(act, Silence) and self._moves[place].act != "wait"):
            return "silence", place + 1
        self._done_acts += 1
        return self._script.acts[place], place + 1

    def dialled(self) -> None:
        """Record that a desk was dialled, which is an act of the script if the script says how the desk answers."""
        place = self._done_acts
        if place < len(self._moves) and self._moves[place].act == "dial":
            self._done_acts += 1

    def went_wrong(self, result: CallResult) -> tuple[str, str]:
        """Return how the call left the script, as a kind and an example; two empty texts if it did not."""
        self.finish(result)
        for failure in self.failures:
            # Fatal faults are counted by their number, and warnings stop no caller.
            if not failure.message.startswith(CARRIER_FAULT):
                return _kind(failure), f"{failure.message}; heard: {failure.heard[-80:]}"
        return "", ""

    @property
    def diverted(self) -> bool:
        """Return whether the call heard what another conversation expects; call it after `went_wrong`."""
        heard = [folded_for_match(failure.heard) for failure in self.failures[:1]]
        return any(phrase in words for words in heard for phrase in self._script.elsewhere)


def _kind(failure: FailedExpectation) -> str:
    words = failure.message.startswith(("expected to hear", "expected not to hear"))
    return "unexpected words" if words else "unexpected course"
