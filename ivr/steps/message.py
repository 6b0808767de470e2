"""`message`: records a message of the caller."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from ivr.engine.inputs import Input, NoInput, Recorded, Resumed
from ivr.engine.scratch import Scratch
from ivr.engine.step import LiveStep, Move
from ivr.engine.turn import Turn
from ivr.engine.verbs import Record
from ivr.flow.fields import option
from ivr.flow.model import Route
from ivr.flow.outcomes import AGENT, FAILED
from ivr.flow.routes import Ways
from ivr.flow.scalars import Name, Seconds, Whole
from ivr.flow.text import Text
from ivr.flow.text_field import TextField

_SHORTEST = 1.0


@dataclass(frozen=True)
class MessageScratch(Scratch):
    """How often nothing was recorded, and the turn in which the step was entered."""

    failures: int = 0
    since: int = -1


@dataclass(frozen=True, kw_only=True)
class MessageStep(LiveStep):
    """Records a message. Pound, or five seconds of silence, ends it; 0 leads to a person instead.

    The variable holds `url` and `seconds`.

    ```yaml
    leave_message:
      message: 请在提示音后说出您的要求，说完请按井号键。
      as: message
      next: thanks
    ```
    """

    kind: ClassVar[str] = "message"
    listens: ClassVar[bool] = True
    records: ClassVar[bool] = True
    open_to_all: ClassVar[bool] = True

    message: Text = option(TextField(), help="What is said before the tone.")
    save_as: str = option(Name(), help="The variable that keeps the recording.", key="as")
    next: Route = option(Ways(), help="Where the call goes on with a message.")
    most: float = option(Seconds(5, 600), help="How long a message may be.", key="max", default=120.0, shown="2m")
    tries: int = option(Whole(1, 5), help="How often the caller is asked.", default=2)
    on_failure: Route | None = option(
        Ways(), help="Where to go when nothing was recorded.", default=None, shown="the flow's `agent`: a person"
    )

    def exits(self) -> Mapping[str, Route]:
        """Return the ways on."""
        return {"next": self.next} | ({FAILED: self.on_failure} if self.on_failure else {})

    def sets(self) -> Mapping[str, str]:
        """Return the variable that keeps the recording."""
        return {self.save_as: "map"}

    def enter(self, turn: Turn) -> Move:
        """Ask and record."""
        # Keys pressed before a recording were meant for a menu; pound would end the message at once.
        turn.change(keys_ahead="")
        scratch = turn.scratch_as(MessageScratch)
        if scratch.since < 0:
            turn.remember(replace(scratch, since=turn.call.turn))
        # Heard to its end, since a key would end the recording before it has begun.
        turn.say(self.message, barge_in=False)
        turn.close(Record((), most=int(self.most), finish="#0"))
        return None

    def answer(self, turn: Turn, action: Input) -> Move:
        """Keep the recording, or ask again."""
        match action:
            case Recorded(key="0"):
                return AGENT
            case Recorded() if action.url and action.seconds >= _SHORTEST:
                turn.set(self.save_as, {"url": action.url, "seconds": action.seconds})
                turn.note("message", url=action.url, seconds=action.seconds, caller=turn.call.caller)
                return "next"
            case Resumed():
                return self.enter(turn)
            case Recorded() | NoInput() | _:
                return self._again(turn)

    def takes_recording(self, turn: Turn, answered: int) -> bool:
        """Return whether a recording was made since the step was entered: a repeated request asks anew, no more."""
        return turn.scratch_as(MessageScratch).since < answered <= turn.call.turn

    def _again(self, turn: Turn) -> Move:
        scratch = turn.scratch_as(MessageScratch)
        failures = scratch.failures + 1
        turn.remember(replace(scratch, failures=failures))
        turn.note("no_input", failures=failures)
        if failures >= self.tries:
            return FAILED
        turn.phrase("record_again")
        return self.enter(turn)
