"""The engine's own phrases, one YAML file per language in this folder: menu wording, default prompts, agents' texts.

`phrases.yaml` of a line replaces some of them, or gives those of a further language (`ivr/flow/own_phrases.py`). The
functions of this module are for what belongs to no line.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping as Map
from importlib.resources import files
from importlib.resources.abc import Traversable

from ivr.settings.identity import CODE_DIGITS, PIN_DIGITS
from ivr.yamlfile.shipped import shipped_block
from ivr.yamlfile.source import Scalar

FALLBACK = "zh-CN"
GAP = "…"
"""In a phrase of callers: other words may stand here."""
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
        "go_on_label",
        "start_over_label",
        "more_items",
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
"""Keys that are never spoken on their own: parts of menus and of texts for agents."""
WORDS = "_words"
"""The end of keys whose phrases callers say, divided by `|`; they are never spoken."""
OUTSIDE = ("agent_", "called_")
"""Prefixes of phrases that are spoken outside flows, to agents and in callbacks: always at the normal rate."""


SAME_AS = "same_as"
"""The key that names a base phrasebook, whose entries apply unless they are overridden."""


LENGTHS = ("pin_digits", "code_digits")
"""Values that are the same in all calls: the lengths of PINs and codes."""


@functools.cache
def _book(language: str) -> Map[str, str]:
    """Return the shipped phrases of a language. Raises KeyError if there are none."""
    return with_lengths(written_phrases(language))


def written_phrases(language: str) -> dict[str, str]:
    """Read the shipped phrasebook of a language, as it is written. Raises KeyError if there is none."""
    file = FOLDER / f"{language}.yaml"
    if not file.is_file():
        raise KeyError(language)
    # The base is read first and overridden, so that en-GB lists only what differs from en-US.
    own = {key.text: value.text for key, value in shipped_block(file).entries if isinstance(value, Scalar)}
    return {**(written_phrases(own.pop(SAME_AS)) if SAME_AS in own else {}), **own}


def with_lengths(book: Map[str, str]) -> Map[str, str]:
    """Return phrases with the lengths of PINs and codes in words."""
    # Done once at loading, not by `phrase`: a bank with PINs of four digits must not ask for six anywhere.
    digits = book["digit_words"].split("|")
    lengths = {"{" + name + "}": length for name, length in zip(LENGTHS, (PIN_DIGITS, CODE_DIGITS), strict=True)}
    inserted = {sign: digits[length] if length < len(digits) else str(length) for sign, length in lengths.items()}
    return {key: _filled(text, inserted) for key, text in book.items()}


def _filled(text: str, inserted: Map[str, str]) -> str:
    for sign, words_of_it in inserted.items():
        text = text.replace(sign, words_of_it)
    return text


def shipped_languages() -> tuple[str, ...]:
    """Return the languages that have a phrasebook here."""
    names = (file.name for file in FOLDER.iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml")))


@functools.lru_cache(maxsize=256)
def language_of(language: str) -> str:
    """Return the language whose phrases are used for `language`: itself, or Mandarin if it has no phrasebook."""
    try:
        _book(language)
    except KeyError:
        return FALLBACK
    return language


def all_phrase_keys(language: str) -> frozenset[str]:
    """Return the keys of a shipped phrasebook; a test checks that all languages have the same."""
    return frozenset(_book(language))


class Phrasebooks:
    """The phrases of a line: those shipped, and above them its own by language and key.

    `own` has only complete languages: shipped ones with some phrases replaced, or further ones with all phrases.
    """

    def __init__(self, own: Map[str, Map[str, str]] | None = None) -> None:
        self.own: Map[str, Map[str, str]] = own or {}

    def language_of(self, language: str) -> str:
        """Return the language whose phrases are used for `language`: itself, or Mandarin if it has no phrasebook."""
        return language if language in self.own else language_of(language)

    def phrase(self, language: str, key: str, /, **values: str) -> str:
        """Return a phrase with its `{names}` replaced. Raises KeyError for an unknown key."""
        text = self._book(language)[key]
        for name, value in values.items():
            text = text.replace("{" + name + "}", value)
        return text

    def words(self, language: str, key: str) -> tuple[str, ...]:
        """Return the words that callers may say, of a phrase that lists them. Raises KeyError for an unknown key."""
        return tuple(self.phrase(language, key).split("|"))

    def keys(self, language: str) -> frozenset[str]:
        """Return the keys of a language."""
        return frozenset(self._book(language))

    def _book(self, language: str) -> Map[str, str]:
        return self.own.get(language) or _book(language_of(language))


SHIPPED_PHRASES = Phrasebooks()
"""The phrases of a line without phrases.yaml."""
phrase, words = SHIPPED_PHRASES.phrase, SHIPPED_PHRASES.words
