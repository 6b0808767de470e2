"""Entries, choices and answers by voice, in the engine: what is taken, what is asked again, who gets a person."""

from __future__ import annotations

import pytest

from ivr.engine.verbs import Dial

ENTRIES = """
  start: {{collect: {kind}, as: it, prompt: 请说。, next: tell}}
  tell: {{hangup: "{{it|{spoken}}}。"}}
"""
ENGLISH = """
  start: {{collect: {kind}, as: it, prompt: {{en-US: Please., zh-CN: 请说。}}, next: tell}}
  tell: {{hangup: {{en-US: "{{it|{spoken}}}.", zh-CN: 好。}}}}
"""
AGENT = """
globals:
  - {key: "0", label: 人工服务, phrases: [专员], goto: agent}
"""


@pytest.mark.parametrize(
    ("kind", "said", "heard"),
    [
        ("amount", "嗯一万二千三百四十五块六", "一万二千三百四十五元六角。"),
        ("amount", "一万二", "一万二千元整。"),
        ("amount", "12345.60元", "一万二千三百四十五元六角。"),
        ("date", "明天", "二零二六年十一月二十三日。"),
        ("date", "下周一", "二零二六年十一月二十三日。"),
        ("date", "一九五四年六月二十一号", "一九五四年六月二十一日。"),
        ("phone", "幺三八零零幺三八零零零", "幺三八 零零幺三 八零零零。"),
        ("digits", "尾号零幺二八", "零幺二八。"),
    ],
)
def test_an_entry_is_spoken_and_read_back(phone, kind, said, heard):
    call = phone(ENTRIES.format(kind=kind, spoken=kind))  # a Sunday: 2026-11-22
    assert call.speak(said).heard == heard


@pytest.mark.parametrize(
    ("kind", "said", "heard"),
    [
        ("amount", "twelve hundred yuan", "one thousand two hundred yuan."),
        ("date", "the twenty first of november", "November twenty-first, twenty twenty-six."),
        ("phone", "nine double five eight zero", "nine five five eight zero."),
    ],
)
def test_an_entry_is_spoken_in_english(phone, kind, said, heard):
    call = phone(ENGLISH.format(kind=kind, spoken=kind), head="language: en-US")
    assert call.speak(said).heard == heard


TAIL = """
  start: {collect: digits, min: 4, max: 4, as: it, prompt: 尾号。, next: tell}
  tell: {hangup: "{it|card_tail}。"}
"""


@pytest.mark.parametrize("said", ["幺二三四五", "幺二三", "一万二", "我不知道", "二零二六年"])
def test_what_does_not_fit_the_entry_is_asked_again_and_nothing_is_kept_ahead(phone, said):
    call = phone(TAIL).speak(said)
    assert call.heard.endswith("尾号。")
    assert call.step == "start"
    assert call.call.keys_ahead == ""


def test_what_is_said_counts_whole_and_not_behind_what_was_typed(phone):
    assert phone(TAIL).press("99*1").speak("零幺二八").heard == "零幺二八。"


def test_an_amount_of_nothing_is_asked_again(phone):
    call = phone(ENTRIES.format(kind="amount", spoken="amount")).speak("零元")
    assert call.step == "start"


@pytest.mark.parametrize("kind", ["pin", "card", "id"])
def test_a_secret_that_is_said_is_not_taken_and_not_kept(phone, kind):
    steps = f"  start: {{collect: {kind}, as: it, prompt: 请输入。, next: tell}}\n  tell: {{hangup: 好。}}\n"
    call = phone(steps).speak("六二一七零零零零零零零零一零零零一二八" if kind == "card" else "一三五七九零")
    assert call.step == "start"
    assert "135790" not in repr(call.call)
    assert "6217" not in repr(call.call)


SECRET = "  start: {collect: pin, as: it, prompt: 密码。, next: tell}\n  tell: {hangup: 好。}\n"
QUIET = "  start: {speech: no, menu: [{label: 人工挂失, goto: tell}]}\n  tell: {hangup: 挂失了。}\n"
MENU = "  start: {menu: [{label: 人工挂失, goto: tell}]}\n  tell: {hangup: 挂失了。}\n"
CONFIRM = "  start: {confirm: 锁卡吗？, yes: tell, no: kept}\n  tell: {hangup: 锁了。}\n  kept: {hangup: 没锁。}\n"
SURVEY = "  start: {survey: satisfaction, next: tell}\n  tell: {hangup: 谢谢。}\n"
AMOUNT = ENTRIES.format(kind="amount", spoken="amount")


