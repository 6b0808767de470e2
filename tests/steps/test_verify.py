"""The step `verify`: proof once, in front of what needs it, in three tries, and without a trace of what was typed."""

from __future__ import annotations

import msgspec
import pytest

from ivr.engine.turn import IDENTITY_SECONDS
from ivr.engine.verbs import Dial, Gather
from ivr.errors import LookupFailed
from ivr.secret import Secret
from tests.engine.fixtures import Bank

STEPS = """
  start: {menu: [{label: 余额, goto: balance}, {label: 明细, goto: more}]}
  balance: {requires: L1, lookup: {from: bank.balance, as: account, on_error: bye}, next: tell}
  tell: {say: "余额{account.balance|amount}。", next: start}
  more: {requires: L1, say: 明细。, next: start}
"""


def bank_of(pin: str = "135790", **more) -> Bank:
    def verify(question):
        card = question.get("card") == "4111111111111111" or question.get("card_tail") == "0128"
        good = card and question["pin"] == pin
        return {"verified": True, "customer": "C1", "card": {"tail": "0128"}} if good else {"verified": False}

    return Bank(
        {"bank.caller": {"segment": "standard"}, "bank.verify": verify, "bank.balance": {"balance": "5"}, **more}
    )


def test_a_protected_step_asks_first_and_then_goes_on_by_itself(phone):
    call = phone(STEPS, bank=bank_of()).press("1")
    assert call.heard == "请输入您的银行卡号，以井号键结束。用登记的手机来电，可以只输最后四位数字。"
    assert call.press("0128").heard.startswith("请输入六位查询密码。")
    assert call.press("135790").heard.startswith("好的，核对完成。余额五元整。")
    assert call.call.identity.level == 1


def test_a_verified_caller_is_not_asked_again_until_it_expires(phone):
    call = phone(STEPS, bank=bank_of()).press("1").press("0128").press("135790")
    assert call.press("2").heard.startswith("明细。")
    call.now += IDENTITY_SECONDS + 1
    assert call.press("2").heard == "请输入您的银行卡号，以井号键结束。用登记的手机来电，可以只输最后四位数字。"


def test_three_wrong_answers_lead_to_a_person_with_the_same_words_each_time(phone):
    call = phone(STEPS, bank=bank_of()).press("1").press("0128").press("111111")
    again = call.heard
    assert again.startswith("信息没有核对上。")
    assert call.press("222222").heard == again
    assert call.press("333333").heard.startswith("信息没有核对上，由人工为您核实。")
    assert isinstance(call.closing, Dial)


def test_the_tries_are_counted_over_the_whole_call(phone):
    call = phone(STEPS, bank=bank_of()).press("1").press("0128").press("111111").press("222222")
    assert call.call.tries == {"verify": 2}
    assert isinstance(call.press("*0").closing, Dial)


def test_an_unknown_tail_and_a_wrong_pin_sound_the_same(phone):
    one = phone(STEPS, bank=bank_of()).press("1").press("0128").press("111111")
    other = phone(STEPS, bank=bank_of()).press("1").press("9999").press("135790")
    assert one.heard == other.heard


def test_the_card_can_be_corrected_by_star_or_by_typing_its_tail(phone):
    for correction in ("*", "0128"):
        call = phone(STEPS, bank=bank_of()).press("1").press("9999").press("135790").press(correction)
        if correction == "*":
            call.press("0128")
        assert call.press("135790").call.identity.level == 1


def test_a_star_clears_and_keys_that_the_carrier_cuts_off_are_filled_up_in_silence(phone):
    call = phone(STEPS, bank=bank_of()).press("1").press("12*0")
    assert call.heard == ""
    assert call.press("128").heard.startswith("请输入六位查询密码。")
    call.press("99*13")
    assert isinstance(call.call.frame.scratch["begun"], Secret)
    assert call.press("5790").call.identity.level == 1


def test_an_entry_that_stays_begun_counts_as_one_slip(phone):
    call = phone(STEPS, bank=bank_of()).press("1").press("12*01").stay_silent()
    assert call.heard.startswith("还没有收到您的输入。")
    assert call.call.errors == 1


def test_a_slip_costs_no_try(phone):
    call = phone(STEPS, bank=bank_of()).press("1").press("0128").press("13579")
    assert call.heard.startswith("查询密码是六位数字。")
    assert call.call.tries == {}


