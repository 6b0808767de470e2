"""Values of conversation files: each kind takes its own, and names the place, the fault and the cure of any other."""

from __future__ import annotations

from typing import Any

import pytest

from ivr.carrier.caller import DeskAnswer
from ivr.conversations.fields import AGENT_WORDS, BadValue, File
from ivr.yamlfile.source import Node, read_documents


def node(text: str) -> Node:
    (document,), problems = read_documents(f"a: {text}\n", "c.yaml")
    assert not problems
    ((_, value),) = document.entries
    return value


def taken(kind: str, text: str) -> Any:
    return getattr(File(), kind)(node(text), "a")


def fault(kind: str, text: str) -> str:
    file = File()
    with pytest.raises(BadValue):
        getattr(file, kind)(node(text), "a")
    (problem,) = file.problems
    assert problem.place.line == 1
    return f"{problem.rule}: {problem.message} {problem.cure}".strip()


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("text", "您好", "您好"),
        ("truth", "true", True),
        ("truth", "false", False),
        ("number", "2.5", 2.5),
        ("seconds", "500ms", 0.5),
        ("seconds", "2 min", 120.0),
        ("seconds", "7", 7.0),
        ("keys", '"12*#"', "12*#"),
        ("keys", '"{code}#"', "{code}#"),
        ("patience", "true", None),
        ("patience", "40s", 40.0),
        ("agent", "refuses", DeskAnswer(press="2")),
        ("agent", "{press: '1', talk: 1m}", DeskAnswer(talk=60.0)),
        ("time", "2026-11-23T10:00+08:00", 1795399200.0),
        ("words", "{zh-CN: 好}", {"zh-CN": "好"}),
    ],
)
def test_a_value_of_its_kind_is_taken(kind: str, text: str, value: Any) -> None:
    assert taken(kind, text) == value


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        ("text", '""', "no-value: `a` has no value. Give it one, or take it out."),
        ("text", "[1]", "wrong-type: `a` must be a text."),
        ("truth", "yes", "`a` is true or false, not 'yes'."),
        ("number", "-1", "`a` must be a number of 0 or more, not '-1'."),
        ("seconds", "soon", "must be a time, not 'soon'. Write it as 2s or 500ms."),
        ("keys", '"12A"', "wrong-keys: A telephone has the keys 0-9, * and #."),
        ("patience", "false", "`wait` can only be true."),
        ("agent", "refusse", "not 'refusse'. Did you mean \"refuses\"?"),
        ("time", "2026-11-23T10:00", "`a` has no time zone. Write it as 2026-11-23T10:00+08:00."),
        ("time", "tomorrow", "must be a date and time"),
        ("words", "{}", "must be a map of `key: text` lines."),
    ],
)
def test_any_other_value_is_said_with_the_cure(kind: str, text: str, words: str) -> None:
    assert words in fault(kind, text)


def test_a_bound_is_named_in_the_fault() -> None:
    file = File()
    with pytest.raises(BadValue):
        file.number(node("2"), "fail_rate", most=1)
    assert "a number from 0 to 1, not '2'" in file.problems[0].message


def test_a_wrong_field_does_not_hide_the_next_and_counts_as_missing() -> None:
    file = File()
    fields = file.fields(node("{talk: long, ring: 3s, pres: '1'}"), ("press", "talk", "ring"), "`agent`")
    assert fields.take("talk", file.seconds, 30.0) == 30.0
    assert fields.take("ring", file.seconds, 6.0) == 3.0
    assert fields.take("press", file.keys, "1") == "1"
    assert [problem.rule for problem in file.problems] == ["unknown-key", "wrong-type"]
    assert 'Did you mean "press"?' in file.problems[0].cure


def test_any_value_is_text_a_list_or_a_map_and_a_bare_null_is_none() -> None:
    assert File().value(node("[1, null, 'null', ~]")) == ["1", None, "null", None]
    assert File().value(node("{level: 2}")) == {"level": "2"}


def test_an_agent_may_do_what_a_dialled_leg_may_end_with() -> None:
    assert AGENT_WORDS["busy"].status == "busy"
    assert AGENT_WORDS["gone"].lost
    assert "completed" not in AGENT_WORDS
