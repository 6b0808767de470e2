"""Check that texts name a time where they promise one: 两个工作日内, not 尽快."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow

from ._lexicon import WordMessages, hits, word_problem
from ._rule import Parts, Rule, RuleManual
from ._texts import SPOKEN_VALUE, WrittenText, spoken_sentences, spoken_texts

_TIME = re.compile(
    r"(\d+|[一二两三四五六七八九十半]+)个?(秒|分钟|小时|钟头|天|日|工作日|周|星期|月)"
    r"|\b(\d+|one|two|three|four|five|ten|twenty-four) (working |business )?(seconds?|minutes?|hours?|days?|weeks?)\b"
)
_KINDS_OF_TIME = frozenset({"duration", "date", "time", "datetime", "count"})
_MESSAGES = WordMessages('"{word}" names no time.', "「{word}」没有说明具体时间。")


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check every text; one that a waiting or transferred caller hears is graver."""
    for text in spoken_texts(flow, parts):
        for hit in hits("vague", text):
            # The time must stand in the same sentence: in 请稍后。我们24小时营业。 the hours are no promise.
            if not tells_time(_sentence_with(hit.word, text), text):
                grave = text.step is not None and text.step.reaches_person
                yield word_problem(hit, RULE.id, _MESSAGES, "error" if grave else "warning")


def tells_time(sentence: str, text: WrittenText) -> bool:
    """Return whether a sentence of a text names a time, as a figure with its unit or as a value."""
    values = any(slot.kind in _KINDS_OF_TIME for slot in text.template.slots())
    return bool(_TIME.search(sentence)) or (values and SPOKEN_VALUE in sentence)


def _sentence_with(word: str, text: WrittenText) -> str:
    return next((sentence for sentence in spoken_sentences(text.words) if word in sentence), text.words)


RULE = Rule(
    "vague-time",
    "A text promises something without a time, such as 尽快 (warning; error while a caller waits).",
    flow=check,
    at_load=False,
    manual=RuleManual(
        why="Callers plan by times. A promise without one is remembered as a broken one, and they call again.",
        chinese="客户要按时间安排自己的事。只说「尽快」，客户会再打来问。",
        wrong="""\
steps:
  hello:
    say: 我们会尽快处理。  # here
    next: bye
""",
        right="""\
steps:
  hello:
    say: 我们会尽快处理，2个工作日内给您答复。
    next: bye
""",
        source="service language of bank hotlines: 尽快, 稍后",
    ),
)
