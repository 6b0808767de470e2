"""Choose the sound of each text in a call: a recording, the carrier's voice or a local voice, in the configured order.

A sentence is never spoken by two voices; one prompt may have recorded sentences and others. Waits at most until the
deadline; if a source fails, the next one speaks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from ivr.engine.verbs import Closing, Play, Prompt, Say
from ivr.flow import phrasebook

from .catalogue import KnownPrompt, sound_of
from .index import PromptIndex, PromptPiece
from .renderer import PromptRenderer, Wanted
from .signed_urls import SPOKEN, SignedUrls
from .words import in_words, sentences

TURN_SECONDS = 1.0
"""Maximum seconds of all renderings of a turn: callers hear something within 3.5 seconds of the bank's answer."""
FETCH_SECONDS = 5.0
"""Maximum seconds to render a sound that the carrier fetches; it gives up after fifteen."""
_LONGEST = 120
"""Maximum characters of one rendering; longer texts are split at sentence ends."""
_LAST = "sorry"
_T = TypeVar("_T", bound=Closing)


@dataclass(frozen=True)
class _Pending:
    """A text to be rendered by a local voice, and the sources to use if that fails."""

    say: Say
    rest: tuple[str, ...]

    @property
    def wanted(self) -> Wanted:
        return Wanted(in_words(self.say.text, self.say.language).strip(), self.say.language, round(self.say.rate, 2))


_Part = Prompt | _Pending


