"""A step that stands too deep is read as a step, so that one problem tells of it. Lines: tests/broken_flows."""

from __future__ import annotations

from ivr.flow.deep_steps import raised_steps
from ivr.flow.fields import Reading
from ivr.yamlfile.source import Mapping, read_text

KINDS, KNOWN = {"say", "transfer"}, {"say", "transfer", "next", "prompt", "otherwise"}


def names_and_problems(text: str) -> tuple[list[str], list[tuple[int, str]]]:
    node = read_text(text, "a.yaml")[0]
    assert isinstance(node, Mapping)
    reading = Reading()
    names = [key.text for key, _ in raised_steps(node.entries, KINDS, KNOWN, reading)]
    return names, [(problem.place.line, problem.cure) for problem in reading.problems]


def test_a_step_inside_another_is_raised_with_the_places_to_take_away():
    names, problems = names_and_problems("hello:\n  say: 您好。\n  next: agent\n  agent:\n    transfer: general\n")
    assert names == ["hello", "agent"]
    assert problems == [(4, "Take 2 spaces away from this line, and from those that belong to it.")]


def test_what_is_no_step_stays_where_it_is():
    text = "hello:\n  say: {zh-CN: 您好。}\n  nxt: {goto: agent}\n  prompt: {say: 1}\nagent: {transfer: general}\n"
    assert names_and_problems(text) == (["hello", "agent"], [])
