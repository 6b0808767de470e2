"""What callers chose, now or in earlier calls: it holds at once, and customers hear first what they often want."""

from __future__ import annotations

import pytest

from ivr.errors import LookupFailed

from .fixtures import Bank

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


def test_a_customer_hears_first_what_they_often_want_with_the_keys_of_the_menu(phone):
    first, then = phone(MENU, bank=bank()).heard.split("您常用的：")[1].split("。", 1)
    assert first == "余额，请按1；限额，请按3"
    assert then.startswith("余额，请按1；网点，请按2；限额，请按3；")


def test_it_is_said_once_and_not_when_the_caller_comes_back(phone):
    assert "常用" not in phone(MENU, bank=bank()).press("1").heard


@pytest.mark.parametrize(
    "other",
    [bank(age=65), bank(reasons=[]), bank(reasons=["pin"]), Bank({"memory.recall": {"reasons": ["limits"]}})],
    ids=["elderly", "nothing", "not in this menu", "no customer"],
)
def test_nobody_else_hears_it(phone, other):
    assert "常用" not in phone(MENU, bank=other).heard


def test_what_is_chosen_holds_in_this_call_even_if_it_cannot_be_kept(phone):
    forgetful = bank()
    forgetful.answers["memory.keep"] = LookupFailed("gone")
    for one in (bank(), forgetful):
        call = phone(MENU, bank=one).press("4")
        assert call.step == "other"
        assert "常用" not in call.press("1").heard
        assert sum(source == "memory.recall" for source, _, _ in one.asked) == 1


def test_what_was_chosen_survives_a_bank_that_is_asked_anew(phone):
    down = Bank({"bank.caller": LookupFailed("gone")})
    steps = MENU + "  proof: {requires: L1, say: 好。, next: start}\n"
    steps = steps.replace("{label: 慢, goto: start}", "{label: 慢, goto: proof}")
    call = phone(steps, bank=down).press("4")
    down.answers["bank.caller"] = {"age": 30}
    assert call.press("1").call.facts["caller"]["profile"] == "elderly"
    assert call.call.facts["caller"]["known"]
