"""What an agent is told of a caller, so that nothing is asked twice. Never a secret: what was typed comes masked."""

from __future__ import annotations

from typing import Any

from .turn import Turn


def handover(turn: Turn) -> dict[str, Any]:
    """Return who is calling, how surely that is known, what about, and what they did in this call so far.

    `level` is the identity level that holds now; a name without a level is only what the number suggests.
    """
    call, caller = turn.call, turn.call.facts.get("caller", {})
    card = turn.values().get("card")
    typed = {**call.typed, "card": f"***{card['tail']}"} if card else dict(call.typed)
    return {
        "call": call.id,
        "caller": call.caller,
        "called": call.called,
        "language": call.language,
        "level": turn.level,
        "customer": call.identity.customer if turn.level else "",
        "name": caller.get("name", ""),
        "segment": caller.get("tier", ""),
        "reason": call.facts.get("reason", ""),
        "context": {
            "path": list(call.path),
            "typed": typed,
            "last_reasons": list(caller.get("last_reasons") or ()),
        },
    }
