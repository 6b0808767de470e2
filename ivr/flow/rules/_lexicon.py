"""Look for words that callers should not hear; the words are data, in lexicon.yaml."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from ivr.diagnostics.problem import Fix, Level, Place, Problem
from ivr.flow.model import Flow
from ivr.yamlfile.plain_value import plain_value
from ivr.yamlfile.shipped import shipped_block

from ._rule import Parts, Rule, RuleManual
from ._texts import WrittenText, announced_texts, spoken_texts


@dataclass(frozen=True)
class WordHit:
    """A word in a text: where it stands, and what may stand there instead (empty if that needs a decision)."""

    word: str
    text: WrittenText
    place: Place
    instead: str


@dataclass(frozen=True)
class WordList:
    """The words of one class: the pattern that finds them, and a replacement of each."""

    pattern: re.Pattern[str]
    instead: Mapping[str, str]


@functools.cache
def word_list(name: str) -> WordList:
    """Return a class of words. Raises KeyError for an unknown one."""
    written = _lexicon()[name]
    words: Mapping[str, str] = {str(word).casefold(): str(instead or "") for word, instead in written["words"].items()}
    exceptions = [str(word).casefold() for word in written.get("except", [])]
    # The longest first, since a regular expression takes the first alternative that fits: 不行使 must win over 不行.
    alternatives = "|".join(_pattern(word) for word in sorted([*words, *exceptions], key=len, reverse=True))
    return WordList(re.compile(alternatives), {word: text for word, text in words.items() if word not in exceptions})


def hits(name: str, text: WrittenText) -> Iterator[WordHit]:
    """Yield each word of a class in a text, its longest form first; words of its exceptions are skipped."""
    listed = word_list(name)
    for match in listed.pattern.finditer(text.folded):
        if match[0] in listed.instead:
            # NFKC makes three characters of one such as ㈱; then places in the folded text are not those of the file.
            word = text.words[match.start() : match.end()] if len(text.folded) == len(text.words) else match[0]
            yield WordHit(word, text, _place_in(text, match.start(), word), listed.instead[match[0]])


@dataclass(frozen=True)
class WordMessages:
    """The messages of a finding about a word in English and Chinese; "{word}" stands for the word."""

    english: str
    chinese: str


def word_rule(
    rule: str,
    words: str,
    summary: str,
    messages: WordMessages,
    manual: RuleManual,
    *,
    graver_for_elderly: bool = False,
) -> Rule:
    """Return the rule that no text has a word of a class; it warns, or fails for older callers if it is `graver`."""

    def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
        level: Level = "error" if graver_for_elderly and flow.profile.name == "elderly" else "warning"
        for text in spoken_texts(flow, parts):
            for hit in hits(words, text):
                yield word_problem(hit, rule, messages, level)

    def check_announcements(parts: Parts) -> Iterator[Problem]:
        for text in announced_texts(parts):
            for hit in hits(words, text):
                yield word_problem(hit, rule, messages, "warning")

    return Rule(rule, summary, flow=check, parts=check_announcements, at_load=False, manual=manual)


def word_problem(hit: WordHit, rule: str, messages: WordMessages, level: Level) -> Problem:
    """Return the problem of one word."""
    cure = f"Say {hit.instead}." if hit.instead else "Say it in other words."
    cured = f"改说：{hit.instead}。" if hit.instead else "换一种说法。"
    chinese = (messages.chinese.format(word=hit.word), cured)
    return Problem(hit.place, rule, messages.english.format(word=hit.word), cure, level, chinese=chinese)


def replacement(hit: WordHit) -> tuple[Fix, ...]:
    """Return the fix that puts the other word in the same place."""
    return (Fix(hit.place, hit.instead),) if hit.instead and hit.place.length == len(hit.word) else ()


def _place_in(text: WrittenText, offset: int, word: str) -> Place:
    """Return the place of a word in the file, if the text stands there as it is; else that of the text."""
    place, quotes = text.place, text.place.length - len(text.words)
    # A text on several lines, or with escapes, is longer in the file than its words: a fix at a guessed place would
    # damage it.
    if text.template.fixed is None or quotes not in (0, 2) or len(text.folded) != len(text.words):
        return place
    return Place(place.file, place.line, place.column + quotes // 2 + offset, len(word))


def _pattern(word: str) -> str:
    escaped = re.escape(word)
    # Not \b, for which Chinese characters are letters, too: "otp" in 请输入otp验证码 would be part of a longer word.
    return rf"(?<![a-z0-9]){escaped}(?![a-z0-9])" if word.isascii() else escaped


@functools.cache
def _lexicon() -> Mapping[str, Any]:
    written: Mapping[str, Any] = plain_value(shipped_block(files(__package__) / "lexicon.yaml"))
    return written
