"""Check the length of sentences."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow

from ._limits import limits_of
from ._rule import Parts, Rule, RuleManual
from ._texts import characters, english_words, is_chinese, prompts, spoken_sentences


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check every sentence of the flow's prompts; values do not count."""
    limits = limits_of(flow.profile)
    for text in prompts(flow, parts):
        chinese = is_chinese(text.language)
        count, unit = (characters, "characters") if chinese else (english_words, "words")
        most = limits.sentence_characters if chinese else limits.sentence_words
        longest = max(spoken_sentences(text.words), key=count, default="")
        if count(longest) > most:
            message = f"A sentence has {count(longest)} {unit}; {most:g} are understood at once."
            cure = "Make two sentences of it, with one thought each."
            number = count(longest)
            cured = (
                f"一句话有{number}个{'字' if chinese else '词'}，最多{most:g}个才听得明白。",
                "分成两句，一句说一件事。",
            )
            yield Problem(
                text.place,
                RULE.id,
                message,
                cure,
                "warning",
                measured=f"{number} {unit}",
                allowed=f"{most:g} {unit}",
                chinese=cured,
            )


RULE = Rule(
    "long-sentence",
    "A sentence is too long to be understood at once (warning).",
    flow=check,
    at_load=False,
    manual=RuleManual(
        why="Nobody can read a sentence on the telephone again. One thought at a time is enough.",
        chinese="电话里听不回去。一句说一件事。",
        wrong="""\
steps:
  hello:
    say: 我们的网点一般在周一到周五的上午九点到下午五点之间为各位客户办理业务。  # here
    next: bye
""",
        right="""\
steps:
  hello:
    say: 网点周一到周五营业。上午九点开门，下午五点关门。
    next: bye
""",
        source="W3C COGA, Conversational Voice Systems; the figures are our own",
    ),
)
