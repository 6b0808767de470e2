"""The engine's own phrases, one YAML file per language in this folder: menu wording, default prompts, agents' texts."""

from __future__ import annotations

import functools
from importlib.resources import files
from importlib.resources.abc import Traversable

from ivr.settings.identity import CODE_DIGITS, PIN_DIGITS
from ivr.yamlfile.source import Mapping, Scalar, read_text

FALLBACK = "zh-CN"
FOLDER: Traversable = files(__package__)
"""The folder of the phrasebooks, each named by its language tag: `zh-CN.yaml`."""
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
        "more_items",
        "more_words",
        "agent_words",
        "fraud_words",
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
        "agent_loss",
        "agent_unverified",
    ]
)
"""Keys that are never spoken on their own: parts of menus and of texts for agents, and words that callers say."""
OUTSIDE = ("agent_", "called_")
"""Prefixes of phrases that are spoken outside flows, to agents and in callbacks: always at the normal rate."""


SAME_AS = "same_as"
"""The key that names a base phrasebook, whose entries apply unless they are overridden."""


@functools.cache
def _book(language: str) -> dict[str, str]:
    """Read the phrasebook of a language. Raises KeyError if there is none."""
    file = FOLDER / f"{language}.yaml"
    if not file.is_file():
        raise KeyError(language)
    root, problems = read_text(file.read_text("utf-8"), file.name)
    if problems or not isinstance(root, Mapping):
        raise AssertionError(f"the phrases of {language} cannot be read: {problems}")
    # The base is read first and overridden, so that en-GB lists only what differs from en-US.
    own = {key.text: value.text for key, value in root.entries if isinstance(value, Scalar)}
    book = {**(_book(own.pop(SAME_AS)) if SAME_AS in own else {}), **own}
    return {key: _with_lengths(text, book["digit_words"].split("|")) for key, text in book.items()}


def _with_lengths(text: str, digit_words: list[str]) -> str:
    """Return a phrase with the lengths of PINs and codes in words."""
    # Done once at loading, not by `phrase`: a bank with PINs of four digits must not ask for six anywhere.
    for name, length in (("pin_digits", PIN_DIGITS), ("code_digits", CODE_DIGITS)):
        text = text.replace("{" + name + "}", digit_words[length] if length < len(digit_words) else str(length))
    return text


@functools.lru_cache(maxsize=256)
def language_of(language: str) -> str:
    """Return the language whose phrases are used for `language`: itself, or Mandarin if it has no phrasebook."""
    try:
        _book(language)
    except KeyError:
        return FALLBACK
    return language


def phrase(language: str, key: str, /, **values: str) -> str:
    """Return a phrase with its `{names}` replaced. Raises KeyError for an unknown key."""
    text = _book(language_of(language))[key]
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text


@functools.lru_cache(maxsize=1024)
def words(language: str, key: str) -> tuple[str, ...]:
    """Return the words that callers may say, of a phrase that lists them. Raises KeyError for an unknown key."""
    return tuple(phrase(language, key).split("|"))


def all_phrase_keys(language: str) -> frozenset[str]:
    """Return the keys of a phrasebook; a test checks that all languages have the same."""
    return frozenset(_book(language))
