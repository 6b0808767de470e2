"""Turn recorded answers into the input of a turn: words, keys or silence, within one deadline.

Connects the carrier's recordings with the local recognisers; the engine does no I/O and receives only the result.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import Protocol

from ivr.engine.expected_words import phrases_of
from ivr.engine.inputs import Digits, HungUp, Input, NoInput, RecognizerFailed, Recorded, Speech
from ivr.engine.verbs import Hearing, InputMode
from ivr.errors import NoRecording
from ivr.flow.model import Flow, Release
from ivr.flow.phrasebook import GAP, Phrasebooks
from ivr.net.threads import LateError, ThreadPool
from ivr.settings import Settings
from ivr.settings.extras import missing_extra

from .asr import Expected, Nothing, Reason, RecognizedPhrase, Recognizer, recognizers
from .sounds import load_sounds

HEARING_SECONDS = 4.0
"""Seconds after which a turn continues without the answer; with two lookups it still ends within the carrier's 15."""
_AT_ONCE = 32
"""Maximum recordings in progress; recognition itself has fewer threads."""
_NOT_SAID: frozenset[Reason] = frozenset({"silence", "noise", "music", "keys"})
_KEYS = frozenset("0123456789*#")


class Fetching(Protocol):
    """A source of recordings."""

    def fetch(self, url: str, seconds: float) -> bytes:
        """Return a WAV file. Raises NoRecording."""

    def forget(self, url: str) -> None:
        """Delete a recording; never raises."""


class SpeechInput:
    """Chooses the input mode per language, and recognises recordings. Thread-safe.

    `choice` is the setting: the carrier recognises (`cloud`), this server does (`local`), or only keys work (`none`).
    """

    def __init__(
        self,
        choice: str,
        listeners: Callable[[], Sequence[Recognizer]],
        recordings: Fetching,
        *,
        deadline: float,
    ) -> None:
        self._choice, self._open, self._recordings, self.deadline = choice, listeners, recordings, deadline
        self._waiting = ThreadPool(_AT_ONCE, "ivr-fetches-answer")
        self._deleting = ThreadPool(4, "ivr-deletes-recording", queue=0)

    @cached_property
    def listeners(self) -> Sequence[Recognizer]:
        """All local recognisers, opened on first use."""
        return self._open()

    def input_mode(self, language: str) -> InputMode:
        """Return the input mode for a language, before any failure."""
        return "carrier" if self._choice == "cloud" else self._own(language)

    def warm(self, release: Release) -> None:
        """Load what the languages of a release need, so that the first answer does not wait for it.

        The models of our own recognisers continue to load in the background.
        """
        # Before the server says that it is ready: the first spoken answer of a worker once waited half a second for
        # these tables.
        phrases = chain.from_iterable(_phrases(release).values())  # which reads the phrasebooks, too
        if self._choice != "none":
            load_sounds("".join(phrases))
        if self._choice == "local":
            for language in _languages(release):
                self._own(language)

    def after(self, failed: InputMode | str, language: str) -> InputMode:
        """Return the input mode after one mode has failed."""
        return self._own(language) if failed in ("", "carrier") and self._choice == "cloud" else "keys"

    def _own(self, language: str) -> InputMode:
        """Return "recording" and start to load the model, so that it is ready after the prompts; else "keys"."""
        listener = self._listener(language) if self._choice != "none" else None
        if listener is None:
            return "keys"
        listener.prepare(language)
        return "recording"

    def _listener(self, language: str) -> Recognizer | None:
        return next((listener for listener in self.listeners if listener.why_not(language) is None), None)

    def hear(self, recorded: Recorded, hearing: Hearing) -> Input:
        """Return the caller's input. If the recogniser is unusable or late, the call continues by keys."""
        if recorded.left:
            return HungUp()
        # A key ends a recording, and counts: callers who were asked to speak may always press instead.
        if recorded.key:
            return Digits(recorded.key)
        until = time.monotonic() + self.deadline
        try:
            return self._waiting.run(lambda: self._heard(recorded.url, hearing, until), self.deadline)
        except (LateError, NoRecording):
            return RecognizerFailed("keys")
        finally:
            # Deleted in any case, also after a failure: a caller's voice is personal data, and the carrier would keep
            # it.
            self._deleting.submit(lambda: self._recordings.forget(recorded.url))

    def _heard(self, url: str, hearing: Hearing, until: float) -> Input:
        from .asr.gate import refused
        from .audio import read_wav
        from .dtmf import decode

        data = self._recordings.fetch(url, until - time.monotonic())
        try:
            audio = read_wav(data)
        except ValueError:
            return RecognizerFailed("keys")
        # Before the recogniser, which hears words in noise with a confidence of up to 1.0.
        nothing = refused(audio)
        if nothing and nothing.reason == "keys":
            # The carrier has not seen this key: it was pressed into the tone of the recording. A to D are no keys of
            # a caller.
            pressed = [press.key for press in decode(audio) if press.key in _KEYS]
            return Digits(pressed[0]) if pressed else NoInput()
        listener = self._listener(hearing.language)
        if nothing or listener is None:
            return _input(nothing or Nothing("broken"))
        expected = Expected(hearing.language, hearing.hints)
        return _input(listener.listen(audio, expected, until - time.monotonic()))

    # telling operators

    def troubles(self, release: Release) -> list[tuple[str, str]]:
        """Return the release's languages that should be recognised here but cannot be, with the reason."""
        if self._choice != "local":
            return []
        reasons = ((language, self.why_not(language)) for language in _languages(release))
        return [(f"hearing {language}", why) for language, why in reasons if why]

    def why_not(self, language: str) -> str | None:
        """Return why no local recogniser supports a language, or None."""
        if not self.listeners:
            return missing_extra("speech") or "no recogniser is installed"
        reasons = [recognizer.why_not(language) for recognizer in self.listeners]
        return reasons[0] if all(reasons) else None

    def unknown_words(self, release: Release) -> list[str]:
        """Return a sentence for each phrase of a release that cannot be recognised here.

        Loads models, which takes seconds, so it must not be used in a call.
        """
        return [
            f'{language}: "{phrase}" cannot be recognised: the model does not know {", ".join(words)}; '
            "give the choice another phrase"
            for language, phrases in _phrases(release).items()
            if (listener := self._listener(language)) is not None
            for phrase, words in listener.unknown_words(Expected(language, phrases)).items()
        ]