def test_a_caller_whom_the_bank_does_not_know_gives_the_whole_card(phone):
    bank = bank_of()
    del bank.answers["bank.caller"]
    call = phone(STEPS, bank=bank).press("1")
    assert call.heard == "请输入您的银行卡号，以井号键结束。用登记的手机来电，可以只输最后四位数字。"
    assert call.press("4111111111111112").heard.startswith("收到的卡号和卡面有出入。请核对一下。")
    assert isinstance(call.press("4111111111111111").call.frame.scratch["claim"], Secret)
    assert call.press("135790").call.identity.level == 1


@pytest.mark.parametrize("steps", [STEPS, ""], ids=["card", "id"])
def test_a_customer_and_a_stranger_hear_the_same_words_at_each_wrong_answer(phone, steps):
    heard = []
    for known in (True, False):
        bank = bank_of()
        if not known:
            del bank.answers["bank.caller"]
        call = phone(steps or BY_ID, bank=bank).press("1")
        words = [call.heard]
        for keys in ("999", "9999#", "111111", "9998", "222222", "333333"):
            words.append(call.press(keys).heard)
        heard.append(words)
        assert isinstance(call.closing, Dial)
    assert heard[0] == heard[1]


def test_a_customer_at_the_telephone_on_file_may_give_the_whole_card_too(phone):
    call = phone(STEPS, bank=bank_of()).press("1").press("4111111111111111#").press("135790")
    assert call.call.identity.level == 1


def test_keys_pressed_ahead_never_reach_a_secure_step(phone):
    call = phone(STEPS, bank=bank_of()).press("10128135790")
    assert call.heard == "请输入您的银行卡号，以井号键结束。用登记的手机来电，可以只输最后四位数字。"
    assert call.call.keys_ahead == ""


def test_a_pin_with_keys_behind_it_is_one_try(phone):
    call = phone(STEPS, bank=bank_of()).press("1").press("0128").press("111111135790")
    assert call.call.tries == {"verify": 1}
    assert call.call.identity.level == 0


def test_a_bank_that_is_gone_leads_to_a_person_and_says_so(phone):
    bank = bank_of(**{"bank.verify": LookupFailed("gone")})
    call = phone(STEPS, bank=bank).press("1").press("0128").press("135790")
    assert call.heard.startswith("查询系统暂时没有回应，由人工为您办理。")
    assert isinstance(call.closing, Dial)


def test_what_is_typed_is_secret_by_key_only_and_has_time(phone):
    call = phone(STEPS, bank=bank_of()).press("1")
    assert isinstance(call.closing, Gather)
    assert (call.closing.secret, call.closing.hearing, call.closing.first_timeout) == (True, None, 10)
    assert call.speak("零一二八").heard.startswith("这一步请用电话按键。")


@pytest.mark.parametrize("asked", ["1", "2"])
def test_nothing_typed_stays_in_the_call_after_it_was_checked(phone, asked):
    call = phone(STEPS, bank=bank_of()).press(asked).press("0128").press("135790")
    assert "135790" not in str(msgspec.structs.asdict(call.call)) + str(call.call.frame.scratch)
    assert "claim" not in call.call.frame.scratch


def test_the_bank_is_asked_with_the_verified_customer_and_never_without(phone):
    bank = bank_of()
    phone(STEPS, bank=bank).press("1").press("0128").press("135790")
    (question,) = [question for source, question, _ in bank.asked if source == "bank.balance"]
    assert question["customer"] == "C1"


def test_a_try_is_charged_before_it_is_checked(phone):
    bank = bank_of()
    phone(STEPS, bank=bank).press("1").press("0128").press("135790")
    order = [source for source, _, _ in bank.asked if source.split(".")[1] in ("account", "charge", "verify", "passed")]
    assert order == ["bank.account", "identity.charge", "bank.verify", "identity.passed"]


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        ({"allowed": False, "locked": True}, "信息没有核对上，由人工为您核实。"),
        (
            {"allowed": False, "locked": True, "wait_s": 86_400},
            "为了安全，这里的身份核对暂停，十一月二十三日上午九点十四分以后可以再试。",
        ),
        ({"allowed": False, "wait_s": 30}, "为了安全，请在十一月二十二日上午九点十四分以后再试。"),
        ({}, "信息没有核对上，由人工为您核实。"),
    ],
)
def test_a_try_that_is_held_back_is_never_checked_and_leads_to_a_person(phone, verdict, words):
    bank = bank_of(**{"identity.charge": verdict})
    call = phone(STEPS, bank=bank).press("1").press("0128").press("135790")
    assert call.heard.startswith(words)
    assert isinstance(call.closing, Dial)
    assert "bank.verify" not in [source for source, _, _ in bank.asked]


