"""YAML that is written is read back as it was meant, in the order given."""

from __future__ import annotations

from ivr.yamlfile.source import Mapping, Scalar, read_text
from ivr.yamlfile.writer import written


def test_letters_stay_as_they_are_and_a_long_text_stays_on_one_line() -> None:
    text = written({"hear": "您好，" * 200, "a": 1})
    assert text.splitlines()[0] == "hear: " + "您好，" * 200
    assert text.splitlines()[1] == "a: 1"


def test_texts_that_look_like_something_else_are_quoted() -> None:
    node, problems = read_text(written({"press": "0128", "say": "a: b", "key": "#"}), "f.yaml")
    assert not problems
    assert isinstance(node, Mapping)
    values = {key.text: value.text for key, value in node.entries if isinstance(value, Scalar)}
    assert values == {"press": "0128", "say": "a: b", "key": "#"}
