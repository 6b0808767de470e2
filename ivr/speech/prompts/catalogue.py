"""List every text of flows that is known before a call, with the name of its recording.

The texts come from dry runs of the steps, so their wording has one source.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace

from ivr.engine.inputs import Input, NoInput, Resumed, Speech
from ivr.engine.step import LiveStep
from ivr.engine.verbs import Say
from ivr.flow.model import Choice, Flow, Release
from ivr.flow.parts_within import within
from ivr.flow.phrasebook import OUTSIDE
from ivr.flow.profiles import Profile, profiles
from ivr.flow.text import Text

from .dry_run import VALUE, DryRunText, DryRunTurn, Scene, dry_run_turn, phrase_keys, texts_of
from .words import folded, in_words, sentences

_MOST_CONDITIONS = 6
"""Maximum conditions of a menu that are tried in every combination; with more, only all and none."""
_MOST_FAILURES = 4

PromptSound = tuple[str, str, float]
"""The identity of a recording: language, folded words, rate."""


@dataclass(frozen=True)
class KnownPrompt:
    """A text without values.

    `also` are further places with the same text at the same rate. `rate` is a share of the voice's normal speed; `flow`
    and `step` are empty for the engine's own phrases.
    """

    id: str
    language: str
    text: str
    rate: float
    profile: str = "standard"
    flow: str = ""
    step: str = ""
    also: tuple[str, ...] = field(default=(), compare=False)

    @property
    def spoken(self) -> str:
        """The text with numbers in words."""
        return in_words(self.text, self.language)

    @property
    def sound(self) -> PromptSound:
        """The identity of its recording."""
        return sound_of(self.text, self.language, self.rate)

    @property
    def names(self) -> tuple[str, ...]:
        """All names that its recording may have."""
        return (self.id, *self.also)


def sound_of(text: str, language: str, rate: float) -> PromptSound:
    """Return the identity of a text's recording."""
    return language, folded(text, language), round(rate, 2)


def known_prompts(release: Release) -> tuple[KnownPrompt, ...]:
    """Return every prompt of a release without values, and the complete sentences without values of the others."""
    prompts: dict[PromptSound, KnownPrompt] = {}
    names: dict[tuple[str, str], PromptSound] = {}
    for prompt in itertools.chain(_of_flows(release), _of_announcements(release), _of_the_engine(release)):
        sound = prompt.sound
        if not sound[1]:
            continue
        # Two texts of one step, such as a menu by day and by night, need two files.
        name = _free(names, prompt, sound)
        there = prompts.setdefault(sound, replace(prompt, id=name))
        if name != there.id and name not in there.also:
            prompts[sound] = replace(there, also=(*there.also, name))
    return tuple(prompts.values())


def _free(names: dict[tuple[str, str], PromptSound], prompt: KnownPrompt, sound: PromptSound) -> str:
    """Return the prompt's name, with a letter appended if another text has the name already."""
    for ending in ("", *(f".{letter}" for letter in "bcdefghijklmnopqrstuvwxyz")):
        name = prompt.id + ending
        if names.setdefault((prompt.language, name), sound) == sound:
            return name
    return prompt.id


def _of_flows(release: Release) -> Iterator[KnownPrompt]:
    for flow in release.flows.values():
        for language in flow.languages:
            for step in flow.steps.values():
                if isinstance(step, LiveStep) and step.speaks:
                    yield from _of_step(release, flow, step, language)


def _of_step(release: Release, flow: Flow, step: LiveStep, language: str) -> Iterator[KnownPrompt]:
    # By identity: the same words at two places of a step are two texts with two names.
    met: set[int] = set()
    for hidden in _hidden(flow, step):
        for turn in _scenes(release, flow, step, language, hidden):
            met |= turn.met
            yield from _named(flow, step, turn.said, _without(step, hidden))
    for source, text in texts_of(step):
        if id(text) not in met:  # spoken in a situation that no dry run reaches
            turn = dry_run_turn(flow, release.line, step, language)
            turn.say(text)
            yield from _named(flow, step, [DryRunText(source, text.say) for text in turn.said], "")


def _hidden(flow: Flow, step: LiveStep) -> Iterator[frozenset[str]]:
    """Yield every set of conditions that may fail together, the empty one first."""
    if not step.listens:
        yield frozenset()
        return
    choices: list[Choice] = [*within(step, Choice), *flow.globals]
    # Choices with the same condition come and go together, and are one condition here.
    conditions = list(dict.fromkeys(choice.when.text for choice in choices if choice.when))
    sizes = range(len(conditions) + 1) if len(conditions) <= _MOST_CONDITIONS else (0, len(conditions))
    for size in sizes:
        yield from map(frozenset, itertools.combinations(conditions, size))


