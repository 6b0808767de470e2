"""The base of steps that take an entry of keys: waiting, parsing, entries in two pieces."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from ivr.flow.outcomes import AGENT
from ivr.secret import Secret

from .entry_parser import FINISH, Typed, parse_entry
from .entry_types import EntryType, Value
from .input_step import MISS, InputScratch, InputStep
from .inputs import Digits, Input
from .keys_ahead import keep_ahead
from .stand_ins import number_stand_in, stand_in
from .step import Move, Universal
from .turn import Turn
from .urgent_question import matter_in_question
from .verbs import Hearing, Keys

_MOST_WAITS = 3


@dataclass(frozen=True)
class EntryScratch(InputScratch):
    """`begun` is the first of two pieces of an entry; `waits` counts the requests for more time."""

    begun: Value | None = None
    waits: int = 0


@dataclass(frozen=True, kw_only=True)
class EntryStep(InputStep):
    """A step that takes entries. Each kind defines the entry that it wants and how it uses it."""

    ladder: ClassVar[str] = "collect"
    fetches: ClassVar[bool] = True

    @abstractmethod
    def wanted(self, turn: Turn) -> EntryType:
        """Return the entry that is asked for now."""

    @abstractmethod
    def accept(self, turn: Turn, value: Value) -> Move:
        """Process a value that passed its check."""

    def keys(self, turn: Turn) -> Keys:
        """Wait for as many keys as are still missing, and for the pound key where only that key ends the entry."""
        entry = self.wanted(turn)
        most = entry.most if entry.fixed else entry.most + 1
        return Keys(most=most - len(_begun(turn)), finish=FINISH)

    def hearing(self, turn: Turn) -> Hearing | None:
        """Return the words that can be said here. An entry of several keys is never recorded, not even its last key."""
        hearing = super().hearing(turn)
        return None if hearing and hearing.by == "recording" and self.wanted(turn).most > 1 else hearing

    def takes_words(self, turn: Turn) -> bool:
        """Return whether the entry may be spoken."""
        return super().takes_words(turn) and self.wanted(turn).sayable

    def may_have_spoken(self, turn: Turn, kind: str) -> bool:
        """Return whether the caller may have spoken: not if keys were typed."""
        return super().may_have_spoken(turn, kind) and not _begun(turn)

    def keys_said(self, turn: Turn) -> Sequence[str]:
        """Return all digits where the entry is one digit."""
        return "0123456789" if self.wanted(turn).most == 1 else ()

    def recordable(self, turn: Turn, action: Input) -> Input | None:
        """Return the input with a stand-in for every number that is, or by mistake may be, a secret."""
        entry = self.wanted(turn)
        if not isinstance(action, Digits):
            return super().recordable(turn, action)
        if _begun(turn) or matter_in_question(turn):
            return None
        keys = (stand_in if entry.secret or self.protects() else number_stand_in)(entry, action.keys)
        return None if keys is None else Digits(keys)

    def first_timeout(self, turn: Turn) -> float:
        """Give time to fetch the card or paper."""
        return self.timeout or turn.profile.fetch_timeout

    def listen(self, turn: Turn) -> Move:
        """Ask for the whole entry; drop its first piece."""
        _forget(turn)
        return super().listen(turn)

    def take_keys(self, turn: Turn, keys: str) -> Move:
        """Parse the keys, together with the first piece, as the entry that is wanted."""
        typed = parse_entry(self.wanted(turn), _begun(turn) + keys)
        _forget(turn)
        match typed.meaning:
            case "value":
                assert typed.value is not None  # noqa: S101
                # Keys typed on after a secret may be the rest of it, and must not become an answer that is written
                # down.
                keep_ahead(turn, "" if self.protects() else typed.rest)
                return self.accept(turn, typed.value)
            case "agent":
                return AGENT
            case "back":
                return Universal.BACK
            case "more_time":
                return self._give_time(turn)
            case "begun":
                return self._go_on(turn, typed)
        return MISS

    def take_speech(self, turn: Turn, words: str) -> Move:
        """Parse words as the whole entry that is wanted; drop the keys typed before."""
        entry = self.wanted(turn)
        if entry.secret or not self.takes_words(turn):
            return MISS
        name = "key" if entry.most == 1 else entry.name
        heard = turn.services.inverse_normalize(words, turn.call.language, name, turn.today)
        if not heard or len(heard) > entry.most:
            return MISS
        _forget(turn)
        return self.take_keys(turn, heard)

    def _give_time(self, turn: Turn) -> Move:
        scratch = turn.scratch_as(EntryScratch)
        waits = scratch.waits + 1
        if waits > _MOST_WAITS:
            return MISS
        turn.remember(replace(scratch, waits=waits))
        if waits > 1:  # the first is most often the habit of ending a number so; asking again gives time, too
            turn.phrase("more_time")
        return self.listen(turn)

    def _go_on(self, turn: Turn, typed: Typed) -> Move:
        """Wait for the second piece: a carrier sends a fixed number of keys, and a clearing star takes some of them."""
        kind = self.wanted(turn).secret
        begun = Secret(kind, typed.rest) if kind else typed.rest
        turn.remember(replace(turn.scratch_as(EntryScratch), begun=begun))
        return self.wait(turn)

    def _reprompt(self, turn: Turn, kind: str, failures: int) -> None:
        # Before the base's: it says what was wrong, and the question follows.
        if kind == MISS and not self.no_match:
            entry = self.wanted(turn)
            turn.phrase(entry.complaint, digits=_span(entry, turn))
        super()._reprompt(turn, kind, failures)


def _begun(turn: Turn) -> str:
    begun = turn.scratch_as(EntryScratch).begun
    return begun.reveal() if isinstance(begun, Secret) else begun or ""


def _forget(turn: Turn) -> None:
    scratch = turn.scratch_as(EntryScratch)
    if scratch.begun is not None:
        turn.remember(replace(scratch, begun=None))


def _span(entry: EntryType, turn: Turn) -> str:
    if entry.fixed:
        return str(entry.least)
    return turn.line.phrases.phrase(turn.call.language, "from_to", least=str(entry.least), most=str(entry.most))
