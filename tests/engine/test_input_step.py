"""What all listening steps share: ladders, budgets, universals, keys ahead, speech."""

from __future__ import annotations

import pytest

from ivr.engine.inputs import DialEnded, Recorded, Resumed
from ivr.engine.verbs import Dial, Gather

from .fixtures import Bank

MENU = """
  start:
    prompt: 请选择服务。
    short: 还要什么？
    menu:
      - {label: 余额, phrases: [还有多少钱], goto: one}
      - {label: 挂失, goto: two}
  one: {say: 这是一。, next: leaf}
  two: {say: 这是二。, next: leaf}
  leaf:
    menu:
      - {label: 再听, goto: one}
      - {label: 主菜单, do: main_menu}
"""
GLOBALS = """
globals:
  - {key: "0", label: 人工服务, phrases: [人工], goto: agent}
  - {key: star, do: back}
  - {key: pound, do: repeat}
  - {key: "7", do: help}
"""


def test_a_menu_speaks_its_choices_function_first_and_the_agent_last(phone):
    assert phone(MENU, head=GLOBALS).heard == "请选择服务。余额，请按1；挂失，请按2；人工服务，请按0。"


def test_an_elderly_menu_speaks_the_agent_first_with_a_pause_behind_each_choice(phone):
    call = phone(MENU, head="profile: elderly\n" + GLOBALS)
    assert call.heard == "请选择服务。人工服务，请按0。余额，请按1。挂失，请按2。"
    assert call.pauses == 2


def test_a_key_leads_to_its_step_and_the_short_prompt_is_heard_on_return(phone):
    call = phone(MENU, head=GLOBALS).press("1")
    assert call.heard.startswith("这是一。再听，请按1")
    assert call.press("2").heard.startswith("还要什么？余额")


def test_silence_climbs_the_ladder_and_ends_with_a_person(phone):
    call = phone(MENU, head=GLOBALS).stay_silent()
    assert call.heard.startswith("还没有收到您的选择。")
    assert call.stay_silent().heard.startswith("请听完选项")
    assert isinstance(call.stay_silent().closing, Dial)


def test_silence_and_wrong_keys_share_one_count(phone):
    call = phone(MENU, head=GLOBALS).stay_silent().press("9")
    assert isinstance(call.press("9").closing, Dial)


def test_an_editor_s_own_ladder_is_heard_rung_by_rung(phone):
    steps = MENU.replace(
        "    prompt: 请选择服务。",
        "    prompt: 请选择服务。\n    no_input: [第一次。, 第二次。]\n    no_match: 不对哦。",
    )
    assert phone(steps, head=GLOBALS).stay_silent().heard.startswith("第一次。")
    assert phone(steps, head=GLOBALS).stay_silent().stay_silent().heard.startswith("第二次。")
    assert phone(steps, head=GLOBALS).press("9").heard.startswith("不对哦。")


def test_the_call_s_error_budget_holds_over_steps(phone):
    call = phone(MENU, head=GLOBALS).stay_silent().stay_silent().press("1").stay_silent().stay_silent()
    assert call.call.errors == 4
    assert isinstance(call.press("*").press("9").closing, Dial)


def test_failure_goes_where_the_editor_says(phone):
    steps = MENU.replace("    prompt: 请选择服务。", "    prompt: 请选择服务。\n    tries: 1\n    on_failure: two")
    assert phone(steps, head=GLOBALS).stay_silent().heard.startswith("这是二。")


def test_silence_can_lead_somewhere_at_once(phone):
    steps = MENU.replace("    prompt: 请选择服务。", "    prompt: 请选择服务。\n    on_no_input: two")
    assert phone(steps, head=GLOBALS).stay_silent().heard.startswith("这是二。")
    assert phone(steps, head=GLOBALS).press("9").heard.startswith("请再选一次。")


