"""`speak`: switches the language of the call, as to the one that the customer's record names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from ivr.engine.step import LiveStep, Move
from ivr.engine.turn import Turn
from ivr.flow.expressions import Expression
from ivr.flow.fields import option
from ivr.flow.model import Route
from ivr.flow.routes import Condition, Ways

_TAG = re.compile(r"[a-z]{2,3}-[A-Z]{2}\Z")


@dataclass(frozen=True, kw_only=True)
class SpeakStep(LiveStep):
    """Switches the language to a value, such as the one of the customer's record.

    A language that the flow does not speak changes nothing; of one whose family it speaks, that is taken (for zh-TW
    zh-CN). A caller who chooses a language has the last word: place this step before the menus.

    ```yaml
    usual_language:
      speak: caller.language
      next: main
    ```
    """

    kind: ClassVar[str] = "speak"

    speak: Expression = option(Condition("a value with a language", "caller.language"), help="The language.")
    next: Route = option(Ways(), help="Where the call goes on.")

    def exits(self) -> Mapping[str, Route]:
        """Return the way on."""
        return {"next": self.next}

    def faults(self) -> Iterator[tuple[str, str, str]]:
        """Yield the fault of a tag that is written without quotes."""
        if _TAG.match(self.speak.text):
            yield self.kind, "A language stands in quotes here.", f"""Write '"{self.speak.text}"'."""

    def enter(self, turn: Turn) -> Move:
        """Switch, if the flow speaks the language or one of its family."""
        wanted = self.speak(turn.values())
        # The value comes from a record of the bank, which may be missing or hold anything.
        if isinstance(wanted, str) and (language := _spoken(wanted, turn.flow.languages)):
            turn.change(language=language)
        return "next"


def _spoken(wanted: str, languages: Sequence[str]) -> str:
    """Return the language of a flow for a tag: itself, else one with the same primary subtag (RFC 5646), or ""."""
    primary = wanted.partition("-")[0]
    related = (language for language in languages if language.partition("-")[0] == primary)
    return wanted if wanted in languages else next(related, "")
