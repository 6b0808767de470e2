"""Check the recognisers, and find phrases of the flows that the local recogniser does not know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from . import Check, Deployment, Finding

_SEVERITY: dict[str, tuple[Literal["note", "warning"], str, str]] = {
    "local": (
        "warning",
        "speech cannot be recognised here, so only keys work",
        "Install what is missing, or set IVR_ASR=none so that callers are not asked to speak.",
    ),
    "cloud": (
        "note",
        "speech cannot be recognised here, so only keys work while the carrier's recogniser fails",
        "Install what is missing to recognise speech in that case, too.",
    ),
}
"""By IVR_ASR: the level if this machine cannot recognise a language, the consequence, and the cure."""


class HearingCheck(Check):
    """Opens the recognisers as the server does, and compares the phrases with their vocabularies."""

    kind = "hearing"
    order = 55

    def findings(self, deployment: Deployment) -> Iterator[Finding]:
        """Yield a finding for each language, and one for each phrase that cannot be recognised."""
        choice = deployment.settings.asr
        if choice == "none":
            yield Finding("note", "IVR_ASR=none", "speech is not recognised; callers use keys only")
        elif choice == "cloud":
            yield Finding("fine", "IVR_ASR=cloud", "the carrier recognises speech")
        if choice != "none":
            yield from _local_recognition(deployment, *_SEVERITY[choice])


def _local_recognition(
    deployment: Deployment, level: Literal["note", "warning"], what: str, cure: str
) -> Iterator[Finding]:
    from ivr.channels.registry import open_channels, recordings_of
    from ivr.speech.speech_input import open_speech_input

    recordings = recordings_of(open_channels(deployment.settings, lambda _: ""))
    speech_input = open_speech_input(deployment.settings, recordings)
    for language in deployment.languages:
        reason = speech_input.why_not(language)
        if reason:
            yield Finding(level, language, f"{what}: {reason}", cure)
        else:
            yield Finding("fine", language, "speech can be recognised on this machine")
    if deployment.release and level == "warning":
        for sentence in speech_input.unknown_words(deployment.release):
            yield Finding(level, "phrase", sentence)