def test_nothing_is_checked_when_tries_cannot_be_counted(phone):
    bank = bank_of(**{"identity.charge": LookupFailed("store gone")})
    call = phone(STEPS, bank=bank).press("1").press("0128").press("135790")
    assert call.call.identity.level == 0
    assert isinstance(call.closing, Dial)


BY_ID = """
  start: {menu: [{label: 挂失, goto: prove}]}
  prove: {verify: L1, by: id, next: done}
  done: {hangup: 好。}
"""


def test_who_has_lost_the_card_proves_it_by_the_id_number(phone):
    bank = Bank({"bank.caller": {}, "bank.verify": {"verified": True, "customer": "C1"}})
    call = phone(BY_ID, bank=bank).press("1")
    assert call.heard.endswith("字母X用星号键代替。用登记的手机来电，可以只输身份证号码的最后四位。")
    assert call.press("202*").press("246813").heard == "好的，核对完成。好。"
    (question,) = [question for source, question, _ in bank.asked if source == "bank.verify"]
    assert question["id_tail"] == "202X"


def test_who_proves_it_by_the_id_number_is_not_told_to_change_a_card(phone):
    bank = Bank({"bank.caller": {}, "bank.verify": {"verified": False}})
    call = phone(BY_ID, bank=bank).press("1").press("2021").press("246813")
    assert "要更改证件号，请按星号键" in call.heard
    assert "卡号" not in call.heard


def test_pound_says_nothing_protected_again_once_the_proof_has_run_out(phone):
    steps = STEPS.replace("tell: {say", "tell: {requires: L1, say") + "  leaf: {menu: [{label: 明细, goto: more}]}\n"
    steps = steps.replace('amount}。", next: start}', 'amount}。", next: leaf}')
    head = "globals: [{key: pound, do: repeat}]"
    call = phone(steps, head=head, bank=bank_of()).press("1").press("0128").press("135790")
    assert call.press("#").heard.startswith("余额五元整。")
    call.now += IDENTITY_SECONDS + 1
    assert call.press("#").heard.startswith("明细，请按1")


LEVEL_2 = """
  start: {menu: [{label: 限额, goto: limits}, {label: 余额, goto: balance}]}
  limits: {requires: L2, say: 限额。, next: start}
  balance: {requires: L1, say: 余额。, next: start}
"""


def bank_with_codes(*verdicts: dict) -> Bank:
    answers = iter(verdicts)
    return bank_of(
        **{
            "bank.phone": {"number": "+8613800000001"},
            "identity.code": {"sealed": "otp.x", "expires": 9e9, "sent_to_tail": "0001"},
            "identity.check_code": lambda question: next(answers),
        }
    )


GOOD, WRONG, OLD = {"verified": True}, {"verified": False, "reason": "wrong"}, {"verified": False, "reason": "expired"}


def test_level_2_adds_a_code_to_the_telephone_on_file(phone):
    call = phone(LEVEL_2, bank=bank_with_codes(GOOD)).press("1").press("0128").press("135790")
    assert call.heard == "验证码已经发到您尾号零零零幺的手机。请输入六位验证码。需要更多时间，请按井号键。"
    assert call.closing.first_timeout == 30
    assert call.press("482915").heard.startswith("好的，核对完成。限额。")
    assert call.call.identity.level == 2


def test_who_has_level_1_is_asked_for_the_code_alone(phone):
    call = phone(LEVEL_2, bank=bank_with_codes(GOOD)).press("2").press("0128").press("135790")
    assert call.press("1").heard.startswith("验证码已经发到")


def test_wrong_codes_and_old_ones_have_their_own_words(phone):
    call = phone(LEVEL_2, bank=bank_with_codes(WRONG, OLD, GOOD)).press("1").press("0128").press("135790")
    assert call.press("111111").heard == "验证码没有核对上。请再输入一次。"
    assert call.press("222222").heard.startswith("这个验证码已经过期，为您重新发送。验证码已经发到")
    assert call.press("482915").call.identity.level == 2


def test_a_code_that_ran_out_of_tries_leads_to_a_person(phone):
    spent = {"verified": False, "reason": "tries"}
    call = phone(LEVEL_2, bank=bank_with_codes(spent)).press("1").press("0128").press("135790").press("111111")
    assert isinstance(call.closing, Dial)
    assert call.call.identity.level == 1


