"""How choices are spoken: what a choice does, then its key; and the language that a choice switches to."""

from __future__ import annotations

from collections.abc import Sequence

from ivr.flow.model import Choice

from .turn import Turn


def language_of_choice(turn: Turn, choice: Choice) -> str:
    """Return the language that `do: language` switches to: the one that the choice names, else the flow's next one."""
    if choice.to:
        return choice.to
    languages = turn.flow.languages
    place = languages.index(turn.call.language) if turn.call.language in languages else 0
    return languages[(place + 1) % len(languages)]


def option_words(turn: Turn, label: str, key: str) -> str:
    """Return the spoken form of a choice: what it does, then its key."""
    names = {"*": "key_star", "#": "key_pound"}
    spoken = turn.line.phrases.phrase(turn.call.language, names[key]) if key in names else " ".join(key)
    phrase_key = "option_deed" if label.startswith(("To ", "If ")) else "option"
    return turn.line.phrases.phrase(turn.call.language, phrase_key, label=label, key=spoken)


def say_options(turn: Turn, options: Sequence[str], *, barge_in: bool = True) -> None:
    """Say options in one sentence; nothing where there are none."""
    if options:
        between, end = (turn.line.phrases.phrase(turn.call.language, f"option_{part}") for part in ("between", "end"))
        turn.say_words(between.join(options) + end, barge_in=barge_in)
