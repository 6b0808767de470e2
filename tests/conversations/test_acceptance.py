"""New wordings of prompts are found by their likeness, and written where the old ones stood."""

from __future__ import annotations

import pytest

from ivr.conversations.acceptance import NewWording, rewritten
from ivr.conversations.result import FailedExpectation
from ivr.diagnostics.problem import Place


def wording(line: int, column: int, before: str, after: str) -> NewWording:
    return NewWording(Place("talk.yaml", line, column), before, after)


@pytest.mark.parametrize(
    ("written", "column", "after", "expected"),
    [
        ("  - hear: 您好。  # greeting\n", 11, "您好呀。", "  - hear: 您好呀。  # greeting\n"),
        ("  - hear: [您好。, 请选择]\n", 12, "您好呀。", "  - hear: [您好呀。, 请选择]\n"),
        ('  - hear: "您好。"\n', 11, '您 "好"。', '  - hear: "您 \\"好\\"。"\n'),
        ("  - hear: '您好。'\n", 11, "it's you", "  - hear: 'it''s you'\n"),
        ("  - hear: 您好。\n", 11, "Hello, you: hi", '  - hear: "Hello, you: hi"\n'),
    ],
)
def test_a_text_is_replaced_where_it_stands(written: str, column: int, after: str, expected: str) -> None:
    assert rewritten(written, [wording(1, column, "您好。", after)]) == (expected, [])


def test_a_text_that_its_file_writes_otherwise_is_left(tmp_path) -> None:
    left = wording(1, 11, "您好。请选择。", "您好。")
    assert rewritten("  - hear: >\n      您好。\n      请选择。\n", [left])[1] == [left]


def test_the_sentence_that_is_most_alike_is_taken() -> None:
    from ivr.conversations.acceptance import _alike

    heard = "欢迎致电示范银行信用卡中心。查询余额，请按1；转账，请按2。人工服务，请按0。"
    failed = FailedExpectation(Place("talk.yaml", 1, 1), "", heard, "您好，欢迎致电示范银行。")
    assert _alike(failed) == "欢迎致电示范银行信用卡中心。"
    assert _alike(FailedExpectation(Place("talk.yaml", 1, 1), "", heard, "密码错误，请重新输入")) == ""
    assert _alike(FailedExpectation(Place("talk.yaml", 1, 1), "", heard)) == ""
