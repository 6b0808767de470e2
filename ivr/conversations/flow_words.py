"""Translate what conversations say by meaning: a choice by its aim, a prompt by its step, values by their kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ivr.engine.ports import Verbalize
from ivr.flow.evaluation import at_path
from ivr.flow.model import Choice, Flow, Release, Step
from ivr.flow.parts_within import within
from ivr.flow.phrasebook import GAP
from ivr.flow.text import Slot, Text

from .model import Facts, NotInFlow, StepPrompt

_LATER = ("short", "help", "no_input", "no_match", "options", "heading")
"""Texts of a step that are not what it says first."""


@dataclass(frozen=True)
class FlowWords:
    """The flows of a call that is played, and its state."""

    release: Release
    facts: Facts
    verbalize: Verbalize

    def step_of(self, call_sid: str) -> str:
        """Return the step that the call is at."""
        return str(self.facts(call_sid).get("step", ""))

    def keys_of(self, call_sid: str, wanted: str) -> str:
        """Return the key of a choice where the call is. Raises NotInFlow."""
        return self._choice(call_sid, wanted).key

    def phrase_of(self, call_sid: str, wanted: str) -> str:
        """Return the words by which a caller takes a choice where the call is. Raises NotInFlow."""
        choice, language = self._choice(call_sid, wanted), self._language(call_sid)
        said = choice.phrases.for_language(language) if choice.phrases else ()
        label = choice.label.template(language).fixed if choice.label else None
        if not said and not label:
            raise NotInFlow(f'the choice "{wanted}" has no words in {language}')
        return next((phrase for phrase in said if GAP not in phrase), label or "")

    def words_of(self, call_sid: str, prompt: StepPrompt) -> list[str]:
        """Return the pieces of what a step says, in order; values that are not given are gaps. Raises NotInFlow."""
        flow = self.release.flows.get(str(self.facts(call_sid).get("flow", "")))
        # The step may be in a flow that the call has just left: its words are checked after the call has gone on.
        flows = [flow] if flow and prompt.step in flow.steps else self.release.flows.values()
        step = next((each.steps[prompt.step] for each in flows if prompt.step in each.steps), None)
        text = first_text(step) if step is not None else None
        if text is None:
            raise NotInFlow(f'no step "{prompt.step}" says a text of its own')
        language = text.language_for(self._language(call_sid))
        pieces = (self._piece(part, prompt.values, language) for part in text.by_language[language].parts)
        return [piece for piece in pieces if piece.strip()]

    def _piece(self, part: str | Slot, values: Mapping[str, Any], language: str) -> str:
        if isinstance(part, str):
            return part
        value = values.get(".".join(part.path), at_path(part.path, values))
        return "" if value is None else self.verbalize(value, part.kind, part.argument, language)

    def _language(self, call_sid: str) -> str:
        return str(self.facts(call_sid).get("language", ""))

    def _choice(self, call_sid: str, wanted: str) -> Choice:
        facts = self.facts(call_sid)
        flow = self.release.flows.get(str(facts.get("flow", "")))
        step = flow.steps.get(str(facts.get("step", ""))) if flow else None
        choices = [*step.own_choices(), *flow.globals] if step and flow else []
        matching = [choice for choice in choices if wanted in names_of_choice(choice) and choice.key]
        if not matching:
            names = ", ".join(dict.fromkeys(name for choice in choices for name in names_of_choice(choice)[:1]))
            raise NotInFlow(f'step "{facts.get("step")}" has no choice "{wanted}"; there are {names or "none"}')
        return matching[0]


def names_of_choice(choice: Choice) -> list[str]:
    """Return the names by which a conversation may choose: the target, what it does, reason, value, labels."""
    labels = (template.fixed for template in choice.label.by_language.values()) if choice.label else ()
    names = (choice.goto.name if choice.goto else "", choice.do, choice.reason, choice.value, *labels)
    return [name for name in names if name]


def choice_names(flow: Flow) -> Iterator[str]:
    """Yield the names of all choices of a flow."""
    for choice in within([flow.globals, *flow.steps.values()], Choice):
        yield from names_of_choice(choice)


def first_text(step: Step) -> Text | None:
    """Return what a step says first, or None for a step without a text of its own."""
    texts = {name: value for name, value in vars(step).items() if isinstance(value, Text) and name not in _LATER}
    return texts.get("prompt") or texts.get(step.kind) or next(iter(texts.values()), None)
