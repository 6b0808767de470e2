"""What a line of YAML looks like to the person who wrote it."""

from __future__ import annotations

import pytest

from ivr.yamlfile.hints.page import (
    Edit,
    block_texts,
    bracket_pairs,
    comment_at,
    mended,
    quoted_value,
    take_apart,
    value_span,
    write,
)


@pytest.mark.parametrize(
    ("line", "key", "value"),
    [
        ("say: 您好  # 问候", "say", "您好"),
        ("  - key: star", "key", "star"),
        ("- {a: b}", "", "{a: b}"),
        ("欢迎:", "欢迎", ""),
        ('"a: b": c', '"a: b"', "c"),
        ("url: http://h:1/x", "url", "http://h:1/x"),
        ("# only a comment", "", ""),
    ],
)
def test_a_line_has_a_key_and_a_value(line: str, key: str, value: str) -> None:
    written = take_apart(line)
    assert (written.key, written.value) == (key, value)
    assert line[written.value_at : written.value_end] == value


@pytest.mark.parametrize(("line", "column"), [("a: b # c", 5), ("a: b#c", 6), ('a: "# b" # c', 9), ("# c", 0)])
def test_a_comment_begins_with_a_sign_behind_a_blank_outside_of_quotes(line: str, column: int) -> None:
    assert comment_at(line) == column


def test_pieces_between_brackets_end_at_commas_and_open_brackets_are_told() -> None:
    line = "- {p: [a, b], goto: x"
    pairs = bracket_pairs(line)
    assert {line[start:end].strip() for start, end in pairs.pieces} == {"a", "b", "p: [a, b]", "goto: x"}
    assert [sign for sign, _ in pairs.unclosed] == ["{"]


def test_a_bracket_in_a_text_opens_nothing() -> None:
    assert bracket_pairs("say: 余额 {a.b|amount} 元").unclosed == []


def test_the_value_around_a_column_is_its_piece_or_the_lines_value() -> None:
    line = "- {label: 查询, goto: x}"
    start, end = value_span(line, line.index("x"))
    assert line[start:end] == "x"
    start, end = value_span("say: 您好 # c", 6)
    assert "say: 您好 # c"[start:end] == "您好"


@pytest.mark.parametrize(
    ("text", "quoted"), [("a: b", '"a: b"'), ('say "a"', "'say \"a\"'"), ("\\d it's", "'\\d it''s'")]
)
def test_quotes_are_those_that_need_the_fewest_changes(text: str, quoted: str) -> None:
    assert quoted_value(text) == quoted


def test_edits_are_made_at_the_places_of_the_line_as_it_was() -> None:
    assert mended("a：b，c", [Edit(0, 1, 2, ": "), Edit(0, 3, 4, ", ")]) == "a: b, c"


def test_a_cure_shows_the_mended_line_where_it_is_short_enough_to_read() -> None:
    assert write("a：b", [Edit(0, 1, 2, ": ")]) == "Write: a: b"
    assert write("a" * 200, [], "Close it") == "Close it."


def test_texts_over_several_lines_are_found_by_their_depth() -> None:
    assert block_texts(["say: |", "  one", "", "  two", "next: a"]) == {1, 2, 3}
