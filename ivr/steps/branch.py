"""`branch`: goes one of several ways, by conditions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from ivr.engine.step import LiveStep, Move
from ivr.engine.turn import Turn
from ivr.flow.fields import option
from ivr.flow.model import Route
from ivr.flow.routes import Ways


@dataclass(frozen=True, kw_only=True)
class BranchStep(LiveStep):
    """Takes the first way whose condition holds. Nothing is spoken.

    ```yaml
    which_desk:
      branch:
        - {when: caller.segment == "vip", goto: vip_desk}
        - {goto: general_desk}
    ```
    """

    kind: ClassVar[str] = "branch"
    open_to_all: ClassVar[bool] = True

    branch: Route = option(Ways(), help="The ways, in order; the last one needs no condition.")

    def exits(self) -> Mapping[str, Route]:
        """Return the ways on."""
        return {"next": self.branch}

    def enter(self, turn: Turn) -> Move:
        """Let the chart choose."""
        return "next"
