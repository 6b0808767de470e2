"""From bytes to text: encodings, size, characters that cannot be seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.yamlfile.plain_text import MAX_BYTES, clean, read_plain_text


@pytest.mark.parametrize(
    ("raw", "words", "line", "column"),
    [
        ("a: b\nsay: 您好\n".encode("gb18030"), "It looks like GBK.", 2, 6),
        ("a: b\n".encode("utf-16"), "UTF-16", 1, 1),
        (b"a: \xff", "not UTF-8", 1, 4),
    ],
)
def test_what_is_not_utf8_is_told_where_it_begins(
    raw: bytes, words: str, line: int, column: int, tmp_path: Path
) -> None:
    (tmp_path / "f.yaml").write_bytes(raw)
    text, [problem] = read_plain_text(tmp_path / "f.yaml", "f.yaml")
    assert text is None
    assert problem.rule == "not-utf8"
    assert words in problem.message
    assert (problem.place.line, problem.place.column) == (line, column)


def test_a_file_that_is_not_there_is_a_problem_and_no_exception(tmp_path: Path) -> None:
    text, [problem] = read_plain_text(tmp_path / "none.yaml", "none.yaml")
    assert (text, problem.rule) == (None, "unreadable-file")


def test_a_file_may_be_as_long_as_the_bound_and_no_longer(tmp_path: Path) -> None:
    (tmp_path / "f.yaml").write_bytes(b"#" * MAX_BYTES)
    assert read_plain_text(tmp_path / "f.yaml", "f")[1] == []
    (tmp_path / "f.yaml").write_bytes(b"#" * (MAX_BYTES + 1))
    assert read_plain_text(tmp_path / "f.yaml", "f")[1][0].rule == "too-big"


def test_line_ends_of_every_system_are_line_ends() -> None:
    assert clean("a\r\nb\rc\nd", "f") == (["a", "b", "c", "d"], [])


def test_characters_that_cannot_be_seen_become_blanks_and_are_named() -> None:
    lines, problems = clean("say: 您\u200b好\nb: \x00\n", "f")
    assert lines == ["say: 您 好", "b:  ", ""]
    assert [(p.rule, p.place.line, p.place.column) for p in problems] == [
        ("odd-character", 1, 7),
        ("odd-character", 2, 4),
    ]
    assert "U+200B" in problems[0].message
    assert "NUL" in problems[1].message


def test_a_byte_order_mark_is_taken_off_with_a_warning() -> None:
    lines, [problem] = clean("\ufeffa: b", "f")
    assert (lines, problem.rule, problem.level) == (["a: b"], "byte-order-mark", "warning")
