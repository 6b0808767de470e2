"""Check the local voices: the best voice of each language renders one sentence."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ivr.errors import IvrError
from ivr.settings.extras import missing_extra

from . import Check, Deployment, Finding, FindingLevel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ivr.speech.tts import Voice

_SECONDS = 15.0
"""Seconds for one sentence, including the start of the engine."""


class VoicesCheck(Check):
    """Renders a sentence with the best local voice of each language."""

    kind = "voices"
    order = 50

    def findings(self, deployment: Deployment) -> Iterator[Finding]:
        """Yield for each language the voice that speaks it, and better ones that cannot."""
        from ivr.speech.readings import line_voices

        voices = line_voices(deployment.settings)
        try:
            for language in deployment.languages:
                yield from _of(language, voices, carrier_speaks="cloud" in deployment.settings.tts)
        finally:
            for voice in voices:
                voice.close()


def _of(language: str, voices: Sequence[Voice], *, carrier_speaks: bool) -> Iterator[Finding]:
    reasons = {voice: voice.why_not(language) for voice in voices}
    able = [voice for voice, reason in reasons.items() if reason is None]
    for voice in voices if not able else voices[: voices.index(able[0])]:
        if voice.speaks(language):
            yield Finding("warning", language, f"the better voice {voice.name} cannot speak: {reasons[voice]}")
    if not able:
        reason = missing_extra("speech") or "Callers hear the carrier's voice, or recordings only."
        level: FindingLevel = "warning" if carrier_speaks else "error"
        yield Finding(level, language, "no local voice speaks it", reason)
        return
    yield _rendered(language, able[0])


def _rendered(language: str, voice: Voice) -> Finding:
    from ivr.flow.phrasebook import phrase

    started = time.monotonic()
    try:
        sound = voice.render(phrase(language, "hold"), language, rate=1.0, deadline=_SECONDS)
    except IvrError as fault:
        return Finding("error", language, f"the voice {voice.name} fails: {fault}")
    took = time.monotonic() - started
    return Finding("fine", language, f"{voice.name} spoke {sound.seconds:.1f} s of sound in {took:.2f} s")
