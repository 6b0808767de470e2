"""How callers are heard, and which phrases of the flows the local recogniser cannot know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from . import Check, Deployment, Finding

_CURE = "Install what is missing, or set IVR_ASR=none so that nobody is asked to speak."


class HearingCheck(Check):
    """Opens the recognisers as the server does and holds the phrases against their vocabularies."""

    kind = "hearing"
    order = 55

    def findings(self, deployment: Deployment) -> Iterator[Finding]:
        """Yield a line for each language, and one for each phrase that cannot be heard."""
        choice = deployment.settings.asr
        if choice == "none":
            yield Finding("note", "IVR_ASR=none", "callers are heard by their keys alone")
        elif choice == "cloud":
            yield Finding("fine", "IVR_ASR=cloud", "the carrier's recogniser hears callers")
        if choice != "none":
            yield from _here(deployment, "warning" if choice == "local" else "note")


def _here(deployment: Deployment, level: Literal["note", "warning"]) -> Iterator[Finding]:
    from ivr.hearing import open_ears

    ears = open_ears(deployment.settings)
    for language in deployment.languages:
        reason = ears.why_not(language)
        if reason:
            yield Finding(level, language, f"cannot be heard here, so only keys are taken: {reason}", _CURE)
        else:
            yield Finding("fine", language, "can be heard on this machine")
    if deployment.release and level == "warning":
        for sentence in ears.unknown_words(deployment.release):
            yield Finding(level, "phrase", sentence)