@pytest.mark.parametrize("steps", [SECRET, QUIET, MENU, CONFIRM, SURVEY, AMOUNT, TAIL])
@pytest.mark.parametrize(
    ("said", "head"), [("人工", ""), ("转人工吧", AGENT), ("喂有人吗", ""), ("有人吗", AGENT), ("专员", AGENT)]
)
def test_who_asks_for_a_person_gets_one_at_any_step_at_once_however_badly_heard(phone, steps, said, head):
    assert isinstance(phone(steps, head=head).speak(said, 0.01).closing, Dial)


@pytest.mark.parametrize("steps", [SECRET, MENU, CONFIRM, AMOUNT])
def test_who_refuses_a_person_stays(phone, steps):
    call = phone(steps, head=AGENT).speak("不要转人工")
    assert (call.step, isinstance(call.closing, Dial)) == ("start", False)


@pytest.mark.parametrize(
    ("said", "confidence", "heard"),
    [
        ("是的", 0.9, "锁了。"),
        ("嗯，好的", None, "锁了。"),
        ("对对对", 0.6, "锁了。"),
        ("是的", 0.59, None),
        ("不要", 0.31, "没锁。"),
        ("不要", 0.29, None),
        ("好，不要", 0.9, None),
    ],
)
def test_a_yes_must_be_heard_surely_a_no_need_not(phone, said, confidence, heard):
    call = phone(CONFIRM).speak(said, confidence)
    assert (call.heard == heard) if heard else call.heard.startswith("请再选一次。")


CHOICES = """
  start:
    menu:
      - {label: 查询余额, phrases: [余额], goto: one}
      - {label: 挂失, goto: two}
      - {label: 重复播放, phrases: [明细], goto: three}
  one: {hangup: 一。}
  two: {hangup: 二。}
  three: {hangup: 三。}
"""
REPEAT = """
globals:
  - {key: pound, phrases: [重复, 再说一遍], do: repeat}
  - {key: star, phrases: [返回], do: back}
"""


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("我要查鱼鹅", "一。"),
        ("不是余额是挂失", "二。"),
        ("选二", "二。"),
        ("第三个", "三。"),
        ("重复播放", "三。"),
        ("再说一遍", "查询余额"),
        ("余额，再说一遍", "一。"),
        ("余额和挂失", "请再选一次。"),
        ("不要余额", "请再选一次。"),
    ],
)
def test_a_choice_is_taken_where_it_was_clearly_meant(phone, said, heard):
    assert phone(CHOICES, head=REPEAT).speak(said).heard.startswith(heard)


EVERYWHERE = """
  start: {menu: [{label: 密码, goto: pin}, {label: 金额, goto: sum}, {label: 确认, goto: sure}]}
  pin: {collect: pin, as: secret, prompt: 请输入密码。, next: start}
  sum: {collect: amount, as: sum, prompt: 请输入金额。, next: start}
  sure: {confirm: 好吗。, yes: start, no: start}
"""


@pytest.mark.parametrize("key", ["", "1", "2", "3"])
@pytest.mark.parametrize("said", ["我被骗了", "有人冒充公安让我把钱转到安全账户", "I think this is a scam"])
def test_who_tells_of_a_fraud_is_warned_and_goes_before_all_others(phone, key, said):
    english = said.isascii()
    call = phone(EVERYWHERE, head="language: en-US" if english else "")
    if key:
        call.press(key)
    call.speak(said, confidence=0.7)
    assert call.heard.startswith("Please transfer no money" if english else "请您不要转账")
    assert not call.closing.prompts[0].barge_in
    assert isinstance(call.closing, Dial)
    assert call.call.transfer.priority == "fraud"


@pytest.mark.parametrize("said", ["我没有被骗", "没有人冒充", "别人说的", "这不是诈骗"])
def test_who_denies_a_fraud_is_asked_again(phone, said):
    assert phone(EVERYWHERE).speak(said).step == "start"


def test_who_speaks_where_only_keys_count_hears_so_the_first_time(phone):
    assert phone(EVERYWHERE).press("1").speak("我想想").heard == "这一步请用电话按键。请输入密码。"
    assert phone(EVERYWHERE).press("1").stay_silent().heard.startswith("这一步请用电话按键。")


def test_a_confidence_of_zero_is_none_at_all(phone):
    assert phone(EVERYWHERE).speak("金额", confidence=0.0).step == "sum"


@pytest.mark.parametrize(("said", "step"), [("to", "sum"), ("too.", "sum"), ("won", "pin"), ("for", "start")])
def test_a_word_that_sounds_like_a_digit_is_the_key(phone, said, step):
    assert phone(EVERYWHERE, head="language: en-US").speak(said).step == step
