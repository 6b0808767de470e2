"""What is written down is spoken slower than the rest."""

from __future__ import annotations

from ivr.engine.verbs import Say

STEPS = """
  start: {say: 您好。, next: number}
  number: {say: 编号是幺二三。, slowly: yes, next: bye}
"""


def rates(call):
    return [prompt.rate for prompt in call.closing.prompts if isinstance(prompt, Say)]


def test_a_text_can_be_spoken_slowly(phone):
    assert rates(phone(STEPS)) == [1.0, 0.85, 1.0]


def test_slowly_is_slower_still_for_older_callers(phone):
    assert rates(phone(STEPS, head="profile: elderly")) == [0.75, 0.64, 0.75]
