"""Check whether every prompt that is known before a call has a sound, unless the carrier's voice may speak it."""

from __future__ import annotations

from collections.abc import Iterator

from . import Check, Deployment, Finding


class PromptsCheck(Check):
    """Counts prompts without a sound, stale prompts, and unused recordings."""

    kind = "prompts"
    order = 55

    def findings(self, deployment: Deployment) -> Iterator[Finding]:
        """Yield missing prompts by language, and recordings that do not match their prompts."""
        from ivr.speech.prompts import known_prompts, open_workshop
        from ivr.speech.readings import line_voices

        if deployment.release is None:
            return
        settings = deployment.settings
        voices = line_voices(settings)
        workshop = open_workshop(known_prompts(deployment.release), settings.tts, settings.audio, voices)
        try:
            standings = workshop.standings()
        finally:
            workshop.voices.close()
        carrier = "cloud" in settings.tts
        for language in deployment.languages:
            spoken = [standing for standing in standings if standing.prompt.language == language]
            missing = sum(standing.piece is None for standing in spoken)
            text = f"{len(spoken) - missing} of {len(spoken)} prompts have a sound"
            if missing and not carrier:
                yield Finding("warning", language, text, "run: ivr prompts build")
            else:
                yield Finding("fine", language, text + ("; the carrier speaks the others" if missing else ""))
        stale = [
            standing
            for standing in standings
            if standing.state == "stale" and standing.remark.endswith("not built yet")
        ]
        if stale:
            yield Finding("warning", "recordings", f"{len(stale)} recordings are not used", "run: ivr prompts build")
        for line in workshop.recordings.unknown():
            yield Finding("warning", "recordings", line, "See the names with: ivr prompts list")
