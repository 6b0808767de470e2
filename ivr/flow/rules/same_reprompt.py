"""Check that callers who are asked again hear other words."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow
from ivr.flow.text import Text

from ._rule import Parts, Rule, RuleManual


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Compare the texts of each ladder with one another and with the prompt."""
    del parts
    for step in flow.written_steps():
        prompt = getattr(step, "prompt", None)
        for key in ("no_input", "no_match"):
            texts: tuple[Text, ...] = getattr(step, key, ())
            heard = [prompt] if isinstance(prompt, Text) else []
            for text in texts:
                if text in heard:
                    message, cure = (
                        "Callers hear the same words again.",
                        "Say it in other words, with more help each time.",
                    )
                    chinese = ("再问一次，说的还是同样的话。", "换一种说法，每次多给一点帮助。")
                    yield Problem(text.place, RULE.id, message, cure, "warning", chinese=chinese)
                heard.append(text)


RULE = Rule(
    "same-reprompt",
    "Callers who are asked again hear the same words (warning).",
    flow=check,
    at_load=False,
    manual=RuleManual(
        why="Words that were not understood the first time are not understood the second time.",
        chinese="第一遍没听懂的话，第二遍还是听不懂。",
        wrong="""\
steps:
  hello:
    confirm: 现在为您锁住这张卡。
    no_match: [请再选一次。, 请再选一次。]  # here
    yes: bye
    no: bye
""",
        right="""\
steps:
  hello:
    confirm: 现在为您锁住这张卡。
    no_match: [请再选一次。, 要锁住这张卡，请按1。]
    yes: bye
    no: bye
""",
        source="AVAYA; W3C COGA (tapered prompts)",
    ),
)
