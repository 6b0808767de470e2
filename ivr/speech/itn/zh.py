"""Mandarin answers: 幺三八, 一万二, 两百块零五分, 下周一, 十一月二十一号."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from ivr.speech.traditional import simplified

from . import calendar

_BREAK = r"[，,。！!；;\s]"
_CORRECTIONS = re.compile(
    rf"(?:^|.*?{_BREAK})(?:[哦啊噢嗯]?不+|不是的?|等等){_BREAK}+(?:是|应该是|应該是)?"
    rf"|.*?(?:不对|不對|说错了?|說錯了?|讲错了?|講錯了?|错了|錯了|更正){_BREAK}*(?:一下)?{_BREAK}*(?:是|应该是)?"
    rf"|(?:^|.*?{_BREAK})不是[^，,。]+{_BREAK}+(?:是|应该是)"
)
"""The last answer counts; 不是三千 alone refuses one, and is none."""

_GAPS = re.compile(r"[\s,，、。!！?？…~-]+|\.(?![0-9])")
_AROUND = re.compile(
    "^(?:嗯|呃|额|啊|哦|喂|那个|那|就是|就|我要|我想要?|我选|我按|我说|选择|选|请|帮我|按一下|按下|按|输入|我的|卡号|尾号|号码|"
    "手机号|电话|数字|是|第)+|(?:号?键|号码|号线|号|项|个|吧|啊|呀|呢|了|嘛|哦|嗯|谢谢|就行|就好|可以)+$"
)
_KEYS = {"星": "*", "米字": "*", "*": "*", "井": "#", "井字": "#", "#": "#"}
_SIGNS = {
    "0": "零〇○洞",
    "1": "一壹幺妖腰吆",
    "2": "二贰貳两兩俩",
    "3": "三叁參",
    "4": "四肆",
    "5": "五伍",
    "6": "六陆陸",
    "7": "七柒拐",
    "8": "八捌",
    "9": "九玖勾",
    "十": "拾",
    "百": "佰",
    "千": "仟",
    "万": "萬",
    "亿": "億",
    "元": "圆圓块塊",
    "角": "毛",
}
_PLAIN = str.maketrans(
    {sign: plain for plain, signs in _SIGNS.items() for sign in signs} | {"廿": "2十", "卅": "3十", "卌": "4十"}
)
"""Spellings of digits: cheque capitals, traditional forms, military digits, homophones of 幺."""


def _folded(text: str) -> str:
    """Remove fillers around an answer, and replace digits by Arabic ones."""
    return _AROUND.sub("", _GAPS.sub("", simplified(text))).translate(_PLAIN)


def corrected(text: str) -> str:
    """Return what is left of an answer after its last correction."""
    return _CORRECTIONS.split(text)[-1].strip()


def key(text: str) -> str | None:
    """Understand one key, as any keys."""
    return keys(text)


def keys(text: str) -> str | None:
    """Understand 幺三八, 按一, 第二个, 一百二十, 井号键."""
    plain = _folded(text)
    if plain in _KEYS or re.fullmatch("[0-9]+", plain):
        return _KEYS.get(plain, plain)
    value = _value(plain)
    return None if value is None else str(value)


def _value(text: str) -> int | None:
    """Return the value of a cardinal such as 3百05, with Arabic digits."""
    for unit, size in (("亿", 10**8), ("万", 10**4), ("千", 1000), ("百", 100), ("十", 10)):
        # From the right: 一万亿 has its 亿 behind a 万, and is a million million.
        head, separator, tail = text.rpartition(unit) if unit == "亿" else text.partition(unit)
        if separator:
            many = 1 if size == 10 and not head else _value(head)
            rest = _rest(tail, size)
            # 五十三百 is no number: the caller is asked again rather than guessed at.
            if not many or rest is None or rest >= size or (many > 9 and size < 10**4):
                return None
            return many * size + rest
    return int(text) if re.fullmatch("[0-9]{1,4}", text) else None


def _rest(tail: str, size: int) -> int | None:
    """Return the value after a unit: 3百5 is 350, 3百05 is 305."""
    if not tail:
        return 0
    if re.fullmatch("[1-9]", tail):
        return int(tail) * size // 10
    if re.fullmatch("[1-9][0-9]+", tail) and len(tail) != len(str(size)) - 1:
        return None
    return _value(tail.lstrip("0"))


# amounts

_ABOUT_MONEY = re.compile(
    r"^(?:(?:一共|总共|金额|¥|转账|转|汇款|汇|取|存|还款|还|付|给|人民币|到|他|她)+)|(?:人民币|钱|整|正)+$"
)
_PARTS = re.compile(r"(?:(?P<yuan>[^元角分]+)元钱?)?(?P<coins>(?:[0-9]角)?0?(?:[0-9]分?)?|[0-9]{2})(?:钱|整|正)?")


def amount(text: str) -> Decimal | None:
    """Understand 一万二千三百四十五元六角, 两百块零五分, 一万二, 三块五, 一点二万, 12345.6元."""
    plain = _ABOUT_MONEY.sub("", _ABOUT_MONEY.sub("", _folded(text)))
    match = _PARTS.fullmatch(plain)
    if match and (match["yuan"] or re.search("[角分]", plain)):
        whole = _decimal(match["yuan"]) if match["yuan"] else Decimal(0)
        coins = _coins(match["coins"], behind_yuan=bool(match["yuan"]))
        if whole is None or coins is None or (coins and whole != whole.to_integral_value()):
            return None
        return whole + Decimal(coins) / 100
    return _decimal(plain)


def _coins(text: str, *, behind_yuan: bool) -> int | None:
    """Return the fen of 5角2分, 5角2, 05分, 05 and (after yuan) 5 and 25."""
    if behind_yuan and re.fullmatch("[0-9]{1,2}", text):
        return int(text) * (10 if len(text) == 1 else 1)
    match = re.fullmatch("(?:([0-9])角)?0?(?:([0-9])分?)?", text)
    return int(match[1] or 0) * 10 + int(match[2] or 0) if match else None


def _decimal(text: str) -> Decimal | None:
    """Understand whole numbers and those with a point: 12点5, 12.5, 1点2万."""
    match = re.fullmatch(r"(.+?)[点.]([0-9]{1,4})([万亿]?)", text)
    if not match:
        if re.fullmatch("[0-9]+", text):
            return Decimal(text)
        value = _value(text)
        return None if value is None else Decimal(value)
    whole = _decimal(match[1]) if "." not in match[1] and "点" not in match[1] else None
    size = {"": 1, "万": 10**4, "亿": 10**8}[match[3]]
    return None if whole is None else Decimal(f"{whole}.{match[2]}") * size


# days

_DAYS = {"大前天": -3, "前天": -2, "前日": -2, "昨天": -1, "昨日": -1, "今天": 0, "今日": 0, "今儿": 0, "当天": 0}
_DAYS |= {"明天": 1, "明日": 1, "明儿": 1, "后天": 2, "后日": 2, "大后天": 3}
_WEEKS = {"上上": -2, "上": -1, "这": 0, "本": 0, "下": 1, "下下": 2}
_YEARS = {"前年": -2, "去年": -1, "今年": 0, "本年": 0, "明年": 1, "后年": 2}
_AROUND_DAY = re.compile(
    r"^(?:从|自|在|到|查|要|公历|阳历|新历|日期|生日|出生)+|(?:开始|为止|之间|出生|的|那天|这天)+$"
)
_WEEKDAY = r"(?:周|星期|礼拜)([1-6日天])"
_AFTER = re.compile(r"(.+?)(天|日|周|个?星期|个?礼拜)(?:以|之|过)?(后|前)")
_OF_WEEK = re.compile(rf"(?:(上上|上|这|本|下下|下)个?)?{_WEEKDAY}")
_OF_MONTH = re.compile(r"(上|这|本|当|下)个?月(.+?)[号日]?")
_BARE = re.compile("([0-9十]+)[号日]")
_FULL = re.compile(rf"(?:(?P<year>.+?年)的?)?(?P<month>[0-9十]+)月份?(?P<day>[0-9十]+)[号日]?(?:{_WEEKDAY})?")


def day(text: str, today: date) -> date | None:
    """Understand 明天, 下周一, 三天后, 下个月五号, 十一月二十一号, 二十一号, 二零二六年十一月二十一日."""
    text = simplified(text)
    if iso := re.fullmatch(r"\D*?([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})\D*", text):
        return calendar.existing(int(iso[1]), int(iso[2]), int(iso[3]))
    bare = _AROUND_DAY.sub(
        "",
        re.sub("^(?:嗯|呃|啊|哦|那个|就是|就|我要|我想|是)+|(?:吧|啊|呀|呢|了|谢谢|就行)+$", "", _GAPS.sub("", text)),
    )
    if bare in _DAYS:
        return calendar.shifted(today, _DAYS[bare])
    plain = bare.translate(_PLAIN)
    if re.fullmatch("[0-9]{8}", plain):
        return calendar.existing(int(plain[:4]), int(plain[4:6]), int(plain[6:]))
    meanings = ((_AFTER, _after), (_OF_WEEK, _of_week), (_OF_MONTH, _of_month), (_BARE, _bare), (_FULL, _full))
    for pattern, meaning in meanings:
        if match := pattern.fullmatch(plain):
            return meaning(match, today)
    return None


def _after(match: re.Match[str], today: date) -> date | None:
    many = _value(match[1])
    step = (1 if match[2] in "天日" else 7) * (1 if match[3] == "后" else -1)
    return None if many is None else calendar.shifted(today, many * step)


def _of_week(match: re.Match[str], today: date) -> date | None:
    weekday = "123456日天".index(match[2]) % 7 if match[2] != "天" else 6
    if match[1] is None:
        return calendar.coming(today, weekday)
    return calendar.of_week(today, _WEEKS[match[1]], weekday)


def _of_month(match: re.Match[str], today: date) -> date | None:
    number = _value(match[2])
    return None if number is None else calendar.of_month(today, {"上": -1, "下": 1}.get(match[1], 0), number)


def _bare(match: re.Match[str], today: date) -> date | None:
    number = _value(match[1])
    return None if number is None else calendar.nearest_of_month(today, number)


def _full(match: re.Match[str], today: date) -> date | None:
    month, number = _value(match["month"]), _value(match["day"])
    if month is None or number is None:
        return None
    if match["year"] is None:
        meant = calendar.nearest(today, month, number)
    else:
        year = _year(match["year"], today)
        meant = None if year is None else calendar.existing(year, month, number)
    named = match[4]
    return meant if not named or (meant and meant.weekday() == ("123456日".find(named) + 7) % 7) else None


def _year(text: str, today: date) -> int | None:
    if text in _YEARS:
        return today.year + _YEARS[text]
    digits = text.removesuffix("年")
    if re.fullmatch("[0-9]{2}", digits):
        return calendar.short_year(int(digits), today)
    if re.fullmatch("[0-9]{4}", digits):
        return int(digits)
    value = _value(digits)
    return value if value is not None and value > 999 else None
