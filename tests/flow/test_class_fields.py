"""Classes that a line names itself: what flows may name, and which cures misspelt names get."""

from __future__ import annotations

from ivr.flow.loader import inspect_files
from ivr.session.step_registry import catalogue

LINE = """\
lines: {default: main}
desks: {general: "+861085550100"}
desk: general
priorities:
  business: 60s
  hazard: {head_start: 10m, before_all: yes}
ticket_kinds: [billing, meter]
survey_questions:
  solved: {ask: 解决了，请按2；没有，请按1。, to: 2, unhappy: 1}
"""
FLOW = """\
flow: main
start: complain
steps:
  complain: {ticket: KIND, as: complaint, next: asked, on_error: agent}
  asked: {survey: QUESTION, next: agent}
  agent: {transfer: {desk: general, priority: PRIORITY}, otherwise: goodbye}
  goodbye: {hangup: 谢谢，再见。}
"""


def problems_with(kind: str, question: str, priority: str, line: str = LINE):
    flow = FLOW.replace("KIND", kind).replace("QUESTION", question).replace("PRIORITY", priority)
    return inspect_files({"line.yaml": line, "main.yaml": flow}, catalogue())[1]


def test_flows_may_name_what_their_line_names():
    assert problems_with("meter", "[solved, recommend]", "hazard") == []
    assert problems_with("product", "satisfaction", "loss", line=LINE.split("priorities:")[0]) == []


def test_names_of_a_bank_are_unknown_on_a_line_with_names_of_its_own():
    named = problems_with("product", "solve", "vip")
    assert [(problem.rule, problem.place.line) for problem in named] == [
        ("unknown-survey-question", 5),
        ("unknown-priority", 6),
    ]
    assert named[0].cure == 'Did you mean "solved"?'
    assert named[1].cure == "There are normal, complaint, business, hazard, fraud; line.yaml may name others."


def test_a_misspelt_kind_of_tickets_gets_the_right_one_as_cure():
    (problem,) = problems_with("biling", "solved", "hazard")
    assert (problem.rule, problem.cure) == ("unknown-value", 'Did you mean "billing"?')


def test_the_text_of_a_question_is_checked_in_every_language_of_the_flow():
    flow = FLOW.replace("KIND", "meter").replace("QUESTION", "solved").replace("PRIORITY", "hazard")
    flow = flow.replace("谢谢，再见。", "{zh-CN: 谢谢，再见。, en-US: 'Thank you, goodbye.'}")
    (problem,) = inspect_files({"line.yaml": LINE, "main.yaml": flow}, catalogue())[1]
    assert (problem.rule, problem.place.file, problem.place.line) == ("missing-language", "line.yaml", 9)
