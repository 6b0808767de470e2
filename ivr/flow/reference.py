"""Render the editors' manual, flows/README.md, from the declarations of the flow language and the prose in manual.md.

Tables are generated from code, so that they cannot be out of date.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from importlib.resources import files
from typing import Any

from .catalogue import Catalogue, step_options
from .class_fields import PriorityFields, SurveyQuestionFields
from .fields import FieldKind, ListOf, Option, options
from .hotline import DeskFields, LineFields, NumberFields, SegmentFields, SiteFields, WaitingFields
from .loader import FlowFields
from .lookups import LookupsFields, QuestionFields, SampleFields, ServiceFields, TakenFields
from .model import Step
from .phrasebook import written_phrases
from .profiles import Profile, profiles
from .questions import ANSWER_KINDS, DeclaredQuestion
from .routes import ChoiceFields
from .rule_summaries import GROUPS
from .schema import manual_text, option_summary
from .standing_values import STANDING_VALUES

PROFILE_WORDS = {
    "characters_per_minute": "Mandarin: characters a minute",
    "words_per_minute": "English: words a minute",
    "rate": "share of the voice's normal speed",
    "first_timeout": "wait for the first key or word, in seconds",
    "fetch_timeout": "the same where something must be fetched first: a card, a document",
    "inter_digit_timeout": "wait between two keys, in seconds",
    "tries": "how often a step asks",
    "error_budget": "failures in one call before a person takes over",
    "option_pause": "pause after each choice, in seconds",
    "after_key_pause": "pause after a key, in seconds",
    "agent_spoken": "where in a menu the key for a person is spoken",
    "say_twice": "whether texts with values are said twice",
    "minimum_confidence": "confidence below which speech counts as no_match",
    "sure_confidence": "confidence below which a yes is asked for again",
}
_LISTENING = "on_no_input"
"""The key that identifies a step kind that listens."""


def manual(catalogue: Catalogue) -> str:
    """Return the manual of the installed flow language in Markdown."""
    shared = _shared(catalogue.steps)
    listening = [_title(cls) for _, cls in sorted(catalogue.steps.items()) if _listens(cls)]
    sections: dict[str, Callable[[], str]] = {
        "flow": lambda: _fields(options(FlowFields)),
        "kinds": lambda: _kinds(catalogue.steps),
        "every": lambda: _fields(options(Step)),
        "listening kinds": lambda: ", ".join(f"`{kind}`" for kind in listening),
        "listening": lambda: _fields(shared),
        "steps": lambda: "\n\n".join(_step(cls, shared) for _, cls in sorted(catalogue.steps.items())),
        "choices": lambda: _fields(options(ChoiceFields)),
        "spoken": lambda: _spoken(catalogue.spoken_kinds),
        "given": _standing_values,
        "questions": lambda: "\n\n".join(_question(*declared) for declared in sorted(catalogue.questions.items())),
        "languages": lambda: ", ".join(f"`{tag}`" for tag in catalogue.families),
        "profiles": _profiles,
        "line": lambda: _fields(options(LineFields)),
        "numbers": lambda: _fields(options(NumberFields)),
        "desks": lambda: _fields(options(DeskFields)),
        "segments": lambda: _fields(options(SegmentFields)),
        "queue": lambda: _fields(options(WaitingFields)),
        "sites": lambda: _fields(options(SiteFields)),
        "priorities": lambda: _fields(options(PriorityFields)),
        "survey questions": lambda: _fields(options(SurveyQuestionFields)),
        "lookups": lambda: _fields(options(LookupsFields)),
        "services": lambda: _fields(options(ServiceFields)),
        "service questions": lambda: _fields(options(QuestionFields)),
        "taken": lambda: _fields(options(TakenFields)),
        "taken types": lambda: _table(("type", "takes"), _taken_types(catalogue)),
        "answer kinds": lambda: _table(("kind", "holds", "read aloud as"), _answer_kinds()),
        "phrases": _phrases,
        "samples": lambda: _fields(options(SampleFields)),
        "rules": _rules,
    }
    prose = files(__package__).joinpath("manual.md").read_text("utf-8")
    return re.sub(r"\[\[([a-z ]+)\]\]", lambda match: sections[match[1]](), prose)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _fields(wanted: Iterable[Option]) -> str:
    rows = ((f"`{declared.key}`", declared.kind.words, declared.help, _default(declared)) for declared in wanted)
    return _table(("key", "takes", "meaning", "if left out"), rows)


def _phrases() -> str:
    """Return the engine's own phrases with their English and Mandarin texts."""
    english, mandarin = written_phrases("en-US"), written_phrases("zh-CN")
    rows = ((f"`{key}`", f"{mandarin[key]}<br>{text}") for key, text in sorted(english.items()))
    return _table(("phrase", "shipped as"), rows)


