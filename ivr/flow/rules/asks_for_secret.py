"""Check that no text asks callers to speak a PIN or code: a bank never does."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow

from ._lexicon import WordMessages, hits, word_problem
from ._rule import Parts, Rule, RuleManual
from ._texts import spoken_texts

# By phrases, not by the word 密码: "do not tell the PIN to anyone" is what a bank should say.
_MESSAGES = WordMessages('"{word}" asks for a secret by voice.', "「{word}」让客户说出密码。")


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check every text."""
    for text in spoken_texts(flow, parts):
        for hit in hits("secrets", text):
            yield word_problem(hit, RULE.id, _MESSAGES, "error")


RULE = Rule(
    "asks-for-secret",
    "A text asks callers to say a PIN or a code.",
    flow=check,
    at_load=False,
    manual=RuleManual(
        why="People in the same room hear what is said, and fraudsters ask the same way. Let callers type it.",
        chinese="说出来的密码旁人听得到，骗子也是这样问。请让客户用按键输入。",
        wrong="""\
steps:
  hello:
    say: 请说出您的密码。  # here
    next: bye
""",
        right="""\
steps:
  hello:
    say: 请不要把密码告诉任何人。
    next: bye
""",
        source="PCI SSC telephone supplement v3.0; notices of banks to the public",
    ),
)
