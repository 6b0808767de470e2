"""The warning for a caller who reports a fraud, and the way to a person."""

from __future__ import annotations

from dataclasses import replace

from ivr.flow.outcomes import AGENT

from .turn import Turn


def tells_of_fraud(turn: Turn, words: str) -> bool:
    """Return whether words tell of a fraud."""
    language = turn.call.language
    return turn.services.understand(words, [turn.line.phrases.words(language, "fraud_words")], language) == 0


def warn_of_fraud(turn: Turn) -> str:
    """Warn a caller who reports a fraud, and lead him to a person before all others."""
    turn.note("risk")
    turn.change_caller(replace(turn.caller, risk=True))
    turn.phrase("fraud_warning", barge_in=False)
    return AGENT