def test_the_third_wrong_code_is_the_last_and_nobody_is_asked_for_a_fourth(phone):
    call = phone(LEVEL_2, bank=bank_with_codes(WRONG, WRONG, WRONG, GOOD)).press("1").press("0128").press("135790")
    call.press("111111").press("222222")
    assert call.heard.startswith("验证码没有核对上。")
    assert call.press("333333").heard.startswith("信息没有核对上，由人工为您核实。")
    assert isinstance(call.closing, Dial)


def test_the_code_is_sent_in_the_language_that_is_spoken(phone):
    bank = bank_with_codes(GOOD)
    phone(LEVEL_2, bank=bank).press("1").press("0128").press("135790")
    (question,) = [question for source, question, _ in bank.asked if source == "identity.code"]
    assert question["language"] == "zh-CN"


def test_a_code_that_cannot_be_sent_leads_to_a_person(phone):
    bank = bank_with_codes()
    bank.answers["identity.code"] = LookupFailed("too many")
    call = phone(LEVEL_2, bank=bank).press("1").press("0128").press("135790")
    assert call.heard.startswith("验证码暂时发不出去，由人工为您核实。")


def test_doing_something_keeps_a_caller_verified(phone):
    call = phone(STEPS, bank=bank_of()).press("1").press("0128").press("135790")
    for _ in range(3):
        call.now += IDENTITY_SECONDS - 10
        assert call.press("2").heard.startswith("明细。")


def test_a_bank_that_was_gone_when_the_call_came_in_is_asked_again_before_anything_is_typed(phone):
    bank = bank_of(**{"bank.caller": LookupFailed("gone")})
    call = phone(STEPS, bank=bank)
    assert isinstance(call.press("1").closing, Dial)
    assert call.heard.startswith("查询系统暂时没有回应，由人工为您办理。")
    call = phone(STEPS, bank=bank)
    bank.answers["bank.caller"] = {"segment": "standard"}
    assert call.press("1").heard == "请输入您的银行卡号，以井号键结束。用登记的手机来电，可以只输最后四位数字。"


def test_a_bank_that_goes_before_the_pin_is_noticed_before_the_pin(phone):
    bank = bank_of(**{"bank.account": LookupFailed("gone")})
    call = phone(STEPS, bank=bank).press("1").press("0128")
    assert call.heard.startswith("查询系统暂时没有回应，由人工为您办理。")
    assert isinstance(call.closing, Dial)


def test_no_flow_can_name_the_customer_that_the_bank_is_asked_about(phone):
    steps = STEPS.replace("from: bank.balance,", "from: bank.balance, with: {customer: caller.customer, limit: 3},")
    steps = steps.replace("balance: {requires: L1, ", "balance: {")
    bank = bank_of(**{"bank.caller": {"customer": "C1", "segment": "standard"}})
    phone(steps, bank=bank).press("1")
    (question,) = [question for source, question, _ in bank.asked if source == "bank.balance"]
    assert "customer" not in question


LOSS = """
  start: {verify: L1, by: id, urgency: loss, next: locked}
  locked: {menu: [{label: 好, goto: locked}]}
"""
STRANGER = "+8613912345678"


@pytest.mark.parametrize(
    ("keys", "claim"), [("31010119790915202*", {"id"}), ("6217000000001000128#", {"card"})], ids=["identity", "card"]
)
def test_an_unknown_number_proves_itself_by_a_whole_number(phone, keys, claim):
    bank = Bank({"bank.verify": {"verified": True, "customer": "C1"}})  # and no caller with this number
    call = phone(LOSS, bank=bank, caller=STRANGER).press(keys).press("246813")
    assert call.step == "locked"
    asked = next(fields for source, fields, _ in bank.asked if source == "bank.verify")
    assert claim < set(asked)
    assert "number" not in asked


def test_who_cannot_prove_a_loss_goes_first_and_who_can_is_as_urgent_as_before(phone):
    bank = Bank({"bank.caller": {}, "bank.verify": {"verified": True, "customer": "C1"}})
    call = phone(LOSS, bank=bank)
    assert phone(LOSS, bank=bank).press("*0").press("1").call.transfer.priority == "loss"
    assert call.press("1018").press("135790").press("0").call.transfer.priority == "normal"


