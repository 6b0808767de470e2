"""Write the reading script for a speaker: each text with its file name, its listeners, and the text before it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

from ivr.flow.model import Release

from .builder import Standing
from .catalogue import KnownPrompt
from .duration import characters_and_words

_PACE = (200.0, 150.0)
"""Requested characters and words per minute at rate 1: slower than talk, faster than the local voice."""
_MOST_BEFORE = 2

_HEAD = """\
# Reading script: {language}, {count} prompts, about {minutes} minutes of speech

One prompt a file, named as below, WAV or MP3, any rate from 8 kHz, mono if you can choose. Read what stands behind the
number sign as it stands, numbers as the words that they are written in. No music, no echo, half a second of quiet at
both ends; loudness and silence are put right by `ivr prompts build`, which also says what it cannot use.
"""


def reading_script(release: Release, standings: Sequence[Standing], audio: Path, language: str) -> Iterator[str]:
    """Yield the lines of the script for one language."""
    wanted = [standing for standing in standings if standing.prompt.language == language]
    minutes = sum(_seconds(standing.prompt) for standing in wanted) / 60
    yield from _HEAD.format(language=language, count=len(wanted), minutes=max(1, round(minutes))).splitlines()
    before = _before(release, [standing.prompt for standing in standings])
    for flow, group in groupby(
        sorted(wanted, key=lambda standing: standing.prompt.flow or "~"), lambda standing: standing.prompt.flow
    ):
        yield ""
        yield f"## {flow}" if flow else "## Said in every flow"
        for standing in group:
            yield from _entry(standing, audio, before.get((standing.prompt.flow, standing.prompt.step, language), []))


def _entry(standing: Standing, audio: Path, before: Sequence[str]) -> Iterator[str]:
    prompt = standing.prompt
    yield ""
    yield f"{(audio / prompt.language / prompt.id).as_posix()}.wav"
    yield f"    # {prompt.spoken}"
    slow = "" if prompt.rate == 1 else f", slowly: {prompt.rate:.0%} of the normal speed"
    yield f"    about {_seconds(prompt):.0f} s{slow}; {_heard_by(prompt)}"
    for words in before:
        yield f"    before it: {words}"
    if standing.state == "stale":
        yield f"    read anew: {standing.remark}"


def _heard_by(prompt: KnownPrompt) -> str:
    places = len(prompt.names) - 1
    more = f", and in {places} more place{'s' if places > 1 else ''}" if places else ""
    if not prompt.flow:
        whose = "older callers" if prompt.profile == "elderly" else "all callers"
        return f"heard by {whose}{more}"
    return f"heard in {prompt.flow}, step {prompt.step}{more}"


def _seconds(prompt: KnownPrompt) -> float:
    characters, words = characters_and_words(prompt.spoken)
    return max(1.0, 60 * (characters / _PACE[0] + words / _PACE[1]) / prompt.rate)


def _before(release: Release, prompts: Iterable[KnownPrompt]) -> Mapping[tuple[str, str, str], list[str]]:
    """Return the last text before each step, by flow, step and language."""
    said: dict[tuple[str, str, str], str] = {}
    for prompt in prompts:
        for name in (prompt.id, *prompt.also):
            flow, _, rest = name.partition(".")
            said[flow, rest.partition(".")[0], prompt.language] = prompt.spoken
    languages = {prompt.language for prompt in prompts}
    before: dict[tuple[str, str, str], list[str]] = {}
    for flow_name, step, target in _ways(release):
        for language in languages:
            words = said.get((flow_name, step, language))
            texts = before.setdefault((flow_name, target, language), [])
            if words and words not in texts and len(texts) < _MOST_BEFORE:
                texts.append(words)
    return before


def _ways(release: Release) -> Iterator[tuple[str, str, str]]:
    for flow in release.flows.values():
        for step in flow.steps.values():
            for route in step.exits().values():
                yield from ((flow.name, step.name, branch.goto.name) for branch in route)