@pytest.mark.parametrize("keys", ["0", "0123456"])
def test_zero_is_a_person_everywhere(phone, keys):
    assert phone(MENU, head=GLOBALS).press(keys).closing.number == "+861000000001"
    assert isinstance(phone(MENU).press(keys).closing, Dial), "also where no global says so"


def test_back_from_a_menu_that_was_heard_twice_does_not_lead_to_itself(phone):
    call = phone(MENU, head=GLOBALS).press("1").press("1").press("1")
    assert call.step == "leaf"
    assert call.press("*").step == "start"


def test_back_returns_through_the_menus_that_were_left(phone):
    call = phone(MENU, head=GLOBALS).press("2").press("*")
    assert call.step == "start"
    assert call.press("*").step == "start", "back at the top stays there"


def test_repeat_says_the_same_again_and_counts_nothing(phone):
    call = phone(MENU, head=GLOBALS).press("1")
    told = call.heard
    assert call.press("#").heard == told == "这是一。再听，请按1；主菜单，请按2；人工服务，请按0。"
    assert call.call.errors == 0
    call.press("1").press("9")
    assert call.press("#").heard == told, "also after a slip"


def test_help_explains_and_asks_again(phone):
    assert phone(MENU, head=GLOBALS).press("7").heard.startswith("听到选项后，请按对应的数字键。")


def test_keys_pressed_ahead_run_through_the_steps_in_order(phone):
    call = phone(MENU, head=GLOBALS).press("121")
    assert call.step == "leaf"
    assert [e["step"] for e in call.events("outcome") if e["flow"] == "test"][:2] == ["start", "one"]


def test_a_step_that_drops_keys_ahead_asks_anew(phone):
    steps = MENU.replace("  leaf:\n", "  leaf:\n    type_ahead: drop\n")
    call = phone(steps, head=GLOBALS).press("12")
    assert call.step == "leaf"
    assert call.call.keys_ahead == ""


def test_an_error_drops_the_keys_behind_it(phone):
    call = phone(MENU, head=GLOBALS).press("9111")
    assert call.step == "start"
    assert call.call.keys_ahead == ""


@pytest.mark.parametrize("words", ["余额", "我想查余额。", "还有 多少钱", "１", "按一", "一"])
def test_words_choose_as_keys_do(phone, words):
    assert phone(MENU, head=GLOBALS).speak(words).heard.startswith("这是一。")


def test_what_was_heard_badly_is_no_choice_but_a_person_is_never_refused(phone):
    assert phone(MENU, head=GLOBALS).speak("余额", 0.1).heard.startswith("请再选一次。")
    assert isinstance(phone(MENU, head=GLOBALS).speak("转人工", 0.05).closing, Dial)


def test_a_recogniser_without_confidence_is_believed(phone):
    assert phone(MENU, head=GLOBALS).speak("挂失", None).heard.startswith("这是二。")


def test_a_gather_waits_as_the_profile_or_the_editor_says(phone):
    assert phone(MENU).closing.first_timeout == 5
    assert phone(MENU, head="profile: elderly").closing.first_timeout == 8
    own = MENU.replace(
        "    prompt: 请选择服务。", "    prompt: 请选择服务。\n    timeout: 12s\n    inter_digit_timeout: 6s"
    )
    assert (phone(own).closing.first_timeout, phone(own).closing.inter_digit_timeout) == (12, 6)


def test_hints_hold_the_phrases_on_offer_those_of_the_globals_and_the_words_for_a_person(phone):
    closing = phone(MENU, head=GLOBALS).closing
    assert isinstance(closing, Gather)
    assert closing.hearing is not None
    assert closing.hearing.hints[:3] == ("余额", "挂失", "人工服务")  # labels first
    assert {"还有多少钱", "人工", "真人", "有人吗", "被骗", "安全账户"} < set(closing.hearing.hints)


def test_a_step_without_speech_expects_none(phone):
    steps = MENU.replace("    prompt: 请选择服务。", "    prompt: 请选择服务。\n    speech: no")
    call = phone(steps, head=GLOBALS)
    assert call.closing.hearing is None
    assert call.speak("余额").heard.startswith("这一步请用电话按键。请选择服务。")