def test_the_try_that_locks_says_from_when_on_the_next_is_taken(phone):
    last = {"allowed": True, "left": 0, "wait_s": 86_400}
    call = phone(STEPS, bank=bank_of(**{"identity.charge": last})).press("1").press("0128").press("111111")
    assert call.heard.startswith("为了安全，这里的身份核对暂停，")
    assert isinstance(call.closing, Dial)
    call = phone(STEPS, bank=bank_of(**{"identity.charge": last})).press("1").press("0128").press("135790")
    assert call.call.identity.level == 1, "the last try may be right"


def guessed_at(*verdicts: dict, contact: object = None, **more) -> Bank:
    """Return a bank whose accounts are guessed at: a try counts only after a code to the telephone on file."""

    def charge(question):
        return {"allowed": True, "left": 4, "step_up": not question["stepped_up"]}

    bank = bank_with_codes(*verdicts)
    contact = {"number": "+8613800000001"} if contact is None else contact
    bank.answers |= {"identity.charge": charge, "bank.contact": contact, **more}
    return bank


def asked_of(bank: Bank, source: str) -> list:
    return [question for name, question, _ in bank.asked if name == source]


def test_while_accounts_are_guessed_at_a_code_goes_before_the_pin_and_proves_level_2(phone):
    bank = guessed_at(GOOD)
    call = phone(STEPS, bank=bank).press("1").press("0128").press("135790")
    assert call.heard.startswith("为了安全，请先核对短信验证码，它会发到您在银行登记的手机。请输入六位验证码。")
    assert "零零零幺" not in call.heard, "who calls has proved nothing yet"
    assert (call.call.tries, asked_of(bank, "bank.verify")) == ({}, [])
    assert isinstance(call.call.frame.scratch["held_pin"], Secret)
    assert call.press("482915").heard.startswith("好的，核对完成。余额五元整。")
    assert (call.call.identity.level, call.call.tries) == (2, {"verify": 1})
    assert "held_pin" not in call.call.frame.scratch
    assert [charge["stepped_up"] for charge in asked_of(bank, "identity.charge")] == [False, True]


def test_a_wrong_pin_after_the_code_is_tried_again_without_another_code(phone):
    bank = guessed_at(GOOD)
    call = phone(STEPS, bank=bank).press("1").press("0128").press("111111").press("482915")
    assert call.heard.startswith("信息没有核对上。请再输入一次六位查询密码。")
    assert call.press("135790").call.identity.level == 2
    assert len(asked_of(bank, "identity.code")) == 1


def test_another_card_after_the_code_needs_a_code_of_its_own(phone):
    call = phone(STEPS, bank=guessed_at(GOOD, GOOD)).press("1").press("0128").press("111111").press("482915")
    assert call.press("*").press("9999").press("135790").heard.startswith("为了安全，请先核对短信验证码")


@pytest.mark.parametrize("contact", [{"number": ""}, {}, LookupFailed("no such customer", missing=True)])
def test_a_claim_of_no_customer_sounds_the_same_and_sends_nothing(phone, contact):
    real, none = guessed_at(WRONG, WRONG, WRONG), guessed_at(WRONG, WRONG, WRONG, contact=contact)
    heard = []
    for bank in (real, none):
        call = phone(STEPS, bank=bank).press("1").press("0128").press("135790")
        heard.append([call.heard, *(call.press("111111").heard for _ in range(3))])
        assert isinstance(call.closing, Dial)
        assert asked_of(bank, "bank.verify") == []
    assert heard[0] == heard[1]
    assert [question.get("decoy", False) for bank in (real, none) for question in asked_of(bank, "identity.code")] == [
        False,
        True,
    ]


def test_a_code_that_ran_out_while_accounts_are_guessed_at_is_sent_anew(phone):
    call = phone(STEPS, bank=guessed_at(OLD, GOOD)).press("1").press("0128").press("135790").press("482915")
    assert call.heard.startswith("这个验证码已经过期，为您重新发送。为了安全，请先核对短信验证码")
    assert call.press("482915").call.identity.level == 2


@pytest.mark.parametrize("contact", [LookupFailed("gone"), LookupFailed("slow")])
def test_where_no_code_can_be_sent_a_person_takes_over(phone, contact):
    bank = guessed_at(contact=contact)
    call = phone(STEPS, bank=bank).press("1").press("0128").press("135790")
    assert call.heard.startswith("验证码暂时发不出去，由人工为您核实。")
    assert isinstance(call.closing, Dial)
    assert asked_of(bank, "bank.verify") == []
