"""How words are cut for voices: the groups of every string of digits are found again, and nothing else is one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.speech.verbalize import Reader, SpokenPiece, groups_of, values, verbalize
from ivr.speech.verbalize.pieces import DIGITS_PER_MINUTE

GOLDEN = Path(__file__).parents[1] / "golden"
LANGUAGES = st.sampled_from(["zh-CN", "en-US"])
SPELLED = {"digits": values.digits, "code": values.code, "phone": values.phone_value, "card_tail": values.card_tail}
CASES = [
    (language, *(part.strip() for part in line.split("|")))
    for language in ("zh-CN", "en-US")
    for line in (GOLDEN / f"{language}.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("# ")
]


def shown(pieces: tuple[SpokenPiece, ...]) -> list[tuple[str, str, int]]:
    return [(piece.text, piece.kind[0], piece.pause_after_ms) for piece in pieces]


@pytest.mark.parametrize(
    ("language", "text", "pieces"),
    [
        ("zh-CN", "幺三八 零零幺三 八零零零", [("幺三八", "d", 300), ("零零幺三", "d", 300), ("八零零零", "d", 0)]),
        (
            "zh-CN",
            "您尾号零幺二八的账户，余额为一万二千元零五分。",
            [("您尾号", "w", 120), ("零幺二八", "d", 120), ("的账户，余额为一万二千元零五分。", "w", 0)],
        ),
        (
            "zh-CN",
            "编号提 艾斯 二零二六幺，二十四小时内答复。",
            [
                ("编号", "w", 120),
                ("提", "d", 300),
                ("艾斯", "d", 300),
                ("二零二六幺", "d", 300),
                ("二十四小时内答复。", "w", 0),
            ],
        ),
        ("zh-CN", "请拨打九五五八零。再见。", [("请拨打", "w", 120), ("九五五八零", "d", 500), ("再见。", "w", 0)]),
        (
            "en-US",
            "Your card ending in zero one two eight, and its limit.",
            [("Your card ending in", "w", 120), ("zero one two eight", "d", 300), ("and its limit.", "w", 0)],
        ),
        ("en-US", "A, B, zero zero one", [("A", "d", 300), ("B", "d", 300), ("zero zero one", "d", 0)]),
        ("zh-CN", "，", []),
        ("zh-CN", "", []),
    ],
)
def test_words_are_cut_into_pieces_with_pauses(language: str, text: str, pieces: list[object]) -> None:
    assert shown(groups_of(text, language)) == pieces


def test_pauses_grow_with_slow_speech_up_to_half_a_second() -> None:
    assert [groups_of("幺三八 零零幺三", "zh-CN", rate=rate)[0].pause_after_ms for rate in (1.3, 1, 0.75, 0.5)] == [
        300,
        300,
        400,
        500,
    ]
    assert DIGITS_PER_MINUTE * 0.75 == 120


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("zh-CN", "查询余额，请按1；转人工，请按0。", "查询余额，请按一；转人工，请按零。"),
        ("zh-CN", "2个工作日内，或24小时内。", "两个工作日内，或二十四小时内。"),
        ("zh-CN", "每笔2.5%，共2笔", "每笔百分之二点五，共两笔"),
        ("zh-CN", "2026年9:05开门", "二零二六年九点零五分开门"),
        ("zh-CN", "按2，不是12", "按二，不是十二"),
        ("en-US", "For balance, press 1; within 2 days.", "For balance, press one; within two days."),
        ("en-US", "2.5% at 15:05", "two point five percent at fifteen oh five"),
    ],
)
def test_arabic_digits_of_a_prompt_are_put_into_words(language: str, text: str, words: str) -> None:
    assert "".join(piece.text for piece in groups_of(text, language)) == words


@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
def test_a_hotline_in_a_prompt_is_said_in_its_groups(language: str) -> None:
    assert [len(re.split(" |(?<=.)(?=.)", piece.text)) for piece in groups_of("400-810-1111", "zh-CN")] == [3, 3, 4]
    assert [piece.kind for piece in groups_of("95580", language)] == ["digits"]


@pytest.mark.parametrize(("language", "kind", "value", "words"), CASES)
def test_only_strings_of_digits_are_spelled(language: str, kind: str, value: str, words: str) -> None:
    name, _, argument = kind.partition(":")
    said = verbalize(value, name, argument, language)
    assert said.words == words
    if name not in ("digits", "code", "phone", "card_tail", "id_tail", "name", "text"):
        assert said.pieces == (SpokenPiece(words, "words"),)


@given(st.from_regex(r"[0-9]{2,30}", fullmatch=True), LANGUAGES, st.sampled_from(["digits", "code", "phone"]))
def test_the_groups_of_a_value_are_found_in_its_words(value: str, language: str, kind: str) -> None:
    groups = SPELLED[kind]("9" + value[:18])
    said = verbalize("9" + value[:18], kind, "", language)
    assert [piece.kind for piece in said.pieces] == ["digits"] * len(groups)
    sizes = [len(piece.text.split()) if language == "en-US" else len(piece.text) for piece in said.pieces]
    assert sizes == [len(group) for group in groups]


@given(st.integers(-(10**14), 10**14), st.dates(), st.times(), LANGUAGES)
def test_amounts_days_and_times_hold_no_string_of_digits(fen: int, day: object, clock: object, language: str) -> None:
    read = Reader()
    said = [
        read(f"{fen / 100:.2f}" if abs(fen) < 10**12 else str(fen), "amount", "", language),
        read(day, "date", "weekday", language),
        read(clock, "time", "24h", language),
        read(f"{day}T{clock:%H:%M}", "datetime", "weekday,24h", language) if day.year > 999 else "x",  # type: ignore[attr-defined, str-format]
    ]
    assert all([piece.kind for piece in groups_of(words, language)] == ["words"] for words in said)


@given(st.text(max_size=60), LANGUAGES)
def test_any_text_is_cut_without_losing_a_letter(text: str, language: str) -> None:
    pieces = groups_of(text, language)
    assert not pieces or pieces[-1].pause_after_ms == 0
    assert all(piece.text.strip() for piece in pieces)
    if not re.search(r"[\d%]", text):
        letters = re.sub(r"[\W_]", "", text)
        assert re.sub(r"[\W_]", "", "".join(piece.text for piece in pieces)) == letters


def test_a_language_that_nobody_speaks_is_refused() -> None:
    with pytest.raises(ValueError, match="no language"):
        groups_of("un deux", "fr-FR")


def test_hong_kong_and_taiwan_hear_yi_without_a_setting() -> None:
    assert [verbalize("0128", "card_tail", "", tag).words for tag in ("zh-TW", "zh-HK", "zh-CN")] == [
        "零一二八",
        "零一二八",
        "零幺二八",
    ]
