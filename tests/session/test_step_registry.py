"""The catalogue names every installed step kind, value kind, language and question."""

from __future__ import annotations

import inspect
from pathlib import Path

from ivr import steps
from ivr.engine.service_ports import QUESTIONS
from ivr.engine.step import LiveStep
from ivr.flow.loader import inspect as inspect_flows
from ivr.session.step_registry import catalogue

STEPS = Path(steps.__file__).parent


def test_every_file_of_the_steps_is_a_kind_that_can_run() -> None:
    kinds = catalogue().steps
    assert set(kinds) == {path.stem for path in STEPS.glob("*.py") if not path.stem.startswith("_")}
    assert all(issubclass(kind, LiveStep) and not inspect.isabstract(kind) for kind in kinds.values())
    assert all(kind.kind == name for name, kind in kinds.items())


def test_every_question_of_our_own_services_is_declared_with_a_manual() -> None:
    questions = catalogue().questions
    assert set(questions) == set(QUESTIONS)
    assert all(question.help for question in questions.values())


def test_languages_and_value_kinds_are_those_that_can_be_spoken() -> None:
    language = catalogue()
    assert {"zh-CN", "en-US"} <= set(language.families)
    assert {"amount", "digits", "date", "duration"} <= set(language.spoken_kinds)
    assert not language.argument_fault("amount", "", "zh-CN")
    assert "the kinds are" in language.argument_fault("colour", "", "zh-CN")


def test_a_flow_with_an_unknown_kind_is_refused_by_the_catalogue(tmp_path: Path) -> None:
    (tmp_path / "line.yaml").write_text("lines: {default: a}\n", encoding="utf-8")
    (tmp_path / "a.yaml").write_text(
        "flow: a\nlanguage: zh-CN\nstart: one\nsteps:\n  one:\n    sing: 再见\n", encoding="utf-8"
    )
    _, problems = inspect_flows(tmp_path, catalogue())
    assert any(problem.level == "error" for problem in problems)
