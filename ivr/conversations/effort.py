"""Count the effort of a caller in a call: keys pressed, times spoken, prompts heard, seconds on the line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .result import ConversationResult, TranscriptLine

_COLUMNS = ("keys", "spoken", "prompts", "seconds", "outcome", "conversation")


@dataclass(frozen=True)
class Effort:
    """The effort of one call. `seconds` is the length of the call."""

    keys: int
    spoken: int
    prompts: int
    seconds: float


def effort_of(played: ConversationResult) -> Effort:
    """Count what the caller did and heard in a call. Masked entries keep their length in its transcript."""
    return Effort(
        keys=sum(len(line.what) for line in _lines(played, "presses")),
        spoken=len(list(_lines(played, "says"))),
        prompts=len(list(_lines(played, "hears"))),
        seconds=played.result.seconds,
    )


def effort_table(played: Sequence[ConversationResult]) -> Iterator[str]:
    """Yield the lines of a table with one call a row."""
    yield "  ".join(f"{column:>8}" for column in _COLUMNS[:4]) + f"  {_COLUMNS[4]:8}  {_COLUMNS[5]}"
    for call in played:
        effort, outcome = effort_of(call), "reached" if call.passed else "FAILED"
        figures = (f"{effort.keys}", f"{effort.spoken}", f"{effort.prompts}", f"{effort.seconds:.0f}")
        yield "  ".join(f"{figure:>8}" for figure in figures) + f"  {outcome:8}  {call.conversation.title}"


def _lines(played: ConversationResult, who: str) -> Iterator[TranscriptLine]:
    return (line for line in played.transcript if line.who == who)
