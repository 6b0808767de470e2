"""Names of steps."""

from __future__ import annotations

import pytest

from ivr.loadtest.labels import masked, step_names
from ivr.phone.reading import read_text

from .conftest import CONVERSATIONS


def test_steps_are_named_by_what_was_heard_and_done_and_hide_what_was_typed() -> None:
    talk, silent, *_ = read_text(CONVERSATIONS)
    assert step_names(talk) == [
        "press 1 after 查询余额，请按1",
        "press 5 keys after 卡号后四位",
        "press 7 keys after 查询密码",
    ]
    assert step_names(silent) == ["silence after 欢迎致电"]


def test_the_same_deed_at_the_same_place_has_one_name_in_all_conversations() -> None:
    turns = "flow: f\nturns:\n  - {hear: 欢迎}\n  - {press: '1'}\n"
    other = "flow: f\nturns:\n  - {hear: 欢迎, press: '1'}\n"
    names = [step_names(one) for one in read_text(f"conversation: a\n{turns}---\nconversation: b\n{other}")]
    assert names[0] == names[1] == ["press 1 after 欢迎"]


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("尾号0128的账户", "尾号•••的账户"),
        ("密码是一三五七九零", "密码是•••"),
        ("6217 0000 0100 0128", "•••"),
        ("余额为12,345.67元", "余额为•••元"),
        ("查询余额，请按1；转账，请按2", "查询余额，请按1；转账，请按2"),
        ("二零二六年十一月", "•••年十一月"),
    ],
)
def test_numbers_are_hidden_and_menu_keys_are_not(words: str, shown: str) -> None:
    assert masked(words) == shown


def test_secret_keys_are_hidden_even_when_there_is_only_one() -> None:
    (talk,) = read_text("conversation: a\nflow: f\nturns:\n  - {hear: 密码, press: '7', secret: true}\n")
    assert step_names(talk) == ["press a key after 密码"]
