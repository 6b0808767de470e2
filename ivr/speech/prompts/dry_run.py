"""Run a step without a call: record the texts that it would say, with their place in the flow.

Asks no back end; values are replaced by a marker.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

from ivr.engine.call import Call, CallFacts, Frame, ProvenIdentity
from ivr.engine.input_step import InputScratch
from ivr.engine.step import LiveStep
from ivr.engine.turn import Services, Turn
from ivr.engine.verbs import Say
from ivr.flow.model import Choice, Flow, Hotline
from ivr.flow.phrasebook import PARTS, WORDS, Phrasebooks
from ivr.flow.text import Slot, Text

VALUE = "\ue000"
"""The marker of a value in a text."""


_CALLER = "+86100000000"


_SERVICES = Services(
    verbalize=lambda *_: VALUE,
    inverse_normalize=lambda *_, **__: None,
    understand=lambda *_, **__: None,
    display_format=lambda *_: "",
)


@dataclass(frozen=True)
class DryRunText:
    """One text that was said: its source (`say`, `no_input.1`, `phrases.transfer`), and its words."""

    source: str
    say: Say


@dataclass
class DryRunTurn(Turn):
    """The turn of a dry run. `hidden` are the sources of false conditions; `met` the ids of spoken texts."""

    hidden: frozenset[str] = frozenset()
    said: list[DryRunText] = field(default_factory=list)
    met: set[int] = field(default_factory=set)
    _source: str = ""

    def offered(self, choice: Choice) -> bool:
        """Return whether a choice's condition is not hidden."""
        return choice.when is None or choice.when.text not in self.hidden

    def desk_open(self, desk: str) -> bool:
        """Return True, so that transfers say their texts."""
        return True

    def words(self, text: Text, **more: Any) -> str:
        """Return the text with markers for its values."""
        del more
        self.met.add(id(text))
        parts = text.template(self.call.language).parts
        return "".join(VALUE if isinstance(part, Slot) else part for part in parts)

    def say(self, text: Text, *, barge_in: bool = True, pace: float = 1.0, **more: Any) -> None:
        """Record an editor's text."""
        self._source = source_of(self.flow.steps.get(self.frame.step), text)
        super().say(text, barge_in=barge_in, pace=pace, **more)
        self._source = ""

    def phrase(self, key: str, /, *, language: str | None = None, barge_in: bool = True, **values: str) -> None:
        """Record one of the engine's phrases."""
        words = self.line.phrases.phrase(language or self.call.language, key)
        spoken = [value for name, value in values.items() if "{" + name + "}" in words and value != VALUE]
        self._source = ".".join(["phrases", key, *(word.replace(" ", "-") for word in spoken)])
        super().phrase(key, language=language, barge_in=barge_in, **values)
        self._source = ""

    def say_words(self, words: str, *, language: str | None = None, barge_in: bool = True, pace: float = 1.0) -> None:
        """Record words."""
        before = len(self.prompts)
        super().say_words(words, language=language, barge_in=barge_in, pace=pace)
        self.said += [DryRunText(self._source, prompt) for prompt in self.prompts[before:] if isinstance(prompt, Say)]


def source_of(step: object, text: Text) -> str:
    """Return the field of a step that contains a text: `prompt`, or `no_input.2` for the second of a list."""
    for name, value in texts_of(step):
        if value is text:
            return name
    return ""


def texts_of(step: object) -> list[tuple[str, Text]]:
    """Return the spoken texts of a step by field, without labels of choices."""
    texts: list[tuple[str, Text]] = []
    for spec in fields(step) if isinstance(step, LiveStep) else ():
        value = getattr(step, spec.name)
        if isinstance(value, Text):
            texts.append((spec.name, value))
        elif isinstance(value, tuple):
            texts += [(f"{spec.name}.{n}", item) for n, item in enumerate(value, 1) if isinstance(item, Text)]
    return texts


@dataclass(frozen=True)
class Scene:
    """The caller of a dry run: known to the bank, returning, misunderstood before."""

    on_record: bool = True
    back: bool = False
    failures: int = 0


def dry_run_turn(
    flow: Flow,
    line: Hotline,
    step: LiveStep,
    language: str,
    scene: Scene = Scene(),
    hidden: frozenset[str] = frozenset(),
) -> DryRunTurn:
    """Return a turn at a step, by a caller with the identity level that the step requires."""
    scratch = InputScratch(scene.failures).merged_into({})
    frame = Frame(flow.name, step.name, scratch=scratch, visited=(step.name,) if scene.back else ())
    call = Call(
        id="", release="", language=language, caller=_CALLER, called="", started=0.0, frames=(frame,),
        facts=CallFacts(caller={"known": scene.on_record}),
        identity=ProvenIdentity(step.requires if step.listens else 0, "", float("inf")),
    )  # fmt: skip
    return DryRunTurn(call, flow, line, _SERVICES, 0.0, hidden=hidden)


def phrase_keys(language: str, phrases: Phrasebooks) -> list[str]:
    """Return the engine's phrases that are spoken without change."""
    return [key for key in sorted(phrases.keys(language)) if key not in PARTS and not key.endswith(WORDS)]
