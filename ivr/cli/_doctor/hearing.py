"""How callers are heard, and which phrases of the flows the local recogniser cannot know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from . import Check, Deployment, Finding

_TOLD: dict[str, tuple[Literal["note", "warning"], str, str]] = {
    "local": (
        "warning",
        "cannot be heard here, so only keys are taken",
        "Install what is missing, or set IVR_ASR=none so that nobody is asked to speak.",
    ),
    "cloud": (
        "note",
        "cannot be heard here, so only keys are taken while the carrier's recogniser fails",
        "Install what is missing if callers are to be heard then.",
    ),
}
"""By IVR_ASR: how grave it is that a language cannot be heard on this machine, what it means, and the cure."""


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
            yield from _here(deployment, *_TOLD[choice])


def _here(deployment: Deployment, level: Literal["note", "warning"], what: str, cure: str) -> Iterator[Finding]:
    from ivr.channels.twilio.recordings import TwilioRecordings
    from ivr.speech.speech_input import open_speech_input

    ears = open_speech_input(deployment.settings, TwilioRecordings.from_settings(deployment.settings))
    for language in deployment.languages:
        reason = ears.why_not(language)
        if reason:
            yield Finding(level, language, f"{what}: {reason}", cure)
        else:
            yield Finding("fine", language, "can be heard on this machine")
    if deployment.release and level == "warning":
        for sentence in ears.unknown_words(deployment.release):
            yield Finding(level, "phrase", sentence)
