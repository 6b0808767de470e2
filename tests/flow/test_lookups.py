"""`lookups.yaml` is read: services, questions, fields, samples. Faults: tests/broken_flows."""

from __future__ import annotations

from ivr.flow.lookups import read_lookups
from ivr.flow.outside_services import LOOKUP_SECONDS, Lookups, SettingOrText
from ivr.session.step_registry import catalogue
from ivr.yamlfile.source import read_text

DECLARED = """
services:
  clinic:
    address: {setting: CLINIC_URL}
    method: GET
    deadline: 1s
    questions:
      doctors:
        path: /doctors
        gives: {items: [{name: name, hours: [{day: date}]}], open: flag, any: list}
      desk:
        method: POST
        deadline: 500ms
        level: L1
        takes: {doctor: {type: text, needed: no, help: whose}}
"""


def read(text: str) -> Lookups:
    node, problems = read_text(text, "lookups.yaml")
    lookups, found = read_lookups(node, catalogue().lookup_types)
    assert not problems + found
    return lookups


def test_a_question_has_what_its_service_has_unless_it_says_otherwise():
    lookups = read(DECLARED)
    doctors, desk = lookups.questions["clinic.doctors"], lookups.questions["clinic.desk"]
    assert (doctors.method, doctors.path, doctors.deadline) == ("GET", "/doctors", 1.0)
    assert (desk.method, desk.path, desk.deadline) == ("POST", "/desk", 0.5)
    assert lookups.services["clinic"].address == SettingOrText(setting="CLINIC_URL")
    assert desk.declared.level == 1
    assert not desk.declared.fields["doctor"].required
    assert desk.declared.open_answer
    assert LOOKUP_SECONDS == 2.0


def test_answers_have_fields_to_any_depth():
    answer = read(DECLARED).questions["clinic.doctors"].declared.answer
    assert answer["items"].listed
    assert answer["items"].parts["hours"].parts["day"].kinds == ("date",)
    assert answer["open"].kinds == ()
    assert answer["any"].listed


def test_without_the_file_any_question_may_be_asked():
    assert Lookups().may_ask("bank.anything")
    assert read(DECLARED).may_ask("clinic.desk")
    assert not read(DECLARED).may_ask("bank.caller")
