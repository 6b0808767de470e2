"""The table of value kinds: what each takes, which argument is wrong, and how its sample sounds."""

from __future__ import annotations

import pytest

from ivr.speech.verbalize.kinds import VALUE_KINDS, ValueKind
from ivr.speech.verbalize.language import Unreadable, speaker_of

ENGLISH, MANDARIN, CANTONESE = (speaker_of(tag)() for tag in ("en-US", "zh-CN", "zh-HK"))


@pytest.mark.parametrize("kind", list(VALUE_KINDS.values()), ids=list(VALUE_KINDS))
def test_the_sample_of_a_kind_reads_as_the_manual_says(kind: ValueKind) -> None:
    for tag, words in kind.spoken.items():
        language = speaker_of(tag)()
        argument = kind.argument_sample.get(tag, "")
        assert kind.fault(argument, language) == ""
        assert kind.words_of(language, kind.sample, argument) == words


@pytest.mark.parametrize(
    ("kind", "argument", "fault"),
    [
        ("count", "", "count needs an argument: the measure word"),
        ("digits", "4", "digits takes no argument"),
        ("date", "short,short", 'date knows no argument "short,short"; it takes short, spoken, weekday'),
        ("percent", "exact,exact", 'percent knows no argument "exact,exact"; it takes exact'),
        ("amount", "USD", ""),
        ("date", "weekday,short", ""),
    ],
)
def test_a_wrong_argument_is_said_with_those_that_there_are(kind: str, argument: str, fault: str) -> None:
    said = VALUE_KINDS[kind].fault(argument, ENGLISH)
    assert said.startswith(fault) if fault else said == ""


def test_a_kind_that_a_language_cannot_read_is_a_fault_whatever_its_argument() -> None:
    assert "Latin letters" in VALUE_KINDS["code"].fault("", CANTONESE)
    assert VALUE_KINDS["code"].fault("", MANDARIN) == ""


def test_a_range_says_a_common_day_once() -> None:
    same = "2026-11-21T09:00/2026-11-21T17:30"
    assert VALUE_KINDS["range"].words_of(MANDARIN, same, "short") == "十一月二十一日上午九点整到下午五点三十分"
    later = VALUE_KINDS["range"].words_of(MANDARIN, same.replace("21T17", "22T17"), "short")
    assert later == "十一月二十一日上午九点整到十一月二十二日下午五点三十分"


def test_a_text_stays_in_its_own_script_where_words_are_written_as_the_language_is() -> None:
    assert VALUE_KINDS["text"].words_of(CANTONESE, "万芳", "") == "万芳"
    assert VALUE_KINDS["number"].words_of(CANTONESE, "20000", "") == "兩萬"


def test_what_cannot_be_read_is_refused_without_the_value() -> None:
    with pytest.raises(Unreadable) as refused:
        VALUE_KINDS["card_tail"].words_of(ENGLISH, "62170", "")
    assert "62170" not in str(refused.value)
