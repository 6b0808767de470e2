"""The classes of a line: its own, and those of a bank where it names none."""

from __future__ import annotations

from ivr.diagnostics.problem import Place
from ivr.flow.hotline import read_line
from ivr.yamlfile.source import read_text
from tests.flow.test_class_fields import LINE


def line_of(text: str):
    line, problems = read_line(read_text(text, "line.yaml")[0], Place("line.yaml", 1, 1), exists=True)
    assert line is not None, problems
    return line


def test_priorities_of_a_line_replace_those_of_a_bank_but_not_those_that_the_engine_gives():
    line = line_of(LINE)
    assert line.classes.priorities == ("normal", "complaint", "business", "hazard", "fraud")
    assert line.waiting.head_starts == {"complaint": 60, "fraud": 1000, "business": 60, "hazard": 600}
    assert line.waiting.preempting == {"hazard", "fraud"}


def test_a_line_without_classes_has_those_of_a_bank():
    line = line_of(LINE.split("priorities:")[0])
    assert line.classes.priorities == ("normal", "complaint", "elderly", "vip", "loss", "fraud")
    assert line.classes.ticket_kinds == ("product", "service", "channel", "policy")
    assert line.waiting.preempting == {"loss", "fraud"}
