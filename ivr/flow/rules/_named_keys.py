"""Find the keys that texts name, with what they say the key does, for rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ivr.flow.model import Choice, Flow, Step

from ._texts import WrittenText, is_chinese

_CHINESE = re.compile(r"(?:^|[。；;！？]|(?<=，))([^。；;！？，]*)[，,]?(?:请|請|就)?按(\d|星号|星號|井号|井號)键?鍵?")
_ENGLISH = re.compile(r"(?:(?:for|to) ([^,.;]+), )?press (\d|star|pound)\b", re.I)
_SIGNS = {"星号": "*", "星號": "*", "井号": "#", "井號": "#", "star": "*", "pound": "#"}
_NO = re.compile(r"返回|取消|不|改为|改為|\b(not|back|cancel|no|instead)\b", re.I)


@dataclass(frozen=True)
class NamedKey:
    """A key that a text names, and the words in front of it."""

    key: str
    purpose: str


def named_keys(text: WrittenText) -> Iterator[NamedKey]:
    """Yield the keys that a text tells callers to press."""
    pattern = _CHINESE if is_chinese(text.language) else _ENGLISH
    for match in pattern.finditer(text.words):
        sign = match[2].casefold()
        yield NamedKey(_SIGNS.get(sign, sign), (match[1] or "").strip())


def keys_there(step: Step, flow: Flow) -> frozenset[str]:
    """Return the keys that have a meaning at a step that listens; every key has one where an entry is typed."""
    if step.fetches or step.records:
        return frozenset("0123456789*#")
    own = {choice.key for choice in step.own_choices()}
    yes_and_no = {"1", "2"} if step.affirms else set()
    # A step without choices and without an entry is a survey, where every digit is a mark.
    scale = set("0123456789#") if not own and not step.affirms else set()
    return frozenset({"0"} | own | yes_and_no | scale | {choice.key for choice in flow.globals})


def choice_of(step: Step, flow: Flow, key: str) -> Choice | None:
    """Return the choice of a key at a step."""
    return next((choice for choice in (*step.own_choices(), *flow.globals) if choice.key == key), None)


def sounds_like_no(purpose: str) -> bool:
    """Return whether words offer to refuse or to go back."""
    return bool(_NO.search(purpose))
