"""Words that mean the same when callers name a service, from synonyms.yaml: 弄丢 is 丢, "misplaced" is "lost"."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from importlib.resources import files

from ivr.yamlfile.plain_value import plain_value
from ivr.yamlfile.source import read_text

from .traditional import traditional


def with_plain_words(text: str) -> str:
    """Return a text in lower case, without apostrophes, in which the first of each list stands for its synonyms."""
    pattern, plain = _synonyms()
    return pattern.sub(lambda match: plain[match[0]], text)


@functools.cache
def _synonyms() -> tuple[re.Pattern[str], dict[str, str]]:
    name = "synonyms.yaml"
    node, problems = read_text(files(__package__).joinpath(name).read_text("utf-8"), name)
    if node is None or problems:
        raise ValueError(f"{name} cannot be read: {problems}")
    lists: Sequence[Sequence[str]] = plain_value(node)
    plain = {form: words[0] for words in lists for word in words[1:] for form in (word, traditional(word))}
    longest_first = sorted(plain, key=len, reverse=True)
    return re.compile("|".join(rf"\b{word}\b" if word.isascii() else word for word in longest_first)), plain
