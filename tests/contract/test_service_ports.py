"""What holds for every question that a service of our own answers, and that a misspelt one is found without running."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from mypy import api

from ivr.engine.service_ports import QUESTIONS, ServicePorts
from ivr.engine.service_ports.question import Question, answer_of, declared_fields, read_question
from ivr.engine.service_ports.tickets import OpenTicket
from ivr.errors import LookupFailed
from ivr.secret import Secret
from ivr.speech.verbalize import VALUE_KINDS

SAMPLES: dict[str, dict[str, Any]] = {
    "identity.charge": {"account": "A1"},
    "identity.passed": {"account": "A1"},
    "identity.unanswered": {"account": Secret("pan", "6217000000001000128")},
    "identity.status": {"account": "A1"},
    "identity.code": {"number": "+8613800000001"},
    "identity.check_code": {"sealed": "x", "given": Secret("otp", "123456")},
    "identity.weak": {"pin": Secret("pin", "123456"), "tails": [None, Secret("pan", "0128"), "+8613800000001"]},
    "line.announcement": {"slot": "emergency"},
    "queue.enter": {"call": "CA1", "desk": "general", "context": {"path": ["人工"], "typed": {"card": "***0128"}}},
    "queue.round": {"call": "CA1"},
    "queue.rang": {"call": "CA1", "status": "completed", "seconds": 3},
    "queue.leave": {"call": "CA1"},
    "queue.call_back": {"call": "CA1", "desk": "general", "number": "+8613800000001"},
    "sms.send": {"number": "+8613800000001", "text": "您好"},
    "survey.answer": {"call": "CA1", "satisfaction": "5"},
    "tickets.open": {"kind": "service"},
}
"""The fields that a question needs, where it needs any."""

WRONG = {
    "a misspelt question": "from ivr.engine.service_ports.tickets import OpenTickt",
    "a misspelt field": "from ivr.engine.service_ports.risk import AskRisk\nAskRisk(nummer='')",
    "a missing field": "from ivr.engine.service_ports.queue import AskRound\nAskRound()",
    "a field of another type": "from ivr.engine.service_ports.queue import AskRound\nAskRound(call=7)",
    "a misspelt part of an answer": """
from ivr.engine.service_ports.tickets import AskProgress
from ivr.engine.turn import Turn
def tell(turn: Turn) -> str:
    return turn.ask(AskProgress(number="")).tickt
""",
    "a misspelt field of a scratch": """
from ivr.engine.input_step import InputScratch
from ivr.engine.turn import Turn
def count(turn: Turn) -> int:
    return turn.scratch_as(InputScratch).failurs
""",
    "a misspelt change of a scratch": """
from dataclasses import replace
from ivr.engine.turn import Turn
from ivr.steps.transfer import TransferScratch
def fault(turn: Turn) -> None:
    turn.remember(replace(turn.scratch_as(TransferScratch), fault=1))
""",
    "a scratch by string": """
from ivr.engine.turn import Turn
def fault(turn: Turn) -> None:
    turn.remember(faults=1)
""",
    "a misspelt part of the caller": """
from ivr.engine.turn import Turn
def desk(turn: Turn) -> str:
    return turn.caller.dsk
""",
    "a method that a service does not have": """
from ivr.engine.service_ports import ServicePorts
from ivr.engine.service_ports.tickets import AskProgress
def tell(services: ServicePorts) -> str:
    return services.tickets.progres(AskProgress(), key="k", now=0.0).ticket
""",
    "a service that answers otherwise": """
from ivr.engine.service_ports.risk import AskRisk, RiskPort
class Other:
    def status(self, question: AskRisk, *, key: str, now: float) -> bool:
        return True
port: RiskPort = Other()
""",
}


@pytest.mark.parametrize("source", QUESTIONS)
def test_a_question_takes_its_fields_and_refuses_others(source: str) -> None:
    kind, given = QUESTIONS[source], SAMPLES.get(source, {})
    question = read_question(kind, given)
    assert set(declared_fields(kind)) == set(kind.__struct_fields__)
    for name in declared_fields(kind):
        assert repr(getattr(question, name)) not in repr(question) or not getattr(question, name)
    with pytest.raises(LookupFailed) as refused:
        read_question(kind, {**given, "6217000000001000128": "secret"})
    assert "6217" not in str(refused.value)
    for name in given:
        if declared_fields(kind)[name].required:
            with pytest.raises(LookupFailed, match=name):
                read_question(kind, {other: value for other, value in given.items() if other != name})


@pytest.mark.parametrize("source", QUESTIONS)
def test_the_port_of_a_service_takes_each_question_and_answers_with_its_struct(source: str) -> None:
    service, _, name = source.partition(".")
    port = get_type_hints(getattr(ServicePorts, service).fget)["return"]
    hints = get_type_hints(getattr(port, name))
    assert (hints["question"], hints["return"]) == (QUESTIONS[source], answer_of(QUESTIONS[source]))


@pytest.mark.parametrize("source", QUESTIONS)
def test_an_answer_names_kinds_that_there_are(source: str) -> None:
    answer: type[Any] = answer_of(QUESTIONS[source])
    for field in declared_fields(answer).values():
        assert field.kinds is not None
        assert set(field.kinds.names) <= set(VALUE_KINDS)
        assert field.help


def test_every_question_says_what_it_asks() -> None:
    assert all(inspect.getdoc(kind) for kind in QUESTIONS.values())


def test_a_question_tells_nothing_that_it_holds() -> None:
    question: Question[Any] = OpenTicket(kind="service", number="+8613800000001", text="丢了")
    assert "138" not in repr(question)


def test_mypy_finds_a_misspelt_question_field_or_answer(tmp_path: Path) -> None:
    paths = {tmp_path / f"{what.replace(' ', '_')}.py": code for what, code in WRONG.items()}
    for path, code in paths.items():
        path.write_text(code, encoding="utf-8")
    told, faults, _ = api.run(["--strict", *map(str, paths)])
    assert not faults
    assert [path.stem for path in paths if f"{path.name}:" not in told] == []