@dataclass(frozen=True)
class Prompts:
    """Replaces texts by sounds, where one exists. Thread-safe."""

    order: tuple[str, ...]
    index: PromptIndex
    maker: PromptRenderer
    links: SignedUrls
    seconds: float = TURN_SECONDS
    faults: Counter[str] = field(default_factory=Counter, repr=False, compare=False)

    def ready(self, closing: _T, *, carrier_speaks: bool = True) -> _T:
        """Return a closing verb with its prompts resolved. `carrier_speaks` is true if the channel has a voice."""
        prompts = self.voiced(closing.prompts, carrier_speaks=carrier_speaks)
        return closing if prompts == closing.prompts else replace(closing, prompts=prompts)

    def voiced(self, prompts: tuple[Prompt, ...], *, carrier_speaks: bool = True) -> tuple[Prompt, ...]:
        """Return prompts with texts replaced by sounds.

        After any error the texts are left to the channel, and `troubles` reports it.
        """
        try:
            return self._voiced(prompts, carrier_speaks)
        # A prompt must never cost the call: the carrier's own voice reads the text.
        except Exception as fault:
            self.faults[type(fault).__name__] += 1
            return prompts

    def _voiced(self, prompts: tuple[Prompt, ...], carrier_speaks: bool) -> tuple[Prompt, ...]:
        order = self._order(carrier_speaks)
        # The usual line has no recordings; this saves a look-up for each sentence of each prompt.
        if order[0] == "recordings" and not self.index.any_recorded:
            order = order[1:]
        if order[0] == "cloud":
            return prompts
        return tuple(self._rendered([part for prompt in prompts for part in _planned(self, order, prompt)]))

    def heard(self, name: str) -> bytes | None:
        """Return the sound of a URL below /audio/spoken/; None for one that was not signed by this deployment.

        If the voice fails now, an apology is returned, since the carrier ends a call over a missing file.
        """
        want = self.links.read(name)
        if want is None:
            return None
        made = self.maker.make([want], FETCH_SECONDS).get(want)
        return made or self._sorry_file(want.language, want.rate)

    def words(self, address: str) -> str:
        """Return the words of the sound at one of our URLs; an empty text for any other."""
        file = address.partition("/audio/")[2]
        if file.startswith(f"{SPOKEN}/"):
            want = self.links.read(file.removeprefix(f"{SPOKEN}/").removesuffix(".wav"))
            return want.spoken if want else ""
        return next((piece.spoken for piece in self.index.pieces() if piece.file == file), "")

    def missing(self, prompts: Iterable[KnownPrompt]) -> int:
        """Return the number of prompts without a file from the configured sources."""
        kinds = [source == "recordings" for source in self.order if source != "cloud"]
        return sum(not any(self.index.find(prompt.sound, recorded=kind) for kind in kinds) for prompt in prompts)

    def warm(self, languages: Iterable[str]) -> None:
        """Start the local voices in the background, if calls may need them."""
        if "local" in self.order:
            self.maker.warm(languages)

    def troubles(self, prompts: Sequence[KnownPrompt]) -> list[tuple[str, str]]:
        """Return faults of voices and prompts, each with its consequence and cure."""
        troubles = [
            (f"voice {name}", "does not answer in time; the next voice speaks") for name in self.maker.voices.resting()
        ]
        troubles += [
            ("prompts", f"{count} turns were left to the carrier's voice: {name}")
            for name, count in self.faults.items()
        ]
        if "cloud" not in self.order and (missing := self.missing(prompts)):
            cure = "run: ivr prompts build" if "local" in self.order else "see: ivr prompts list --missing"
            troubles.append(("prompts", f"{missing} of {len(prompts)} prompts have no sound; {cure}"))
        return troubles

    def close(self) -> None:
        """Stop the threads and the voices."""
        self.maker.close()

    def _order(self, carrier_speaks: bool) -> tuple[str, ...]:
        """Return the sources; the last one can always speak."""
        if not carrier_speaks:
            return (*(source for source in self.order if source != "cloud"), _LAST)
        return self.order if "cloud" in self.order else (*self.order, "cloud")

    def by(self, order: tuple[str, ...], say: Say) -> Iterator[_Part]:
        """Let the first source speak what it can, and the next one the other sentences."""
        source, rest = order[0], order[1:]
        if source == "cloud":
            yield say
        elif source == _LAST:
            yield self._sorry(say)
        elif play := self._piece(say, recorded=source == "recordings"):
            yield play
        else:
            yield from self._in_parts(source, rest, say)

    def _in_parts(self, source: str, rest: tuple[str, ...], say: Say) -> Iterator[_Part]:
        for text, play in self._runs(say, recorded=source == "recordings"):
            if play:
                yield play
            elif source == "recordings":
                yield from self.by(rest, replace(say, text=text))
            else:
                yield from (_Pending(replace(say, text=piece), rest) for piece in short(text))

    def _runs(self, say: Say, recorded: bool) -> Iterator[tuple[str, Play | None]]:
        """Split a text into recorded sentences, and runs of those without a recording."""
        missing = ""
        for sentence in sentences(say.text):
            play = self._piece(replace(say, text=sentence), recorded=recorded)
            if play is None:
                missing += sentence
                continue
            if missing:
                yield missing, None
            missing = ""
            yield sentence, play
        if missing:
            yield missing, None

    def _piece(self, say: Say, *, recorded: bool) -> Play | None:
        piece = self.index.find(sound_of(say.text, say.language, say.rate), recorded=recorded)
        return Play(f"/audio/{piece.file}", say.barge_in) if piece else None

    def _rendered(self, planned: Sequence[_Part]) -> Iterator[Prompt]:
        """Render all missing texts in parallel; pass those that are late to the next source."""
        wanted = [part.wanted for part in planned if isinstance(part, _Pending)]
        made = self.maker.make(wanted, self.seconds) if wanted else {}
        for part in planned:
            if not isinstance(part, _Pending):
                yield part
            # The URL holds the text, not a name of a file: another server may be asked for the sound.
            elif part.wanted in made:
                yield Play(self.links.address(part.wanted), part.say.barge_in)
            else:
                yield from _certain(self.by(part.rest, part.say))

    def _sorry(self, say: Say) -> Prompt:
        """Return an existing shorter sentence, for a channel without a voice that lacks the intended one."""
        piece = self._sorry_piece(say.language, say.rate)
        return Play(f"/audio/{piece.file}", say.barge_in) if piece else say

    def _sorry_piece(self, language: str, rate: float) -> PromptPiece | None:
        book = phrasebook.language_of(language)
        words = phrasebook.phrase(book, "unreadable")
        pieces = (
            self.index.find(sound_of(words, book, speed), recorded=recorded)
            for speed in (rate, 1.0)
            for recorded in (True, False)
        )
        return next(filter(None, pieces), None)

    def _sorry_file(self, language: str, rate: float) -> bytes | None:
        piece = self._sorry_piece(language, rate)
        try:
            return (self.index.audio / piece.file).read_bytes() if piece else None
        except OSError:
            return None


def _planned(prompts: Prompts, order: tuple[str, ...], prompt: Prompt) -> Iterable[_Part]:
    return prompts.by(order, prompt) if isinstance(prompt, Say) else (prompt,)


def _certain(parts: Iterable[_Part]) -> Iterator[Prompt]:
    """Remove texts that must be rendered, since no source follows a local voice."""
    return (part for part in parts if not isinstance(part, _Pending))


def short(text: str) -> Iterator[str]:
    """Split a text at sentence ends into pieces of at most _LONGEST characters; a longer sentence stays whole."""
    held = ""
    for sentence in sentences(text):
        if held and len(held) + len(sentence) > _LONGEST:
            yield held
            held = ""
        held += sentence
    if held.strip():
        yield held
