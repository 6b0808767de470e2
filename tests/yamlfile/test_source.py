"""Reading YAML: places, scalars as written, and refusals instead of exceptions."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ivr.diagnostics.problem import Place
from ivr.yamlfile import plain_text
from ivr.yamlfile.source import MAX_DEPTH, Mapping, Node, Scalar, Sequence, read_documents, read_file, read_text

FLOW = """\
flow: main_menu
language: zh-CN   # further languages
globals:
  - {key: "0", label: 人工服务, phrases: [人工, 转人工], goto: agent}
steps:
  welcome:
    say: 您好，欢迎致电示范银行。😀 再见
    next: main
  main:
    prompt: |
      请说：“查询余额”。
      {key: value}, - 或按 # 键
    menu:
      - label: 'it''s'
        goto: "b"
"""


def tree(text: str) -> Node:
    node, problems = read_text(text, "flow.yaml")
    assert problems == []
    assert node is not None
    return node


def at(node: Node | None, *path: str | int) -> Node:
    for step in path:
        assert node is not None
        if isinstance(step, int):
            assert isinstance(node, Sequence)
            node = node.items[step]
        else:
            assert isinstance(node, Mapping)
            node = node.get(step)
    assert node is not None
    return node


def text_of(node: Node) -> str:
    assert isinstance(node, Scalar)
    return node.text


@pytest.mark.parametrize(
    "written",
    ["on", "no", "0755", "12:30", "1.0", "~", "null", "true", "2026-11-23", "+8613800000001", "1_000", "0x1F"],
)
def test_plain_scalars_stay_as_written(written: str) -> None:
    value = at(tree(f"a: {written}\n"), "a")
    assert value == Scalar(written, Place("flow.yaml", 1, 4, len(written)))


def test_places_count_characters_not_bytes() -> None:
    item = at(tree(FLOW), "globals", 0)
    assert isinstance(item, Mapping)
    assert item.place == Place("flow.yaml", 4, 5)
    label, phrases = item.get("label"), item.get("phrases")
    assert label is not None
    assert label.place == Place("flow.yaml", 4, 23, 4)
    assert at(phrases, 1).place == Place("flow.yaml", 4, 43, 3)
    goto = item.key("goto")
    assert goto is not None
    assert goto.place == Place("flow.yaml", 4, 49, 4)


def test_a_character_outside_the_basic_plane_counts_once() -> None:
    assert at(tree('a: {x: 😀😀, y: "z"}\n'), "a", "y").place == Place("flow.yaml", 1, 15, 3)


def test_quotes_and_blocks_are_told_apart_from_plain_text() -> None:
    flow = tree(FLOW)
    label, goto = at(flow, "steps", "main", "menu", 0, "label"), at(flow, "steps", "main", "menu", 0, "goto")
    prompt = at(flow, "steps", "main", "prompt")
    assert isinstance(label, Scalar)
    assert isinstance(goto, Scalar)
    assert isinstance(prompt, Scalar)
    assert (label.text, label.quoted, label.block) == ("it's", True, False)
    assert goto.place == Place("flow.yaml", 15, 15, 3)
    assert (prompt.block, prompt.quoted) == (True, False)
    assert prompt.text == "请说：“查询余额”。\n{key: value}, - 或按 # 键\n"


def test_nothing_behind_a_key_is_empty_but_a_quoted_empty_text_is_not() -> None:
    nothing, given_ = at(tree('a:\nb: ""\n'), "a"), at(tree('a:\nb: ""\n'), "b")
    assert isinstance(nothing, Scalar)
    assert isinstance(given_, Scalar)
    assert nothing.empty
    assert not given_.empty


def test_a_repeated_key_names_both_lines_and_keeps_the_first() -> None:
    node, problems = read_text("a: 1\nb: 2\na: 3\n", "f.yaml")
    [problem] = problems
    assert (problem.rule, problem.place) == ("repeated-key", Place("f.yaml", 3, 1))
    assert "line 1" in problem.message
    assert problem.related[0][0] == Place("f.yaml", 1, 1)
    assert text_of(at(node, "a")) == "1"


def test_keys_that_yaml_would_make_one_stay_apart() -> None:
    node = tree("on: a\nyes: b\n'1': c\ntrue: d\n")
    assert isinstance(node, Mapping)
    assert [key.text for key, _ in node.entries] == ["on", "yes", "1", "true"]


@pytest.mark.parametrize(
    ("text", "rules", "line", "column"),
    [
        ("a: &x 1\n", ["anchor"], 1, 4),
        ("a: 1\nb: *x\n", ["anchor"], 2, 4),
        ("a: !!int 4\n", ["tag"], 1, 4),
        ("a: !secret x\n", ["tag"], 1, 4),
        ("a: &n !t {x: y}\n", ["anchor", "tag"], 1, 4),
        ("<<: {x: y}\n", ["merge-key"], 1, 1),
        ("? [a, b]\n: c\n", ["key-not-text"], 1, 3),
        ("a: 1\n---\nb: 2\n", ["second-document"], 2, 1),
    ],
)
def test_what_flows_do_not_have_is_refused(text: str, rules: list[str], line: int, column: int) -> None:
    _, problems = read_text(text, "f.yaml")
    assert [problem.rule for problem in problems] == rules
    assert problems[0].place.line == line
    assert problems[0].place.column == column


def test_all_refusals_come_at_once() -> None:
    _, problems = read_text("a: &x 1\nb: *x\nc: !t 1\nc: 2\n", "f.yaml")
    assert [problem.rule for problem in problems] == ["anchor", "anchor", "tag", "repeated-key"]


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing\n", "---\n", "---\n...\n"])
def test_an_empty_file_is_a_problem(text: str) -> None:
    node, problems = read_text(text, "f.yaml")
    assert node is None
    assert [problem.rule for problem in problems] == ["empty-file"]


def test_documents_are_read_one_by_one() -> None:
    nodes, problems = read_documents("conversation: a\n---\nconversation: b\n---\n", "f.yaml")
    assert problems == []
    assert [text_of(at(node, "conversation")) for node in nodes] == ["a", "b"]
    assert nodes[1].place.line == 3


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_nesting_has_a_limit(opening: str) -> None:
    node, problems = read_text(opening * 3000, "f.yaml")
    assert node is None
    assert problems
    _, fine = read_text("[" * (MAX_DEPTH - 2) + "]" * (MAX_DEPTH - 2), "f.yaml")
    assert fine == []


def test_a_bomb_of_aliases_is_only_a_list_of_problems() -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 30)]
    _, problems = read_text("\n".join(lines), "f.yaml")
    assert {problem.rule for problem in problems} == {"anchor"}


@pytest.mark.parametrize(
    ("raw", "rule", "line", "column"),
    [
        ("flow: 您好".encode("gb18030"), "not-utf8", 1, 7),
        ("flow: a\nsay: 您".encode() + b"\xff\n", "not-utf8", 2, 7),
        ("flow: a\n".encode("utf-16"), "not-utf8", 1, 1),
        (b"flow: a\nsay: \x00b\n", "odd-character", 2, 6),
        ("flow: a\nsay: 您\u2028好\n".encode(), "odd-character", 2, 7),
        ("flow: a\nsay: 您\u200b好\n".encode(), "odd-character", 2, 7),
        (b"#" * (plain_text.MAX_BYTES + 1), "too-big", 1, 1),
    ],
)
def test_unusable_bytes_are_a_problem(tmp_path: Path, raw: bytes, rule: str, line: int, column: int) -> None:
    path = tmp_path / "flow.yaml"
    path.write_bytes(raw)
    _, problems = read_file(path, "flows/flow.yaml")
    assert [(p.rule, p.place) for p in problems] == [(rule, Place("flows/flow.yaml", line, column))]


def test_gbk_is_guessed(tmp_path: Path) -> None:
    path = tmp_path / "flow.yaml"
    path.write_bytes("say: 您好，欢迎致电".encode("gbk"))
    _, problems = read_file(path, "f.yaml")
    assert "GBK" in problems[0].message


def test_a_byte_order_mark_is_only_a_warning_and_moves_no_column(tmp_path: Path) -> None:
    path = tmp_path / "flow.yaml"
    path.write_bytes("\ufeffflow: a\r\nsay: b\r\n".encode())
    node, problems = read_file(path, "f.yaml")
    assert [(p.rule, p.level) for p in problems] == [("byte-order-mark", "warning")]
    assert at(node, "flow").place == Place("f.yaml", 1, 7)
    assert at(node, "say").place == Place("f.yaml", 2, 6)


def test_a_missing_file_and_a_folder_are_problems(tmp_path: Path) -> None:
    for path in (tmp_path / "none.yaml", tmp_path):
        node, problems = read_file(path, "f.yaml")
        assert node is None
        assert [problem.rule for problem in problems] == ["unreadable-file"]


PIECES = st.sampled_from(
    [
        *FLOW.splitlines(),
        *"：“”「」【】｛｝，　－＃\t\"'[]{}&*!|>%@`#:-,?~=",
        ": ",
        "- ",
        " #",
        "\n",
        "\n  ",
        "key",
        "您好",
        "\ud800",
    ]
)


@given(st.lists(PIECES, max_size=30).map("".join))
@example("“      - label: 'it''s'globals:“")
def test_no_text_raises(text: str) -> None:
    _, problems = read_text(text, "f.yaml")
    lines = text.replace("\r", "\n").split("\n")
    for problem in problems:
        assert 1 <= problem.place.line <= len(lines)
        assert 1 <= problem.place.column <= len(lines[problem.place.line - 1]) + 1
        assert problem.place.length >= 1
        assert problem.message


@given(st.text())
def test_no_characters_raise(text: str) -> None:
    read_text(text, "f.yaml")
    read_documents(text, "f.yaml")


@given(st.binary())
def test_no_bytes_raise(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "random.yaml"
    path.write_bytes(raw)
    read_file(path, "f.yaml")


def test_every_missing_comma_of_a_line_is_reported_at_once():
    _, problems = read_text("a: {b: {zh-CN: 好 en-US: yes}, c: {zh-CN: [好] en-US: [yes]}}\n", "x.yaml")
    assert [(problem.rule, problem.place.column) for problem in problems] == [
        ("missing-comma", 18),
        ("missing-comma", 46),
    ]
