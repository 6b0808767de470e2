"""The listed characters have one form each way, and all others are left alone."""

from __future__ import annotations

import pytest

from ivr.speech.traditional import simplified, traditional


@pytest.mark.parametrize(
    ("plain", "written"), [("两万零一", "兩萬零一"), ("转账给谁", "轉賬給谁"), ("hello 123，", "hello 123，"), ("", "")]
)
def test_listed_characters_are_written_and_no_others(plain: str, written: str) -> None:
    assert traditional(plain) == written


def test_what_was_written_in_traditional_characters_reads_back() -> None:
    words = "万亿两点负欧元门号时钟楼笔个种岁级间没无别区识帮转给说错对见礼钱总从阳选谢码边块会办这输儿户随还请问键账"
    assert simplified(traditional(words)) == words


def test_second_forms_are_simplified_but_never_written() -> None:
    assert simplified("匯曆後帳週") == "汇历后账周"
    assert traditional("后周") == "后周"
