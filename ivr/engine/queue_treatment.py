"""The treatment of a caller who waits for an agent: place, expected wait, music and choices."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from msgspec.structs import replace

from ivr.errors import LookupFailed
from ivr.flow.model import Choice
from ivr.flow.outcomes import MAIN_MENU, global_outcome

from .expected_words import hints_of, phrases_of
from .option_words import option_words, say_options
from .service_ports.queue import LeaveQueue, QueueStatus
from .step import Move, Universal
from .turn import Turn
from .verbs import Gather, Hearing, Keys, Pause, Play

LONG_WAIT = 11
"""The whole minutes from which "more than ten" is said, because no forecast reaches farther."""


def wait(turn: Turn, status: QueueStatus | None, choices: Sequence[Choice]) -> Move:
    """Say the place if it is due, play music, and wait for a key or a word. Silence asks the queue again.

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
    # The document must last some seconds: one without sound would be asked for again at once, a storm of requests.
    turn.prompts.append(Play(f"/audio/{music}") if music else Pause(piece))
    # A gather with an answer to silence, not a redirect, so that a key pressed during the music is heard at once.
    turn.close(Gather((), keys=Keys(1), hearing=_hearing(turn, choices), first_timeout=1.0, inter_digit_timeout=1.0))
    return None


def _hearing(turn: Turn, choices: Sequence[Choice]) -> Hearing | None:
    """Return the words that lead out of the wait, where the carrier recognises them.

    Recordings of our own recognisers would begin with a tone, and interrupt the music, every few seconds.
    """
    language = turn.call.language
    said = [phrases for _, phrases in _spoken_ways(turn, choices)]
    if not said or (turn.call.input_mode or turn.services.input_mode(language)) != "carrier":
        return None
    return Hearing(language, hints_of([*said, turn.line.phrases.words(language, "fraud_words")]))


def _spoken_ways(turn: Turn, choices: Sequence[Choice]) -> list[tuple[Choice, tuple[str, ...]]]:
    """Return the choices that lead out of the wait and can be said, the first one of each key, with their phrases."""
    offered = [choice for choice in (*choices, *turn.flow.globals) if turn.offered(choice) and leads_out(turn, choice)]
    first = {choice.key or place: choice for place, choice in reversed(list(enumerate(offered)))}
    said = ((choice, phrases_of(choice, turn.call.language)) for choice in first.values())
    return [(choice, phrases) for choice, phrases in said if phrases]


def _tell(turn: Turn, status: QueueStatus) -> None:
    position, minutes = status.position, status.minutes
    if status.longer:
        turn.phrase("queue_longer")
    if position <= 1:
        turn.phrase("queue_next")
    else:
        unit = turn.line.phrases.phrase(turn.call.language, "queue_people")
        turn.phrase("queue_position", people=turn.services.verbalize(position - 1, "count", unit, turn.call.language))
    if minutes is None:
        return
    if minutes < 1:
        turn.phrase("queue_soon")
    elif minutes >= LONG_WAIT:
        turn.phrase("queue_long")
    else:
        _tell_minutes(turn, minutes)


def _tell_minutes(turn: Turn, minutes: int) -> None:
    """Say the expected wait; in a language that cannot read a time aloud the caller hears the place alone."""
    with suppress(ValueError):
        length = turn.services.verbalize(minutes * 60, "duration", "", turn.call.language)
        turn.phrase("queue_minutes", minutes=length)


def _offer(turn: Turn, choices: Sequence[Choice]) -> None:
    offered = [
        option_words(turn, turn.words(choice.label), choice.key)
        for choice in choices
        if choice.label and turn.offered(choice)
    ]
    say_options(turn, offered)


def choice_for(turn: Turn, choices: Sequence[Choice], key: str) -> Choice | None:
    """Return the choice of a key while waiting: one of the step, or a global of the flow."""
    return next(
        (choice for choice in (*choices, *turn.flow.globals) if choice.key == key and turn.offered(choice)), None
    )


def choice_named(turn: Turn, choices: Sequence[Choice], words: str) -> Choice | None:
    """Return the choice that a waiting caller named; None for others: the room is heard, too."""
    ways = _spoken_ways(turn, choices)
    place = turn.services.understand(words, [phrases for _, phrases in ways], turn.call.language)
    return None if place is None else ways[place][0]


def leads_out(turn: Turn, choice: Choice) -> bool:
    """Return whether a choice ends the wait. The choice of a person and changes of language or rate do not."""
    if choice.goto is None:
        return choice.do in ("back", "main_menu")
    return choice.goto.name != turn.flow.agent


def way_out(turn: Turn, choice: Choice) -> Move:
    """Return the move of a global choice that ends the wait."""
    if choice.do == "back":
        return Universal.BACK
    if choice.do == "main_menu":
        return MAIN_MENU
    return global_outcome(turn.flow.globals.index(choice))


def leave(turn: Turn, why: str) -> None:
    """Remove the caller from the queue. If that fails, the queue drops callers without requests."""
    with suppress(LookupFailed):
        status = turn.ask(LeaveQueue(call=turn.call.id, why=why))
        if status.agent:
            note_talk(turn, status)
            return
    turn.note("left", why=why, **where(turn))


def note_talk(turn: Turn, status: QueueStatus) -> None:
    """Note a conversation that has just ended. The wait ended when the agent took the call."""
    seconds = status.seconds
    place = where(turn)
    place["waited"] = max(0, place["waited"] - seconds)
    turn.note("talked", agent=status.agent, seconds=seconds, **place)


def where(turn: Turn) -> dict[str, Any]:
    """Return the desk, the priority and the seconds waited so far."""
    transfer = turn.call.transfer
    waited = round(turn.now - (turn.now if transfer.since is None else transfer.since))
    return {"desk": transfer.desk, "priority": transfer.priority, "waited": waited}
