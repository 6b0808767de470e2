"""Check that the keys which texts name are there."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow, Step
from ivr.flow.outcomes import step_routes

from ._named_keys import keys_there, named_keys
from ._rule import Parts, Rule, RuleManual
from ._texts import prompts


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check the texts of each step that listens, and those that are spoken on the way to it."""
    heard_at = {step.name: _heard_at(step, flow) for step in flow.written_steps()}
    for text in prompts(flow, parts):
        listening = heard_at[text.step.name] if text.step is not None else ()
        if not listening:
            continue
        for named in named_keys(text):
            missing = [step for step in listening if named.key not in keys_there(step, flow)]
            if len(missing) == len(listening):
                message = f'This text names key {named.key}, which does nothing at "{missing[0].name}".'
                cure = "Name the right key, or add the choice."
                chinese = (
                    f"文字里说按{named.key}，可在「{missing[0].name}」按它没有作用。",
                    "改正按键，或补上这个选项。",
                )
                yield Problem(text.place, RULE.id, message, cure, chinese=chinese)


def _heard_at(step: Step, flow: Flow) -> tuple[Step, ...]:
    """Return the steps at which a caller who hears this step can press a key: itself, or those that follow."""
    if step.listens:
        return () if step.reaches_person else (step,)
    names, frontier, listening = {step.name}, [step], list[Step]()
    while frontier:
        for route in step_routes(frontier.pop()).values():
            for way in route:
                following = flow.steps.get(way.goto.name)
                if following is None or following.ends:
                    return ()  # it goes on in another flow, whose keys are its own
                if following.name not in names:
                    names.add(following.name)
                    (listening if following.listens else frontier).append(following)
    return tuple(step for step in listening if not step.reaches_person and "." not in step.name)


RULE = Rule(
    "names-missing-key",
    "A text names a key that does nothing there.",
    flow=check,
    at_load=False,
    manual=RuleManual(
        why="Callers who do what they were told, and are asked again, stop trusting the line.",
        chinese="照着提示按了却没有用，客户就不再相信这条热线。",
        wrong="""\
steps:
  hello:
    prompt: 查余额，请按1；查网点，请按2。  # here
    menu:
      - {label: 余额, goto: bye}
    spoken: no
globals:
  - {key: star, do: back}
  - {key: pound, do: repeat}
""",
        right="""\
steps:
  hello:
    prompt: 查余额，请按1；找人工，请按0。
    menu:
      - {label: 余额, goto: bye}
    spoken: no
globals:
  - {key: star, do: back}
  - {key: pound, do: repeat}
""",
        source="ISO/IEC 13714:1995; W3C COGA",
    ),
)
