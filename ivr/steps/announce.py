"""`announce`: speaks an announcement while operators have it switched on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from ivr.engine.service_ports.line import AskAnnouncement
from ivr.engine.step import LiveStep, Move
from ivr.engine.turn import Turn
from ivr.errors import LookupFailed
from ivr.flow.expressions import Expression
from ivr.flow.fields import option
from ivr.flow.model import Route
from ivr.flow.routes import Condition, Ways
from ivr.flow.scalars import Name

_HELD_SECONDS = 8.0
"""An announcement up to this length is heard to its end; a longer one may be stopped by a key."""
_SIGN_OR_WORD = re.compile(r"[\u4e00-\u9fff]|[^\W\u4e00-\u9fff]+")


@dataclass(frozen=True, kw_only=True)
class AnnounceStep(LiveStep):
    """Speaks what `ivr announce` has switched on for a slot of `line.yaml`, and goes on; says nothing while it is off.

    Texts of up to 8 seconds are heard to their end. Longer ones are stopped by a key or word, as any other text.

    ```yaml
    news:
      announce: emergency
      when: caller.segment != "corporate"
      next: main
    ```
    """

    kind: ClassVar[str] = "announce"
    replayable: ClassVar[bool] = True

    announce: str = option(Name("the name of an announcement"), help="The slot of line.yaml.")
    next: Route = option(Ways(), help="Where the call goes on.")
    when: Expression | None = option(
        Condition(), help="Spoken only while this holds.", default=None, shown="to every caller"
    )

    def exits(self) -> Mapping[str, Route]:
        """Return the way on."""
        return {"next": self.next}

    def announcement(self) -> str:
        """Return the slot that is spoken."""
        return self.announce

    def enter(self, turn: Turn) -> Move:
        """Speak the announcement. The call goes on after any failure."""
        call = turn.call
        if self.when is not None and not self.when.holds(turn.values()):
            return "next"
        try:
            announced = turn.ask(
                AskAnnouncement(slot=self.announce, language=call.language, caller=call.caller, called=call.called)
            )
        except LookupFailed:
            return "next"
        words, language = announced.text, announced.language or call.language
        if words:
            # A fire or a fraud must not be missed by a key that was pressed by habit; minutes of it must not hold a
            # caller.
            barge_in = _seconds(words, turn) > _HELD_SECONDS
            if announced.drill:
                turn.phrase("drill", language=language, barge_in=barge_in)
            turn.say_words(words, language=language, barge_in=barge_in)
            turn.note("announced", slot=self.announce, drill=announced.drill)
        return "next"


def _seconds(words: str, turn: Turn) -> float:
    """Estimate the duration of words in seconds, from Chinese characters and other words."""
    pieces = _SIGN_OR_WORD.findall(words)
    chinese = sum("\u4e00" <= piece <= "\u9fff" for piece in pieces)
    profile = turn.profile
    minutes: float = chinese / profile.characters_per_minute + (len(pieces) - chinese) / profile.words_per_minute
    return minutes * 60
