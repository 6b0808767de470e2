"""What each kind says, by hand-written examples; what it refuses; and that refusals never give the value away."""

from __future__ import annotations

import dataclasses
import pickle
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.secret import Secret
from ivr.speech.languages import LANGUAGES as ROWS
from ivr.speech.verbalize import VALUE_KINDS, Reader, argument_fault, languages, speaker_of
from ivr.speech.verbalize.language import CURRENCY_PLACES

GOLDEN = Path(__file__).parent / "golden"
LANGUAGES = ("zh-CN", "en-US")
SPOKEN = ", ".join(sorted(tag for tag, row in ROWS.items() if row.reader))
read = Reader()


def repr_short(value: Any) -> str:
    return repr(value)[:20]


def rows(pattern: str) -> Iterator[list[str]]:
    for path in sorted(GOLDEN.glob(pattern)):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("# "):
                yield [part.strip() for part in line.split("|")]


GOLDEN_CASES = [(language, *row) for language in (*LANGUAGES, "en-GB") for row in rows(f"{language}*.txt")]


@pytest.mark.parametrize(("language", "kind", "value", "spoken"), GOLDEN_CASES)
def test_a_value_is_said_as_a_bank_says_it(language: str, kind: str, value: str, spoken: str) -> None:
    name, _, argument = kind.partition(":")
    assert read(value, name, argument, language) == spoken


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_a_hundred_and_twenty_examples_and_some_of_every_kind(language: str) -> None:
    mine = [case for case in GOLDEN_CASES if case[0] == language]
    assert len(mine) >= 120
    assert {case[1].partition(":")[0] for case in mine} == set(VALUE_KINDS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("kind", "value"), list(rows("refused.txt")))
def test_what_cannot_be_read_is_refused_and_not_repeated(kind: str, value: str, language: str) -> None:
    name, _, argument = kind.partition(":")
    with pytest.raises(ValueError, match=name) as refused:
        read(value, name, argument, language)
    assert refused.value.__cause__ is None
    assert refused.value.__context__ is None
    samples = ("12", "12:", "15:05", "2026-11-21")  # short values that the sentences hold as examples
    if len(value) > 2 and value not in samples and not any(value in kind.sample for kind in VALUE_KINDS.values()):
        assert value not in str(refused.value)


@pytest.mark.parametrize("kind", list(VALUE_KINDS))
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("secret", [Secret("pin", "135790"), Secret("pan", "6217000000001000128")], ids=["pin", "pan"])
def test_a_secret_is_never_spoken(kind: str, language: str, secret: Secret) -> None:
    with pytest.raises(ValueError, match=kind) as refused:
        read(secret, kind, VALUE_KINDS[kind].argument_sample.get(language, ""), language)
    assert secret.reveal() not in str(refused.value)


@given(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals()
    | st.text()
    | st.text(alphabet="0123456789.,-+: TX%一二")
    | st.binary()
    | st.lists(st.integers())
    | st.datetimes()
    | st.times()
    | st.timedeltas(),
    st.sampled_from(list(VALUE_KINDS.values())),
    st.sampled_from(LANGUAGES),
)
def test_whatever_a_back_end_sends_is_said_or_refused(value: Any, kind: Any, language: str) -> None:
    with suppress(ValueError):
        words = read(value, kind.name, kind.argument_sample.get(language, ""), language)
        assert words.strip()
        assert value is not None
        assert not isinstance(value, bool)


@pytest.mark.parametrize(
    ("value", "kind", "argument", "spoken"),
    [
        (12345, "number", "", "一万二千三百四十五"),
        (Decimal("12345.60"), "amount", "", "一万二千三百四十五元六角"),
        (Decimal("1E+3"), "amount", "", "一千元整"),
        (12345.67, "amount", "", "一万二千三百四十五元六角七分"),
        (0.1 + 0.2, "amount", "", "三角"),
        (95580, "phone", "", "九五五八零"),
        (128, "digits", "", "幺二八"),
        (date(2026, 11, 21), "date", "", "二零二六年十一月二十一日"),
        (datetime(2026, 11, 21, 15, 5, tzinfo=UTC), "date", "short", "十一月二十一日"),
        (datetime(2026, 11, 21, 15, 5, tzinfo=UTC), "time", "", "下午三点零五分"),
        (datetime(2026, 11, 21, 15, 5, tzinfo=UTC), "datetime", "short", "十一月二十一日下午三点零五分"),
        (time(15, 5), "time", "24h", "十五点零五分"),
        (timedelta(minutes=2), "duration", "", "两分钟"),
        (timedelta(seconds=1, microseconds=1), "duration", "exact", "两秒"),
        (Decimal("2.10"), "percent", "exact", "百分之二点一零"),
    ],
)
def test_values_need_not_be_text(value: Any, kind: str, argument: str, spoken: str) -> None:
    assert read(value, kind, argument, "zh-CN") == spoken


