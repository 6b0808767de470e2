"""Which choice callers mean, by a table of what recognisers write; and that matching is steady and never guesses."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.flow import phrasebook
from ivr.speech import phrases
from ivr.speech.itn import inverse_normalize
from ivr.speech.phrases import understand

GOLDEN = Path(__file__).parent / "golden"
MENUS = {
    "zh-CN": {
        "balance": ["查询余额", "余额", "还有多少钱", "查余额", "餘額", "余額"],
        "transactions": ["最近交易", "交易", "明细", "流水"],
        "loss": ["银行卡挂失", "挂失", "丢卡", "卡丢了", "锁卡"],
        "branches": ["网点和营业时间", "网点", "营业时间", "几点", "地址"],
        "card": ["信用卡"],
        "more": ["更多服务", "更多", "其他服务", "别的"],
        "english": ["英文", "英语", "English"],
    },
    "en-US": {
        "balance": ["your balance", "balance", "how much money"],
        "transactions": ["recent transactions", "transactions", "history"],
        "loss": ["a lost card", "lost card", "lost my card", "stolen"],
        "branches": ["branches and opening hours", "branch", "hours", "address"],
        "more": ["more services", "more", "other services", "something else"],
        "chinese": ["Chinese", "Mandarin", "中文", "普通话"],
    },
}
ROWS = [
    tuple(part.strip() for part in line.split("|"))
    for line in (GOLDEN / "phrases.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
SAID = st.text(alphabet="嗯我想查余额挂失卡丢了不要人工是，。 abclostcard", max_size=40) | st.text(max_size=40)


def meant(said: str, language: str) -> str:
    menu = MENUS[language]
    person = phrasebook.phrase(language, "agent_words").split("|")
    if understand(said, [person], language) == 0:
        return "person"
    place = understand(said, list(menu.values()), language)
    if place is not None:
        return list(menu)[place]
    key = inverse_normalize(said, language)
    return f"key {key}" if key else "-"


@pytest.mark.parametrize(("language", "said", "choice"), ROWS)
def test_a_caller_is_understood_or_asked_again(language: str, said: str, choice: str) -> None:
    assert meant(said, language) == choice


@pytest.mark.parametrize(
    ("said", "place"),
    [("계좌 이체", 0), ("네 계좌 이체 해 주세요", 0), ("대출", 1), ("상담", None), ("café crème", 2), ("café", None)],
)
def test_phrases_of_other_scripts_are_found_by_their_words(said: str, place: int | None) -> None:
    assert understand(said, [["계좌 이체"], ["대출 상담", "대출"], ["café crème"]], "ko-KR") == place


@pytest.mark.parametrize("language", list(MENUS))
def test_the_table_has_forty_sentences_a_language(language: str) -> None:
    assert sum(row[0] == language for row in ROWS) >= 40


@pytest.mark.parametrize("language", list(MENUS))
def test_every_phrase_means_its_own_choice(language: str) -> None:
    for choice, said in MENUS[language].items():
        for phrase in said:
            assert meant(phrase, language) == choice


@pytest.mark.parametrize(
    ("said", "choice"),
    [("卡", 0), ("查卡", 0), ("信用卡", 1), ("我的信用卡", 1), ("新用卡", 1), ("挂失我的卡", 2), ("掉了卡", 2)],
)
def test_a_word_inside_a_longer_one_and_a_lone_character_weigh_less(said: str, choice: int) -> None:
    assert understand(said, [["卡"], ["信用卡"], ["挂失", "掉了卡"]], "zh-CN") == choice


@given(SAID, st.sampled_from(list(MENUS)))
def test_the_order_of_the_choices_never_matters(said: str, language: str) -> None:
    offers = list(MENUS[language].values())
    there = understand(said, offers, language)
    back = understand(said, offers[::-1], language)
    assert there == (None if back is None else len(offers) - 1 - back)


@given(SAID)
def test_a_phrase_that_two_choices_share_means_neither(said: str) -> None:
    assert understand(said, [["余额", "lost card"], ["lost card", "余额"]], "zh-CN") is None


@pytest.mark.parametrize(
    ("said", "choice"),
    [
        ("嗯好的", 1),
        ("对对对", 1),
        ("好的，谢谢", 1),
        ("不要", 0),
        ("不是不要", None),
        ("好，不要", None),
        ("好的确认一下再说", None),
        ("", None),
        ("嗯", None),
        ("Yes, please.", 1),
        ("uh yes thank you", 1),
        ("yes but no", None),
    ],
)
def test_a_whole_answer_is_nothing_but_the_phrase_and_courtesy(said: str, choice: int | None) -> None:
    offers = [["不", "不要", "不是", "no"], ["对", "好", "好的", "确认", "yes"]]
    assert understand(said, offers, "zh-CN", whole=True) == choice


def test_what_callers_say_is_not_kept() -> None:
    understand("我的密码是一三五七九零", [["余额"]], "zh-CN")
    understand("一三五七九零", [["余额"]], "zh-CN", whole=True)
    before = phrases._offered.cache_info().currsize
    understand("我的密码是二四六八一三", [["余额"]], "zh-CN")
    assert phrases._offered.cache_info().currsize == before


@pytest.mark.parametrize("language", sorted(MENUS))
def test_only_looking_for_phrases_that_may_be_there_finds_the_same(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = phrases._begun
    rng, offers = random.Random(language), list(MENUS[language].values())
    words = [word for menu in MENUS.values() for offer in menu.values() for phrase in offer for word in phrase.split()]
    words += ["不要", "我想", "not", "my", "嗯", "一下", "卡", "card", "", "吗", "错"]
    places = set()
    for _ in range(1500):
        said = rng.choice(("", " ")).join(rng.choices(words, k=rng.randrange(1, 4)))
        monkeypatch.setattr(phrases, "_begun", begun)
        place = understand(said, offers, language)
        monkeypatch.setattr(phrases, "_begun", lambda every, _: every)
        assert place == understand(said, offers, language), said
        places.add(place)
    assert places == {None, *range(len(offers))}


@pytest.mark.parametrize(
    ("said", "phrase", "heard"),
    [
        ("我的卡昨天好像掉了丢了", "卡…丢", True),
        ("我的卡没有丢", "卡…丢", False),
        ("卡在家里。钱包丢了", "卡…丢", False),
        ("丢了卡", "卡…丢", False),
        ("how much do I still owe on it", "how much…owe", True),
        ("how much do I not owe", "how much…owe", False),
    ],
)
def test_other_words_may_stand_in_the_gap_of_a_phrase(said: str, phrase: str, heard: bool) -> None:
    language = "zh-CN" if "卡" in phrase else "en-US"
    assert (understand(said, [[phrase]], language) == 0) is heard


@pytest.mark.parametrize("said", ["不查转账限额", "我不看交易明细", "我不想知道限额", "限额就不查了"])
def test_a_refusal_holds_for_a_whole_name(said: str) -> None:
    assert understand(said, [["限额", "转账限额"], ["交易", "明细"]], "zh-CN") is None


def test_a_question_by_a_verb_and_its_negation_is_no_negation() -> None:
    assert understand("你们星期天上不上班", [["上班"]], "zh-CN") == 0
