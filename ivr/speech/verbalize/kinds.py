"""The kinds of value that a prompt can read aloud, with their input, argument and sample.

`{value|kind:argument}` is checked against this table, and the manual is generated from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from . import values
from .language import CURRENCY_PLACES, SpokenLanguage

Need = Literal["none", "optional", "required"]


@dataclass(frozen=True)
class ValueKind:
    """One kind. `words` are its valid arguments, joined by commas if several; empty for free text.

    `spoken` is the reading of `sample` and `argument_sample`, by language tag.
    """

    name: str
    manual: str
    sample: str
    spoken: Mapping[str, str]
    read: Callable[[SpokenLanguage, Any, str], str] = field(repr=False)
    argument: Need = "none"
    means: str = ""
    words: frozenset[str] = frozenset()
    several: bool = False
    argument_sample: Mapping[str, str] = field(default_factory=dict)
    as_it_is: bool = False
    """Whether a text is spoken unchanged, in any script."""

    def words_of(self, language: SpokenLanguage, value: Any, argument: str) -> str:
        """Return a value in words, in the script of the language. Raises Unreadable."""
        words = self.read(language, value, argument)
        return words if self.as_it_is else language.script(words)

    def fault(self, argument: str, language: SpokenLanguage) -> str:
        """Return the fault of an argument in a text of this language, or an empty text."""
        if reason := language.cannot_read.get(self.name):
            return reason
        if not argument:
            return f"{self.name} needs an argument: {self.means}" if self.argument == "required" else ""
        if self.argument == "none":
            return f"{self.name} takes no argument"
        if not self.words:
            fault = language.unit_fault(argument)
            return f"{self.name} {fault}" if fault else ""
        words = argument.split(",") if self.several else [argument]
        if set(words) <= self.words and len(set(words)) == len(words):
            return ""
        return f'{self.name} knows no argument "{argument}"; it takes {", ".join(sorted(self.words))}'


def _amount(language: SpokenLanguage, value: Any, argument: str) -> str:
    currency = argument or "CNY"
    return language.amount(values.money(value, currency), currency, mixed=bool(argument))


def _date(language: SpokenLanguage, value: Any, argument: str) -> str:
    chosen = {word: word in argument for word in ("weekday", "spoken")}
    return language.date(values.day_value(value), year="short" not in argument, **chosen)


def _time(language: SpokenLanguage, value: Any, argument: str) -> str:
    return language.time(values.clock(value), clock24="24h" in argument)


def _datetime(language: SpokenLanguage, value: Any, argument: str) -> str:
    day, clock = values.moment(value)
    return language.datetime(_date(language, day, argument), _time(language, clock, argument))


def _range(language: SpokenLanguage, value: Any, argument: str) -> str:
    sort, first, last = values.span(value)
    say = {"time": _time, "date": _date, "datetime": _datetime}[sort]
    end = _time if sort == "datetime" and values.day_value(first) == values.day_value(last) else say
    return language.range(say(language, first, argument), end(language, last, argument))


def _name(language: SpokenLanguage, value: Any, _: str) -> str:
    spelled = values.name(value)
    return language.spell(spelled) if spelled else values.words_value(value)


_ALL = (
    ValueKind(
        "amount",
        "Money, exact to the smallest coin; parts of a coin are refused, because money is never rounded.",
        "12345.67",
        {
            "zh-CN": "一万二千三百四十五元六角七分",
            "en-US": "twelve thousand three hundred forty-five yuan and sixty-seven fen",
        },
        _amount,
        argument="optional",
        means="the currency's ISO code; yuan when left out, and CNY says 人民币 where a text has several currencies",
        words=frozenset(CURRENCY_PLACES),
    ),
    ValueKind(
        "number",
        "A number said as a whole, with its decimals; zeros at the end are dropped.",
        "10010.5",
        {"zh-CN": "一万零一十点五", "en-US": "ten thousand ten point five"},
        lambda language, value, _: language.number(values.number(value)),
    ),
    ValueKind(
        "digits",
        "Digits one by one, in groups of three and four; blanks or hyphens in the value set the groups.",
        "102030",
        {"zh-CN": "幺零二 零三零", "en-US": "one zero two, zero three zero"},
        lambda language, value, _: language.spell(values.digits(value)),
    ),
    ValueKind(
        "code",
        "A reference of digits and letters, one by one; hyphens are not said.",
        "TS-20261",
        {"zh-CN": "提 艾斯 二零二六幺", "en-US": "T, S, two zero two six one"},
        lambda language, value, _: language.spell(values.code(value)),
    ),
    ValueKind(
        "phone",
        "A telephone number in the groups people use; the country code of mainland China is left out.",
        "+8613800138000",
        {"zh-CN": "幺三八 零零幺三 八零零零", "en-US": "one three eight, zero zero one three, eight zero zero zero"},
        lambda language, value, _: language.spell(values.phone_value(value)),
    ),
    ValueKind(
        "card_tail",
        "The last four digits of a card; of a whole card number, too, only these are said.",
        "0128",
        {"zh-CN": "零幺二八", "en-US": "zero one two eight"},
        lambda language, value, _: language.spell(values.card_tail(value)),
    ),
    ValueKind(
        "id_tail",
        "The end of an ID number, X included; of a whole number only the last four characters are said.",
        "202X",
        {"zh-CN": "二零二 埃克斯", "en-US": "two zero two, X"},
        lambda language, value, _: language.spell(values.id_tail(value)),
    ),
    ValueKind(
        "date",
        "A day of the calendar, from ISO text such as 2026-11-21.",
        "2026-11-21",
        {"zh-CN": "二零二六年十一月二十一日", "en-US": "November twenty-first, twenty twenty-six"},
        _date,
        argument="optional",
        means="short leaves the year out, weekday adds the day of the week, spoken says 号 for 日",
        words=frozenset({"short", "weekday", "spoken"}),
        several=True,
    ),
    ValueKind(
        "time",
        "A time of day to the minute; without seconds. An answer of a service with a zone is told in the line's.",
        "15:05",
        {"zh-CN": "下午三点零五分", "en-US": "three oh five p.m."},
        _time,
        argument="optional",
        means="24h counts the hours through",
        words=frozenset({"24h"}),
    ),
    ValueKind(
        "datetime",
        "A day and a time, from ISO text such as 2026-11-21T15:05.",
        "2026-11-21T15:05",
        {
            "zh-CN": "二零二六年十一月二十一日下午三点零五分",
            "en-US": "November twenty-first, twenty twenty-six at three oh five p.m.",
        },
        _datetime,
        argument="optional",
        means="short, weekday, spoken and 24h as in date and time, joined by commas",
        words=frozenset({"short", "weekday", "spoken", "24h"}),
        several=True,
    ),
    ValueKind(
        "range",
        "From one time, day, or day with time to another, with a slash between; a common day is said once.",
        "09:00/17:30",
        {"zh-CN": "上午九点整到下午五点三十分", "en-US": "nine a.m. to five thirty p.m."},
        _range,
        argument="optional",
        means="short, weekday, spoken and 24h as in date and time, joined by commas",
        words=frozenset({"short", "weekday", "spoken", "24h"}),
        several=True,
    ),
    ValueKind(
        "count",
        "How many of something, with the measure word or the noun in the right number.",
        "2",
        {"zh-CN": "两笔", "en-US": "two transactions"},
        lambda language, value, argument: language.count(values.whole(value), argument),
        argument="required",
        means="the measure word in Mandarin, the noun for one in English (one/many where the plural is irregular)",
        argument_sample={"zh-CN": "笔", "en-US": "transaction"},
    ),
    ValueKind(
        "ordinal",
        "A place in an order, from 1.",
        "2",
        {"zh-CN": "第二", "en-US": "second"},
        lambda language, value, _: language.ordinal(values.whole(value, least=1)),
    ),
    ValueKind(
        "percent",
        "A percentage: 2.10 is two point one percent; zeros at the end are dropped.",
        "2.10",
        {"zh-CN": "百分之二点一", "en-US": "two point one percent"},
        lambda language, value, argument: language.percent(values.percentage(value, exact=bool(argument))),
        argument="optional",
        means="exact keeps the zeros as they are written, as a rate needs",
        words=frozenset({"exact"}),
    ),
    ValueKind(
        "duration",
        "A length of time given in seconds, rounded up to whole minutes so that no promise is too short.",
        "5400",
        {"zh-CN": "一小时三十分钟", "en-US": "one hour and thirty minutes"},
        lambda language, value, argument: language.duration(*values.seconds_value(value, exact=bool(argument))),
        argument="optional",
        means="exact says the seconds, too",
        words=frozenset({"exact"}),
    ),
    ValueKind(
        "name",
        "A person's or a company's name: Chinese characters as they are, Latin letters spelled, for no voice guesses.",
        "Li Na",
        {"zh-CN": "艾勒 艾 恩 诶", "en-US": "L, I, N, A"},
        _name,
        as_it_is=True,
    ),
    ValueKind(
        "text",
        "A name or an address, said as it is. Numbers in it are left to the voice: give them a kind of their own.",
        "王秀英",
        {"zh-CN": "王秀英", "en-US": "王秀英"},
        lambda _, value, __: values.words_value(value),
        as_it_is=True,
    ),
)

VALUE_KINDS: Mapping[str, ValueKind] = MappingProxyType({kind.name: kind for kind in _ALL})
"""Every kind by name, in the manual's order."""
