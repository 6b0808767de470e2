"""What an agent is told of a caller, so that nothing is asked twice. Never a secret: what was typed comes masked."""

from __future__ import annotations

from typing import TypedDict

from .service_ports.queue import AgentNotes
from .turn import Turn


class Handover(TypedDict):
    """What a question to the queue tells of a caller, besides where they want to go."""

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
    """Return who is calling, how surely that is known, what about, and what they did in this call so far.

    `level` is the identity level that holds now; a name without a level is only what the number suggests.
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
