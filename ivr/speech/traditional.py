"""Convert the characters that readers, listeners and negations use to traditional ones. Not a general converter.

Only characters with exactly one traditional form are converted, so that no conversion is a guess.
"""

from __future__ import annotations

_SIMPLIFIED = (
    "万亿两点负欧镑门币兰铢韩诶记开尔优维达贼号时钟楼笔个张种岁级间没无别区识帮转给说错对见礼"
    "钱总从阳选谢码边块会办这输儿户随还请问键账"
)
_TRADITIONAL = (
    "萬億兩點負歐鎊門幣蘭銖韓誒記開爾優維達賊號時鐘樓筆個張種歲級間沒無別區識幫轉給說錯對見禮"
    "錢總從陽選謝碼邊塊會辦這輸兒戶隨還請問鍵賬"
)
_TO_TRADITIONAL = str.maketrans(_SIMPLIFIED, _TRADITIONAL)
# 历, 后 and 账 have several traditional forms, so that these are converted in this direction only.
_TO_SIMPLIFIED = str.maketrans(_TRADITIONAL + "匯曆後帳週", _SIMPLIFIED + "汇历后账周")


def traditional(text: str) -> str:
    """Return a text with the listed characters in their traditional form."""
    return text.translate(_TO_TRADITIONAL)


def simplified(text: str) -> str:
    """Return a text with the listed characters in their simplified form."""
    return text.translate(_TO_SIMPLIFIED)
