"""The language of messages to editors: English, or Chinese with IVR_LANG=zh."""

from __future__ import annotations

import os

from ivr.diagnostics.problem import Problem, in_chinese

CHINESE = "zh"


def message_language() -> str:
    """Return `en` or `zh`. Raises SettingsError for another value of IVR_LANG."""
    from ivr.settings import VARIABLES, Settings

    variable = VARIABLES["message_language"]
    return Settings.from_environment({variable: os.environ.get(variable, "")}).message_language


def in_language(problem: Problem, language: str) -> Problem:
    """Return a problem in a language, as far as it has words in it."""
    return in_chinese(problem) if language == CHINESE else problem
