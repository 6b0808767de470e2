"""`hangup`: says goodbye and ends the call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from ivr.engine.step import LiveStep, Move
from ivr.engine.turn import Turn
from ivr.flow.fields import option
from ivr.flow.model import Route
from ivr.flow.text import Text
from ivr.flow.text_field import TextField


@dataclass(frozen=True, kw_only=True)
class HangupStep(LiveStep):
    """Speaks a last sentence and ends the call.

    ```yaml
    goodbye:
      hangup: 感谢您的来电，再见。
    ```
    """

    kind: ClassVar[str] = "hangup"
    ends: ClassVar[bool] = True
    open_to_all: ClassVar[bool] = True

    hangup: Text = option(TextField(), help="The last sentence.")

    def exits(self) -> Mapping[str, Route]:
        """Nothing follows."""
        return {}

    def enter(self, turn: Turn) -> Move:
        """Say it and end."""
        turn.say(self.hangup, barge_in=False)
        turn.hang_up()
        return None