def open_speech_input(settings: Settings, recordings: Fetching) -> SpeechInput:
    """Return the configured speech input without loading a model."""
    return SpeechInput(settings.asr, lambda: recognizers([settings.models]), recordings, deadline=HEARING_SECONDS)


def _input(result: RecognizedPhrase | Nothing) -> Input:
    if isinstance(result, RecognizedPhrase):
        return Speech(result.text, result.confidence)
    if result.reason in _NOT_SAID:
        return NoInput()
    # Unclear speech is the caller's try, and is asked again; a recogniser that failed is ours, and costs no try.
    return Speech("", 0.0) if result.reason == "unclear" else RecognizerFailed("keys")


def _languages(release: Release) -> list[str]:
    return sorted({language for flow in release.flows.values() for language in flow.languages})


def _phrases(release: Release) -> Mapping[str, tuple[str, ...]]:
    """Return all phrases of a release, by language."""
    phrases_by_language: dict[str, dict[str, None]] = {}
    for flow in release.flows.values():
        for language in flow.languages:
            phrases_by_language.setdefault(language, {}).update(
                dict.fromkeys(_said(flow, language, release.line.phrases))
            )
    return {language: tuple(phrases) for language, phrases in phrases_by_language.items()}


def _said(flow: Flow, language: str, own: Phrasebooks) -> Iterator[str]:
    """Yield the editor's phrases, and the engine's own if they exist in the language."""
    asking = (step for step in flow.steps.values() if step.listens)
    choices = [*flow.globals, *(choice for step in asking for choice in step.own_choices())]
    for choice in choices:
        yield from (phrase for phrase in phrases_of(choice, language) if GAP not in phrase)
    if own.language_of(language) == language:
        for key in ("agent_words", "fraud_words", "yes_words", "no_words", "digit_words"):
            yield from (words for words in own.words(language, key) if GAP not in words)
