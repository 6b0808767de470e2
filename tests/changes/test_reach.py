"""Who reaches a person, on silence and by keys, and what nobody reaches."""

from __future__ import annotations

from ivr.changes.reach import reachable_steps, reaches_person_on_silence, seconds_to_person
from ivr.flow.line_graph import LineGraph
from ivr.flow.model import Release

from .fixtures import edited, release, sentences

MAIN = ("hotline", "main")


def graph(of: Release) -> LineGraph:
    return LineGraph.of_release(of)


def seconds(of: Release) -> float | None:
    flow = of.flows["hotline"]
    return seconds_to_person(graph(of), flow, flow.steps["main"])


def test_silence_that_no_longer_ends_at_a_person_is_told_first() -> None:
    assert reaches_person_on_silence(graph(release())) == {MAIN: True}
    quiet = edited(("    prompt: 欢迎致电。\n", "    prompt: 欢迎致电。\n    on_failure: bye\n"))
    assert reaches_person_on_silence(graph(quiet)) == {MAIN: False}
    assert sentences(quiet)[0] == "On silence, hotline/main does not always reach a person any more."
    assert sentences(release(), old=quiet)[0] == "On silence, hotline/main now always reaches a person."


def test_a_circle_of_silence_is_left_to_the_budget_of_errors() -> None:
    circle = edited(("    prompt: 欢迎致电。\n", "    prompt: 欢迎致电。\n    on_no_input: hours\n"))
    assert reaches_person_on_silence(graph(circle)) == {MAIN: True}


def test_a_step_that_nobody_reaches_any_more_is_told() -> None:
    gone = edited(("      - {label: {zh-CN: 网点, en-US: branches}, goto: branches}\n", ""))
    assert ("hotline", "branches") not in reachable_steps(graph(gone))
    assert "Nobody gets to hotline/branches any more." in sentences(gone)


def test_the_time_to_a_person_grows_with_what_is_spoken_before() -> None:
    before = seconds(release())
    longer = edited(("欢迎致电。", "欢迎致电示范银行，我们很高兴为您服务，请仔细听取以下选项。"))
    after = seconds(longer)
    assert before is not None
    assert after is not None
    assert 4 < after - before < 12
    assert sentences(longer)[0].startswith(f"{after - before:.0f} s longer to a person from hotline/main")
    assert "s less to a person" in sentences(release(), old=longer)[0]
    nobody = edited(('  - {key: "0", label: 人工服务, goto: agent}', '  - {key: "0", label: 返回, do: back}'))
    assert seconds(nobody) is None
    assert "No key leads to a person from hotline/main any more." in sentences(nobody)
    assert "Keys now lead to a person from hotline/main" in sentences(release(), old=nobody)[0]


def test_silence_at_a_survey_is_an_answer_and_not_reported() -> None:
    survey = edited(
        (
            "    otherwise: bye\n  bye:",
            "    otherwise: bye\n  rate:\n    survey: [satisfaction]\n    next: bye\n  bye:",
        ),
        ("goto: hours}", "goto: rate}"),
    )
    assert reaches_person_on_silence(graph(survey)) == {MAIN: True}
