"""Names of steps."""

from __future__ import annotations

import pytest

from ivr.conversations.reader import read_conversation_text
from ivr.loadtest.labels import asked, deed_names, masked_digits

from .conftest import CONVERSATIONS


def test_deeds_are_named_and_hide_what_was_typed() -> None:
    talk, silent, *_ = read_conversation_text(CONVERSATIONS)
    assert deed_names(talk) == ("press 1", "press 4 keys", "press 6 keys")
    assert deed_names(silent) == ("silence",)


@pytest.mark.parametrize(
    ("heard", "words"),
    [
        ("您好，欢迎致电。查询余额，请按1；最近交易，请按2；人工，请按0。", "查询余额，请按1；最近交易，请…"),
        ("您尾号0128的账户", "您尾号•••的账户"),
        ("Your balance is 12,345.67 yuan. To hear it again, press 1.", "To hear it again, press 1"),
        ("请输入查询密码！", "请输入查询密码"),
        ("", ""),
    ],
)
def test_what_was_asked_is_the_last_sentence(heard: str, words: str) -> None:
    assert asked(heard) == words


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
    assert masked_digits(words) == shown


def test_secret_keys_are_hidden_even_when_there_is_only_one() -> None:
    (talk,) = read_conversation_text("conversation: a\nflow: f\nturns:\n  - {hear: 密码, press: '7', secret: true}\n")
    assert deed_names(talk) == ("press a key",)
