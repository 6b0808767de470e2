"""The context of a caller for the agent, so that nothing is asked twice. Entries are masked; secrets are left out."""

from __future__ import annotations

from typing import TypedDict

from .service_ports.queue import AgentNotes
from .turn import Turn


class Handover(TypedDict):
    """The fields of a question to the queue that describe the caller."""

    call: str
    caller: str
    called: str
    language: str
    level: int
    customer: str
    name: str
    segment: str
    reason: str
    context: AgentNotes


def handover(turn: Turn) -> Handover:
    """Return the caller's identity, reason, choices and entries so far.

    `level` is the current identity level. A name without a level is only suggested by the number.
    """
    call, caller = turn.call, turn.caller
    card = turn.values().get("card")
    typed = {**call.typed, "card": f"***{card['tail']}"} if card else dict(call.typed)
    return Handover(
        call=call.id,
        caller=call.caller,
        called=call.called,
        language=call.language,
        level=turn.level,
        customer=call.identity.customer if turn.level else "",
        name=str(caller.name),
        segment=str(caller.tier),
        reason=call.facts.reason,
        context=AgentNotes(path=call.path, typed=typed, last_reasons=tuple(caller.last_reasons)),
    )
