"""What a caller hears and may do while they wait for an agent. Who comes next is not decided here."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from msgspec.structs import replace

from ivr.errors import LookupFailed
from ivr.flow import phrasebook
from ivr.flow.model import Choice
from ivr.flow.outcomes import MAIN_MENU, global_outcome

from .input_step import option_words
from .service_ports.queue import LeaveQueue, QueueStatus
from .step import Move, Universal
from .turn import Turn
from .verbs import Gather, Keys, Pause, Play

LONG_WAIT = 11
"""Whole minutes from which only "more than ten" is said: no forecast reaches farther."""


def wait(turn: Turn, status: QueueStatus | None, choices: Sequence[Choice]) -> Move:
    """Tell the place if that is due, play music, and wait for a key; silence asks the queue again.

    `status` is None when the queue could not be asked.
    """
    if status:
        said = replace(turn.call.transfer, position=status.position, minutes=status.minutes, call_back=status.call_back)
        turn.change(transfer=said)
    if status and status.due:
        _tell(turn, status)
        _offer(turn, choices)
    piece = status.piece if status and status.piece else turn.line.waiting.piece
    music = turn.line.waiting.music
    turn.prompts.append(Play(f"/audio/{music}") if music else Pause(piece))
    turn.gather(Gather((), keys=Keys(1), first_timeout=1.0, inter_digit_timeout=1.0))
    return None


def _tell(turn: Turn, status: QueueStatus) -> None:
    position, minutes = status.position, status.minutes
    if status.longer:
        turn.phrase("queue_longer")
    if position <= 1:
        turn.phrase("queue_next")
    else:
        unit = phrasebook.phrase(turn.call.language, "queue_people")
        turn.phrase("queue_position", people=turn.services.verbalize(position - 1, "count", unit, turn.call.language))
    if minutes is None:
        return
    if minutes < 1:
        turn.phrase("queue_soon")
    elif minutes >= LONG_WAIT:
        turn.phrase("queue_long")
    else:
        turn.phrase("queue_minutes", minutes=turn.services.verbalize(minutes * 60, "duration", "", turn.call.language))


def _offer(turn: Turn, choices: Sequence[Choice]) -> None:
    offered = [
        option_words(turn, turn.words(choice.label), choice.key)
        for choice in choices
        if choice.label and turn.offered(choice)
    ]
    between, end = (phrasebook.phrase(turn.call.language, f"option_{part}") for part in ("between", "end"))
    if offered:
        turn.say_words(between.join(offered) + end)


def choice_for(turn: Turn, choices: Sequence[Choice], key: str) -> Choice | None:
    """Return what a key chooses while waiting: a choice of the step, or one that works everywhere."""
    return next(
        (choice for choice in (*choices, *turn.flow.globals) if choice.key == key and turn.offered(choice)), None
    )


def leads_out(turn: Turn, choice: Choice) -> bool:
    """Tell whether a choice ends the waiting; the one for a person, and what only changes how one is told, do not."""
    if choice.goto is None:
        return choice.do in ("back", "main_menu")
    return choice.goto.name != turn.flow.agent


def way_out(turn: Turn, choice: Choice) -> Move:
    """Return where a choice that works everywhere leads a caller who gives up waiting."""
    if choice.do == "back":
        return Universal.BACK
    if choice.do == "main_menu":
        return MAIN_MENU
    return global_outcome(turn.flow.globals.index(choice))


def leave(turn: Turn, why: str) -> None:
    """Tell the queue that the caller waits no more; it drops callers that stop asking anyway."""
    with suppress(LookupFailed):
        status = turn.ask(LeaveQueue(call=turn.call.id, why=why))
        if status.agent:
            note_talk(turn, status)
            return
    turn.note("left", why=why, **where(turn))


def note_talk(turn: Turn, status: QueueStatus) -> None:
    """Write down a talk that is just over; the wait was over when the agent took the call."""
    seconds = status.seconds
    place = where(turn)
    place["waited"] = max(0, place["waited"] - seconds)
    turn.note("talked", agent=status.agent, seconds=seconds, **place)


def where(turn: Turn) -> dict[str, Any]:
    """Return for which desk the caller waits in this step, how urgently, and for how many seconds so far."""
    transfer = turn.call.transfer
    waited = round(turn.now - (turn.now if transfer.since is None else transfer.since))
    return {"desk": transfer.desk, "priority": transfer.priority, "waited": waited}