@pytest.mark.parametrize(
    "value", [Decimal("1E-999999"), Decimal("1E+999999"), Decimal("NaN"), 10**4000, "1" * 9999], ids=repr_short
)
def test_absurd_numbers_are_refused_at_once(value: Any) -> None:
    for kind in ("amount", "number", "percent", "duration", "ordinal"):
        with pytest.raises(ValueError, match=kind):
            read(value, kind, "", "en-US")


@pytest.mark.parametrize("value", [Decimal("1." + "0" * 30 + "1"), "1.00000000000000000001"])
def test_money_is_never_rounded(value: Any) -> None:
    with pytest.raises(ValueError, match="amount"):
        read(value, "amount", "", "zh-CN")


@pytest.mark.parametrize("value", ["", " ", "a\nb", "a\x00b", "a\u202eb", "a\u2028b", "\ud800", "a" * 301, 12])
def test_text_without_a_sound_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="text"):
        read(value, "text", "", "zh-CN")


@pytest.mark.parametrize("value", [128, 1018, 128.0, None])
def test_tails_are_text_because_a_number_has_lost_its_zeros(value: Any) -> None:
    for kind in ("card_tail", "id_tail"):
        with pytest.raises(ValueError, match=kind):
            read(value, kind, "", "zh-CN")


def test_callers_who_do_not_know_yao_hear_yi() -> None:
    plain = Reader(yao=False)
    assert plain("0128", "card_tail", "", "zh-CN") == "零一二八"
    assert plain("13800138000", "phone", "", "zh-TW") == "一三八 零零一三 八零零零"
    assert plain("0128", "card_tail", "", "en-US") == "zero one two eight"


@pytest.mark.parametrize("tag", ["zh", "zh-CN", "zh-cn", "zh_CN", "cmn-CN", "cmn-Hans-CN", "zh-Hans-CN"])
def test_mandarin_is_found_by_any_of_its_tags(tag: str) -> None:
    assert read(2, "count", "笔", tag) == "两笔"


@pytest.mark.parametrize("tag", ["", "values", "kinds", "../zh", "zh.heard", "calendar"])
def test_a_language_that_nobody_speaks_is_named(tag: str) -> None:
    with pytest.raises(ValueError, match=f"there are {SPOKEN}"):
        read(2, "number", "", tag)


def test_languages_are_the_rows_with_a_reader() -> None:
    assert languages() == tuple(sorted(tag for tag, row in ROWS.items() if row.reader))


@pytest.mark.parametrize("kind", list(VALUE_KINDS.values()), ids=list(VALUE_KINDS))
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_shows_how_each_kind_sounds(kind: Any, language: str) -> None:
    assert kind.manual.endswith(".")
    assert bool(kind.means) == (kind.argument != "none")
    assert read(kind.sample, kind.name, kind.argument_sample.get(language, ""), language) == kind.spoken[language]


@pytest.mark.parametrize("kind", [kind for kind in VALUE_KINDS.values() if kind.words], ids=lambda kind: kind.name)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_argument_in_the_table_is_taken(kind: Any, language: str) -> None:
    for argument in kind.words:
        assert argument_fault(kind.name, argument, language) == ""
        sample = "100" if argument in CURRENCY_PLACES else kind.sample
        assert read(sample, kind.name, argument, language)
    if kind.several:
        assert argument_fault(kind.name, ",".join(kind.words), language) == ""


@pytest.mark.parametrize(
    ("kind", "argument", "language", "fault"),
    [
        ("amount", "yuan", "zh-CN", 'amount knows no argument "yuan"; it takes AUD, CAD'),
        ("digits", "4", "en-US", "digits takes no argument"),
        ("count", "", "zh-CN", "count needs an argument: the measure word"),
        ("count", "笔", "en-US", "count needs a noun in English"),
        ("count", "item", "zh-CN", "count needs a measure word in Mandarin"),
        ("date", "short,24h", "zh-CN", 'date knows no argument "short,24h"; it takes short, spoken, weekday'),
        ("money", "", "zh-CN", "there is no kind 'money'; the kinds are amount, "),
        (
            "amount",
            "",
            "fr-FR",
            "this language has no reader for values that need words",
        ),
    ],
)
def test_a_wrong_argument_is_explained(kind: str, argument: str, language: str, fault: str) -> None:
    assert argument_fault(kind, argument, language).startswith(fault)


def test_every_language_names_every_currency() -> None:
    for language in LANGUAGES:
        for currency in CURRENCY_PLACES:
            assert read("2", "amount", currency, language)


def test_a_reader_travels() -> None:
    assert dataclasses.is_dataclass(Reader)
    assert pickle.loads(pickle.dumps(Reader(yao=False))) == Reader(yao=False)
    assert speaker_of("zh-CN")().yao