def test_a_late_request_hears_where_the_call_stands_and_counts_nothing(phone):
    call = phone(MENU, head=GLOBALS).press("1").give(Resumed())
    assert call.heard == "这是一。再听，请按1；主菜单，请按2；人工服务，请按0。"
    assert call.call.errors == 0


@pytest.mark.parametrize("given", [DialEnded("busy"), Recorded("http://x", 3.0)])
def test_an_answer_of_the_wrong_kind_counts_as_silence(phone, given):
    assert phone(MENU, head=GLOBALS).give(given).heard.startswith("还没有收到您的选择。")


RATES = """
globals:
  - {key: "7", do: slower}
  - {key: "8", do: faster}
  - {key: "6", phrases: [等一下], do: wait}
"""


def test_callers_choose_how_fast_they_are_spoken_to_and_it_is_kept(phone):
    bank = Bank({"memory.keep": {}})
    call = phone(MENU, head=RATES, bank=bank, attestation="A").press("7")
    assert {p.rate for p in call.closing.prompts} == {0.85}
    assert call.press("8").press("8").press("8").press("8").press("8").closing.prompts[0].rate == 1.3
    assert next(question["rate"] for source, question, _ in bank.asked if source == "memory.keep") == "0.85"


@pytest.mark.parametrize("attestation", ["", "B", "C", "failed"])
def test_what_a_caller_chooses_is_not_kept_of_a_number_that_may_be_another_person_s(phone, attestation):
    bank = Bank({"memory.keep": {}})
    call = phone(MENU, head=RATES, bank=bank, attestation=attestation).press("7")
    assert {p.rate for p in call.closing.prompts} == {0.85}
    assert not [source for source, _, _ in bank.asked if source == "memory.keep"]


def test_what_a_number_chose_before_holds_from_the_first_word(phone):
    bank = Bank({"memory.recall": {"rate": 0.8, "profile": "elderly"}})
    call = phone("  start: {prompt: 您好。, menu: [{label: 余额, goto: bye}]}\n", bank=bank)
    assert call.heard.startswith("您好。")
    assert call.closing.prompts[0].rate == 0.8
    assert call.call.facts.caller["profile"] == "elderly"


def test_a_caller_who_needs_a_minute_gets_one_and_nothing_is_counted(phone):
    call = phone(MENU, head=RATES).press("6")
    assert (call.heard, call.closing.first_timeout) == ("好的，我等您一分钟。", 60)
    assert call.stay_silent().heard.startswith("请选择服务。")
    assert call.call.errors == 0
    assert call.closing.first_timeout == 5
    assert phone(MENU, head=RATES).speak("等一下").closing.first_timeout == 60


AHEAD = """
  start:
    menu: [{label: 余额, goto: second}, {label: 日期, goto: day}, {key: "9", label: 帮助, do: help}]
    tries: 2
    on_failure: second
  second: {menu: [{label: 甲, goto: first_of}, {label: 乙, goto: second_of}]}
  first_of: {hangup: 甲。}
  second_of: {hangup: 乙。}
  day: {collect: date, as: day, prompt: 请输入日期。, tries: 1, on_failure: second, next: second}
"""


def test_keys_behind_a_choice_answer_the_next_question(phone):
    assert phone(AHEAD).press("12").heard == "乙。"


def test_keys_behind_a_request_for_help_do_not_wait_for_a_later_question(phone):
    call = phone(AHEAD).press("92")
    assert call.call.keys_ahead == ""
    assert call.press("7").speak("余额").step == "second"


def test_keys_behind_a_wrong_key_do_not_answer_the_next_question(phone):
    assert phone(AHEAD).press("72").press("72").step == "second"


def test_keys_behind_a_wrong_entry_do_not_answer_the_next_question(phone):
    call = phone(AHEAD).press("2").press("202602302")
    assert (call.step, call.call.keys_ahead) == ("second", "")