def _without(step: LiveStep, hidden: frozenset[str]) -> str:
    if not hidden:
        return ""
    keys = [choice.key for choice in within(step, Choice) if choice.when and choice.when.text in hidden]
    return f".without_{'_'.join(keys)}" if keys else ""


def _scenes(
    release: Release, flow: Flow, step: LiveStep, language: str, hidden: frozenset[str]
) -> Iterator[DryRunTurn]:
    """Yield dry runs of a step: entered, answered by silence or nonsense, by first-time and returning callers."""
    for scene, what in _moments(step):
        alone = step.for_one_item()
        for there in (step,) if alone is step else (step, alone):
            turn = dry_run_turn(flow, release.line, step, language, scene, hidden)
            # A dry run has no bank and no agents; what the step said before it needed one is what is wanted.
            with suppress(Exception):  # the texts of a step that needs a real call are listed from its fields
                there.enter(turn) if what is None else there.answer(turn, what)
            yield turn


def _moments(step: LiveStep) -> Iterator[tuple[Scene, Input | None]]:
    for on_record, back in itertools.product((True, False), (False, True)):
        yield Scene(on_record=on_record, back=back), None
        if step.listens:
            yield Scene(on_record=on_record, back=back), Resumed()
    for failures in range(_MOST_FAILURES if step.listens else 0):
        yield Scene(failures=failures), NoInput()
        yield Scene(failures=failures), Speech("", None)


def _named(flow: Flow, step: LiveStep, said: Iterable[DryRunText], variant: str) -> Iterator[KnownPrompt]:
    composed = [text.say for text in said if not text.source]
    for text in said:
        source, profile = text.source, flow.profile
        if source.startswith("phrases."):
            name = _phrase_name(source, profile)
            yield from _whole(name, text.say, profile)
            continue
        if not source:
            number = f".{composed.index(text.say) + 1}" if len(composed) > 1 else ""
            source = f"{step.kind}{number}{variant}"
        yield from _whole(f"{flow.name}.{step.name}.{source}", text.say, profile, flow.name, step.name)


def _phrase_name(source: str, profile: Profile) -> str:
    kind, _, rest = source.partition(".")
    return source if profile.rate == 1 else f"{kind}.{profile.name}.{rest}"


def _whole(name: str, say: Say, profile: Profile, flow: str = "", step: str = "") -> Iterator[KnownPrompt]:
    """Yield the text, or its sentences without a value if it has slots."""
    prompt = KnownPrompt(name, say.language, say.text.strip(), say.rate, profile.name, flow, step)
    if VALUE not in say.text:
        yield prompt
        return
    for number, sentence in enumerate(sentences(say.text), 1):
        if VALUE not in sentence:
            yield replace(prompt, id=f"{name}.{number}", text=sentence.strip())


def _spoken_profiles(release: Release) -> dict[tuple[str, float], Profile]:
    """Return the languages and rates that the flows speak, with the profile of each."""
    return {
        (language, flow.profile.rate): flow.profile for flow in release.flows.values() for language in flow.languages
    }


def _of_announcements(release: Release) -> Iterator[KnownPrompt]:
    for slot, prepared in release.line.announcements.items():
        for preset, text in prepared.items():
            for (language, _), profile in _spoken_profiles(release).items():
                yield from _announced(f"announcements.{slot}.{preset}", text, language, profile)


def _announced(name: str, text: Text, language: str, profile: Profile) -> Iterator[KnownPrompt]:
    template = text.by_language.get(language)
    if template and template.fixed:
        say = Say(template.fixed, language, round(profile.rate, 2))
        yield from _whole(_phrase_name(name, profile), say, profile)


def _of_the_engine(release: Release) -> Iterator[KnownPrompt]:
    """Yield the engine's own phrases; those with values come from the steps that use them."""
    for (language, _), profile in _spoken_profiles(release).items():
        phrases = release.line.phrases
        book = phrases.language_of(language)
        for key in phrase_keys(language, phrases):
            words = phrases.phrase(book, key)
            if "{" not in words:
                at = profiles()["standard"] if key.startswith(OUTSIDE) else profile
                say = Say(words, book, round(at.rate, 2))
                yield from _whole(_phrase_name(f"phrases.{key}", at), say, at)
