"""Targets, ways on, keys and choices: how each may be written, and how keys are counted."""

from __future__ import annotations

import pytest

from ivr.flow.fields import Reading
from ivr.flow.routes import Choices, Condition, Goto, Key, Ways
from ivr.yamlfile.source import Mapping, read_text


def read(kind, text):
    node, problems = read_text(f"it: {text}\n", "f.yaml")
    assert isinstance(node, Mapping)
    assert not problems
    reading = Reading(key="it")
    return kind.read(node.get("it"), reading), [problem.rule for problem in reading.problems]


def menu(text, numbered=True):
    return read(Choices(numbered=numbered), text)


@pytest.mark.parametrize("kind", [Goto(), Ways(), Key(), Condition(), Choices(numbered=True)])
def test_the_sample_of_a_kind_can_be_read_by_it(kind):
    found, problems = read(kind, kind.sample if not isinstance(kind, Condition) else f"'{kind.sample}'")
    assert found is not None
    assert not problems


def test_ways_are_a_target_or_a_list_with_conditions():
    (way,), _ = read(Ways(), "main")
    assert (way.goto.name, way.when) == ("main", None)
    ways, problems = read(Ways(), "[{when: a > 1, goto: b}, c]")
    assert not problems
    assert [way.goto.name for way in ways] == ["b", "c"]
    assert ways[0].when.text == "a > 1"


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("[]", ["wrong-type"]),
        ("{goto: a}", ["wrong-type"]),
        ("[{when: a}]", ["missing-key"]),
        ("[{goto: a, whn: b}]", ["unknown-key"]),
        ("[{when: a > 1, goto: b}]", ["no-way-left"]),
        ("[a, b, {goto: c}]", ["never-reached", "never-reached"]),
        ("[{when: a =, goto: 1b}, c]", ["bad-condition", "bad-name"]),
    ],
)
def test_ways_that_lead_nowhere_are_told(text, rules):
    assert sorted(read(Ways(), text)[1]) == sorted(rules)


def test_keys_count_up_from_one_around_those_that_are_given():
    choices, problems = menu("[{label: 一, goto: a}, {label: 二, key: 1, goto: b}, {label: 三, goto: c}]")
    assert not problems
    assert [choice.key for choice in choices] == ["2", "1", "3"]


def test_choices_outside_menus_need_no_key():
    choices, problems = menu("[{phrases: [人工], goto: agent}, {key: star, do: back}]", numbered=False)
    assert not problems
    assert [choice.key for choice in choices] == ["", "*"]


@pytest.mark.parametrize(
    ("written", "key"), [("star", "*"), ("pound", "#"), ('"*"', "*"), ('"#"', "#"), ("7", "7"), ('"0"', "0")]
)
def test_keys_are_written_as_on_a_telephone(written, key):
    assert read(Key(), written) == (key, [])


@pytest.mark.parametrize("written", ["10", "A", "hash", '""', "[1]"])
def test_other_keys_are_refused(written):
    assert read(Key(), written) == (None, ["wrong-type"])


def test_one_key_may_be_given_twice_only_under_conditions():
    twice = "[{{label: 一, key: 2, goto: a{0}}}, {{label: 二, key: 2, goto: b{1}}}]"
    assert menu(twice.format(", when: x", ", when: not x"))[1] == []
    assert menu(twice.format(", when: x", ""))[1] == ["repeated-choice"]
    assert menu(twice.format("", ""))[1] == ["repeated-choice"]


def test_the_tenth_choice_has_no_key():
    ten = ", ".join(f"{{label: 第{n}项, goto: a}}" for n in range(10))
    assert menu(f"[{ten}]")[1] == ["no-key-left"]


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("[{label: 一}]", ["choice-without-aim"]),
        ("[{label: 一, goto: a, do: back}]", ["choice-without-aim"]),
        ("[{goto: a}]", ["missing-key"]),
        ("[一]", ["unknown-part"]),
        ("[]", ["wrong-type"]),
        ("[{key: 8, do: language}]", []),
        ("[{label: 一, goto: a}, {label: 二, do: bak}, {lable: 三, goto: c}]", ["unknown-key", "wrong-type"]),
    ],
)
def test_each_choice_does_one_thing_and_is_heard(text, rules):
    assert sorted(menu(text)[1]) == rules