def _default(declared: Option) -> str:
    return "must be given" if declared.required else declared.default_words or "nothing"


def _listens(cls: type[Step]) -> bool:
    return any(declared.key == _LISTENING for declared in options(cls))


def _shared(kinds: Mapping[str, type[Step]]) -> list[Option]:
    """Return the fields that all listening kinds share, without those of every step."""
    every = {declared.key for declared in options(Step)}
    listening = [options(cls) for cls in kinds.values() if _listens(cls)]
    first = listening[0] if listening else ()
    return [
        declared
        for declared in first
        if declared.key not in every and all(_same(declared, other) for other in listening)
    ]


def _same(declared: Option, others: tuple[Option, ...]) -> bool:
    return any(other.key == declared.key for other in others)


def _kinds(kinds: Mapping[str, type[Step]]) -> str:
    return _table(
        ("kind", ""), ((f"[`{_title(cls)}`](#{_anchor(cls)})", option_summary(cls)) for _, cls in sorted(kinds.items()))
    )


def _title(cls: type[Step]) -> str:
    return ": ".join(cls.written_as) if cls.written_as else cls.kind


def _anchor(cls: type[Step]) -> str:
    """Return the anchor that Markdown gives the title."""
    return _title(cls).replace(":", "").replace(" ", "-")


def _step(cls: type[Step], shared: list[Option]) -> str:
    usual = {(declared.key, declared.help, declared.default_words) for declared in [*shared, *options(Step)]}
    own = [
        declared for declared in step_options(cls) if (declared.key, declared.help, declared.default_words) not in usual
    ]
    return f"### {_title(cls)}\n\n{manual_text(cls)}\n\n{_fields(own)}{_inner(own)}"


def _inner(wanted: list[Option]) -> str:
    """Return the tables of the blocks inside a step."""
    blocks = [(declared, cls) for declared in wanted if (cls := getattr(_item(declared.kind), "cls", None)) is not None]
    return "".join(f"\n\n`{declared.key}` holds:\n\n{_fields(options(cls))}" for declared, cls in blocks)


def _item(kind: FieldKind[Any]) -> FieldKind[Any]:
    """Return the kind of a list's items, else the kind itself."""
    return kind.of if isinstance(kind, ListOf) else kind


def _spoken(kinds: Mapping[str, Any]) -> str:
    rows = []
    for kind in kinds.values():
        argument = f" Argument: {kind.means}{'' if kind.argument == 'required' else ' (may be left out)'}." * bool(
            kind.means
        )
        samples = "; ".join(kind.spoken[tag] for tag in sorted(kind.spoken, reverse=True))
        rows.append((_written(kind), kind.manual + argument, f"{kind.sample}: {samples}"))
    return _table(("kind", "", "as spoken"), rows)


def _written(kind: Any) -> str:
    samples = sorted(set(kind.argument_sample.values()))
    return "`" + "`, `".join([f"{kind.name}:{sample}" for sample in samples] or [kind.name]) + "`"


def _standing_values() -> str:
    return _table(
        ("value", ""),
        ((f"`{name}.{part}`", words) for name, parts in STANDING_VALUES.items() for part, words in parts.items()),
    )


def _question(name: str, question: DeclaredQuestion) -> str:
    """Describe one question to one of the engine's own services."""
    taken = ((f"`{key}`", field.words, field.help, "yes" * field.required) for key, field in question.fields.items())
    answered = (
        (f"`{key}`", field.words, field.help, ", ".join(f"`{kind}`" for kind in field.kinds))
        for key, field in question.answer.items()
    )
    parts = [f"#### {name}", question.help, _table(("field", "takes", "meaning", "needed"), taken)]
    if question.answer:
        parts.append(_table(("answer", "holds", "meaning", "read aloud as"), answered))
    return "\n\n".join(parts)


def _taken_types(catalogue: Catalogue) -> Iterable[tuple[str, ...]]:
    return ((f"`{name}`", kind.words) for name, kind in catalogue.taken_types.items())


def _answer_kinds() -> Iterable[tuple[str, ...]]:
    return (
        (f"`{name}`", kinds.words, ", ".join(f"`{kind}`" for kind in kinds.names))
        for name, kinds in ANSWER_KINDS.items()
    )


def _profiles() -> str:
    by_name = profiles()
    names = [spec.name for spec in fields(Profile) if spec.name != "name"]
    rows = ((PROFILE_WORDS[name], *(_figure(getattr(profile, name)) for profile in by_name.values())) for name in names)
    return _table(("", *(f"`{name}`" for name in by_name)), rows)


def _figure(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def _rules() -> str:
    parts = []
    for title, rules in GROUPS.items():
        rows = ((f"`{rule}`", words) for rule, words in sorted(rules.items()))
        parts.append(f"### {title}\n\n{_table(('rule', ''), rows)}")
    return "\n\n".join(parts)
