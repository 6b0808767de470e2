"""A text in two kinds of quotes has a simpler form, which holds the same text."""

from __future__ import annotations

import pytest

from ivr.flow.expressions import parse_expression
from ivr.flow.old_forms import doubly_quoted
from ivr.yamlfile.source import Mapping, Scalar, read_text


def scalar_of(text: str) -> Scalar:
    root = read_text(f"it: {text}\n", "a.yaml")[0]
    assert isinstance(root, Mapping)
    value = root.get("it")
    assert isinstance(value, Scalar)
    return value


@pytest.mark.parametrize(
    ("old", "today"),
    [
        ("""'"off"'""", "{text: off}"),
        ("""'"010"'""", "{text: 010}"),
        ("""'"a, b"'""", "{text: 'a, b'}"),
        ("""'"it is: so #1"'""", "{text: 'it is: so #1'}"),
        ("""'""'""", "{text: ''}"),
    ],
)
def test_a_text_gets_quotes_only_where_it_needs_them(old: str, today: str):
    written = scalar_of(old)
    notice = doubly_quoted(written, parse_expression(written.text, written.place))
    assert notice is not None
    assert notice.fixes[0].text == today
    read = read_text(f"it: {today}\n", "a.yaml")[0].get("it").get("text")
    assert read.text == parse_expression(written.text, written.place).constant()


@pytest.mark.parametrize("value", ["asked + 1", "caller.number", "1", "true", """'caller.segment == "vip"'"""])
def test_a_value_that_is_computed_has_no_other_form(value: str):
    written = scalar_of(value)
    assert doubly_quoted(written, parse_expression(written.text, written.place)) is None
