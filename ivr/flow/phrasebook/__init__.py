"""What the engine itself says, one file per language beside this one: how choices are spoken, the default ladders."""

from __future__ import annotations

import functools
from importlib.resources import files

from ivr.yamlfile.source import Mapping, Scalar, read_text

FALLBACK = "zh-CN"
PARTS = frozenset(
    [
        "key_star",
        "key_pound",
        "option",
        "option_deed",
        "option_between",
        "option_end",
        "agent_label",
        "yes_words",
        "no_words",
        "agent_words",
        "digit_words",
        "key_words",
        "from_to",
        "queue_people",
        "agent_between",
        "agent_end",
        "agent_name_card",
        "agent_unknown",
        "agent_vip",
        "agent_elderly",
        "agent_complaint",
        "agent_fraud",
        "agent_unverified",
    ]
)
"""Keys of what is never said by itself: parts of menus and of what agents are told, and words that callers say."""
OUTSIDE = ("agent_", "called_")
"""How keys begin of what is said outside of flows, to agents and to who is called back: always at the normal rate."""


@functools.cache
def _books() -> dict[str, dict[str, str]]:
    books: dict[str, dict[str, str]] = {}
    for entry in files(__package__).iterdir():
        if entry.name.endswith(".yaml"):
            root, problems = read_text(entry.read_text("utf-8"), entry.name)
            if problems or not isinstance(root, Mapping):
                raise AssertionError(f"the shipped phrases cannot be read: {problems}")
            books[entry.name.removesuffix(".yaml")] = {
                key.text: value.text for key, value in root.entries if isinstance(value, Scalar)
            }
    return books


@functools.cache
def language_of(language: str) -> str:
    """Return the language whose phrases serve for `language`: its own, one of its family, or Mandarin."""
    family = language.split("-")[0]
    known = sorted(_books())
    return next((tag for tag in (language, *(t for t in known if t.split("-")[0] == family)) if tag in known), FALLBACK)


def phrase(language: str, key: str, /, **values: str) -> str:
    """Return a phrase with its `{names}` put in. Raises KeyError for a key that the books don't have."""
    text = _books()[language_of(language)][key]
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text


def all_phrase_keys(language: str) -> frozenset[str]:
    """Return the keys of a book; a test holds them equal in all languages."""
    return frozenset(_books()[language])
