"""Check that a prompt which no key stops is short."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow

from ._limits import limits_of
from ._rule import Parts, Rule, RuleManual


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check each stretch of speech that is locked, in every language; those with values are not known."""
    most = limits_of(flow.profile).locked_seconds
    for step in flow.written_steps():
        if parts.line is None or "barge_in" not in step.places:
            continue
        heard = [text for tag in flow.languages for text in parts.hear(flow, parts.line, step, tag)]
        longest = max((text.seconds for text in heard if not text.barge_in), default=0.0)
        if longest > most:
            message = f"No key stops this prompt of {longest:.0f} s; locked prompts last {most:g} s at most."
            cure = 'Shorten it, or let keys stop it: delete "barge_in: no".'
            chinese = (
                f"这段提示有{longest:.0f}秒，按键不能打断；最长{most:g}秒。",
                "改短，或删去 barge_in: no，让按键可以打断。",
            )
            yield Problem(
                step.place_of("barge_in"),
                RULE.id,
                message,
                cure,
                "warning",
                measured=f"{longest:.1f} s",
                allowed=f"{most:g} s",
                chinese=chinese,
            )


RULE = Rule(
    "long-locked-prompt",
    "A prompt that no key stops is long (warning).",
    flow=check,
    at_load=False,
    manual=RuleManual(
        why="Warnings must be heard to their end, so they must be short. Callers who cannot go on hang up.",
        chinese="警示必须听完，所以要短；不能按键又太长，客户会挂机。",
        wrong="""\
steps:
  hello:
    say: 请注意保护个人信息。密码和验证码请不要告诉任何人。银行员工不会向您索要密码。请您提高警惕，谨防受骗。
    barge_in: no  # here
    next: bye
""",
        right="""\
steps:
  hello:
    say: 密码和验证码，请不要告诉任何人。
    barge_in: no
    next: bye
""",
        source="thevuipost 2007 (barge-in); AVAYA IR design guidelines",
    ),
)
