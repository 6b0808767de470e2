"""The result of `ivr test` for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ivr.conversations.result import ConversationResult
    from ivr.diagnostics.problem import Place

CallerChoice = tuple[str, str, str]
"""A choice of callers: flow, step, outcome."""


def as_json_of(
    played: Sequence[ConversationResult], there: dict[CallerChoice, Place], missing: dict[CallerChoice, Place]
) -> dict[str, Any]:
    """Return the result of `ivr test --json`: every conversation, and the choices that none of them takes."""
    failed = sum(not result.passed for result in played)
    return {
        "passed": len(played) - failed,
        "failed": failed,
        "conversations": [_conversation(result) for result in played],
        "choices": {
            "there": len(there),
            "missing": [
                {"flow": flow, "step": step, "outcome": outcome, "file": place.file, "line": place.line}
                for (flow, step, outcome), place in missing.items()
            ],
        },
    }


def _conversation(played: ConversationResult) -> dict[str, Any]:
    conversation = played.conversation
    return {
        "title": conversation.title,
        "file": conversation.place.file,
        "line": conversation.place.line,
        "flow": conversation.flow,
        "passed": played.passed,
        "seconds": round(played.result.seconds, 1),
        "failures": [
            {
                "file": failure.place.file,
                "line": failure.place.line,
                "column": failure.place.column,
                "message": failure.message,
                "heard": failure.heard,
            }
            for failure in played.failures
        ],
        "unchecked": [expectation.name for expectation in played.unchecked],
        "transcript": [{"at": round(entry.at, 1), "who": entry.who, "what": entry.what} for entry in played.transcript],
    }
