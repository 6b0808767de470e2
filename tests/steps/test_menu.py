"""The step `menu`: what is offered to whom and in which words, and what is kept of a choice."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec.structs import replace as changed

from ivr.engine.call import ProvenIdentity
from ivr.engine.verbs import Say
from ivr.errors import LookupFailed
from tests.engine.fixtures import Bank

MENU = """
  start: {frequent_first: yes, prompt: 您好。, short: 还有吗？, menu: [{label: 余额, goto: start, reason: balance},
    {label: 网点, goto: start, reason: branches}, {label: 限额, goto: start, reason: limits},
    {label: 简单, goto: simple}]}
  simple: {lookup: {from: memory.keep, with: {number: caller.number, profile: '"elderly"'}, on_error: door}, next: door}
  door: {branch: [{when: caller.profile == "elderly", goto: other}, {goto: start}]}
  other: {menu: [{label: 慢, goto: start}]}
"""


def bank(age: int = 30, **recalled: object) -> Bank:
    kept = {"reasons": ["limits", "balance"], **recalled}
    return Bank({"memory.recall": kept, "bank.caller": {"age": age, "segment": "standard"}, "memory.keep": {}})


def proved(phone, bank):
    """Return a call whose caller has proved an identity, from then on."""
    call = phone(MENU, bank=bank)
    call.reply = replace(call.reply, call=changed(call.call, identity=ProvenIdentity(1, "C1", call.now + 600)))
    return call


def test_a_verified_customer_hears_first_what_they_often_want_with_the_keys_of_the_menu(phone):
    first, then = proved(phone, bank()).press("2").heard.split("您常用的：")[1].split("。", 1)
    assert first == "余额，请按1；限额，请按3"
    assert then.startswith("余额，请按1；网点，请按2；限额，请按3；")


def test_it_is_said_once_and_without_what_the_call_was_about(phone):
    call = proved(phone, bank()).press("1")
    assert "您常用的：限额，请按3。" in call.heard
    assert "常用" not in call.press("2").heard


def test_a_shown_number_hears_nothing_of_its_owner_s_habits_and_no_flow_reads_them(phone):
    steps = MENU.replace("{label: 简单,", "{label: 秘密, when: caller.frequent, goto: simple}, {label: 简单,")
    call = phone(steps, bank=bank())
    assert "常用" not in call.heard
    assert "秘密" not in call.heard
    assert "常用" not in call.press("1").heard


@pytest.mark.parametrize(
    "other",
    [bank(age=65), bank(reasons=[]), bank(reasons=["pin"]), Bank({"memory.recall": {"reasons": ["limits"]}})],
    ids=["elderly", "nothing", "not in this menu", "no customer"],
)
def test_nobody_else_hears_it(phone, other):
    assert "常用" not in proved(phone, other).press("2").heard


def test_what_is_chosen_holds_in_this_call_even_if_it_cannot_be_kept(phone):
    forgetful = bank()
    forgetful.answers["memory.keep"] = LookupFailed("gone")
    for one in (bank(), forgetful):
        call = proved(phone, one).press("4")
        assert call.step == "other"
        assert "常用" not in call.press("1").heard
        assert sum(source == "memory.recall" for source, _, _ in one.asked) == 1


def test_what_a_caller_without_proof_chooses_holds_in_this_call_and_is_not_kept(phone):
    other = bank()
    call = phone(MENU, bank=other).press("1").press("4")
    assert call.step == "other"
    kept = [fields for source, fields, _ in other.asked if source == "memory.keep"]
    assert all(set(fields) <= {"number", "segment", "age_band"} for fields in kept), "the bank's record of the number"


def test_what_was_chosen_survives_a_bank_that_is_asked_anew(phone):
    down = Bank({"bank.caller": LookupFailed("gone")})
    steps = MENU + "  proof: {requires: L1, say: 好。, next: start}\n"
    steps = steps.replace("{label: 慢, goto: start}", "{label: 慢, goto: proof}")
    call = phone(steps, bank=down).press("4")
    down.answers["bank.caller"] = {"age": 30}
    assert call.press("1").call.facts.caller["profile"] == "elderly"
    assert call.call.facts.caller["known"]


def test_a_menu_forgets_what_it_kept_when_a_choice_without_a_value_is_taken(phone):
    steps = """
  start: {as: about, menu: [{label: 产品, goto: back, value: product}, {label: 别的, goto: back}]}
  back: {branch: [{when: about == "product", goto: start}, {when: about == none, goto: nothing}, {goto: bye}]}
  nothing: {hangup: 没有。}
"""
    call = phone(steps).press("1")
    assert call.press("2").heard == "没有。"


def test_the_longest_phrase_wins(phone):
    steps = """
  start:
    menu:
      - {label: 卡, goto: one}
      - {label: 信用卡, goto: two}
  one: {hangup: 一。}
  two: {hangup: 二。}
"""
    assert phone(steps).speak("我的信用卡").heard == "二。"


def test_a_choice_with_a_condition_is_only_there_while_it_holds(phone):
    steps = """
  start:
    menu:
      - {label: 贵宾, when: caller.segment == "vip", goto: one}
      - {label: 其他, goto: two}
  one: {hangup: 一。}
  two: {hangup: 二。}
"""
    call = phone(steps)
    assert call.heard == "其他，请按2。"
    assert call.press("1").heard.startswith("请再选一次。")


LANGUAGES = """
  start:
    prompt: {zh-CN: 您好。, en-US: Hello.}
    menu:
      - {label: {zh-CN: 余额, en-US: your balance}, goto: one}
      - {key: "8", do: language}
  one:
    menu:
      - {label: {zh-CN: 再听, en-US: that again}, goto: one}
      - {label: {zh-CN: 从头来, en-US: To start over}, goto: start}
      - {key: "8", do: language}
"""


def test_the_other_language_is_offered_in_its_own_words_and_voice(phone):
    prompts = phone(LANGUAGES).closing.prompts
    assert prompts[1] == Say("For English, press 8.", "en-US"), "who needs it understands nothing else"


def test_a_caller_who_changes_the_language_stays_where_they_are(phone):
    call = phone(LANGUAGES).press("1").press("8")
    assert call.step == "one"
    assert call.heard == "普通话服务，请按8。For that again, press 1; To start over, press 2."
    assert call.press("8").heard.endswith("再听，请按1；从头来，请按2。")


def test_a_menu_with_every_choice_hidden_goes_on_at_once(phone):
    steps = """
  start: {menu: [{label: 余额, when: caller.known, goto: start}], on_failure: other}
  other: {menu: [{label: 慢, goto: start}]}
"""
    assert phone(steps, bank=Bank({"bank.caller": LookupFailed("no", missing=True)})).step == "other"
