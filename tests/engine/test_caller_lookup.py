"""The presumed caller: by the bank's record and by earlier choices; it routes, proves nothing, and may be missing."""

from __future__ import annotations

import pytest

from ivr.errors import LookupFailed
from tests.engine.fixtures import Bank

START = "  start:\n    prompt: 请选择。\n    menu:\n      - {key: '1', label: 查询, goto: agent}"
KNOWN = {"customer": "C1", "name": "张伟", "segment": "vip", "age": 40}


def caller_of(call):
    return call.call.facts.values()["caller"]


def test_a_number_on_record_is_known_with_the_bank_s_fields_and_no_level(phone) -> None:
    call = phone(START, bank=Bank({"bank.caller": KNOWN}))
    caller = caller_of(call)
    assert (caller["known"], caller["name"], caller["number"]) == (True, "张伟", "+8613800000001")
    assert call.call.identity.level == 0


def test_a_number_that_the_bank_does_not_know_is_unknown_but_reachable(phone) -> None:
    caller = caller_of(phone(START, bank=Bank({"bank.caller": LookupFailed("no such number", missing=True)})))
    assert caller["known"] is False
    assert "unreachable" not in caller


def test_while_the_bank_cannot_be_asked_the_caller_is_unreachable_and_the_call_goes_on(phone) -> None:
    call = phone(START, bank=Bank({"bank.caller": LookupFailed("too slow")}))
    assert caller_of(call)["unreachable"] is True
    assert "请选择" in call.heard


@pytest.mark.parametrize(
    ("number", "shown"), [("+8613800000001", True), ("+861085550121", True), ("+85291234567", False)]
)
def test_a_number_is_shown_if_it_can_be_called_back(phone, number: str, shown: bool) -> None:
    assert caller_of(phone(START, bank=Bank({"bank.caller": KNOWN}), caller=number))["shown"] is shown


@pytest.mark.parametrize("number", ["anonymous", "", "sip:someone@example.com"])
def test_without_a_number_the_bank_is_not_asked(phone, number: str) -> None:
    bank = Bank({"bank.caller": KNOWN})
    caller = caller_of(phone(START, bank=bank, caller=number))
    assert caller["known"] is False
    assert caller["shown"] is False
    assert "bank.caller" not in [source for source, _, _ in bank.asked]


def test_a_number_whose_signature_is_not_valid_counts_as_withheld(phone) -> None:
    bank = Bank({"bank.caller": KNOWN, "memory.recall": {"profile": "elderly"}})
    call = phone(START, bank=bank, attestation="failed")
    caller = caller_of(call)
    assert (call.call.caller, caller["number"], caller["known"], caller["shown"]) == ("", "", False, False)
    assert "bank.caller" not in [source for source, _, _ in bank.asked]
    assert call.events("started")[0]["attestation"] == "failed"


@pytest.mark.parametrize("attestation", ["A", "B", "C", ""])
def test_any_other_attestation_proves_nothing_and_routes_as_before(phone, attestation) -> None:
    call = phone(START, bank=Bank({"bank.caller": KNOWN}), attestation=attestation)
    assert (caller_of(call)["known"], call.call.identity.level) == (True, 0)


@pytest.mark.parametrize(("age", "frequent"), [(64, ["balance"]), (65, []), (None, ["balance"])])
def test_frequent_reasons_are_offered_to_known_callers_who_are_not_elderly(phone, age, frequent) -> None:
    bank = Bank({"bank.caller": {**KNOWN, "age": age}, "memory.recall": {"reasons": ("balance",)}})
    assert caller_of(phone(START, bank=bank))["frequent"] == frequent


def test_a_mark_of_the_bank_is_noted_and_a_failure_is_none(phone) -> None:
    marked = phone(START, bank=Bank({"bank.caller": KNOWN, "risk.status": {"at_risk": True}}))
    assert caller_of(marked)["risk"] is True
    assert marked.events("risk")
    unmarked = phone(START, bank=Bank({"bank.caller": KNOWN, "risk.status": LookupFailed("gone")}))
    assert caller_of(unmarked)["risk"] is False
    assert not unmarked.events("risk")


def test_the_speaking_rate_of_earlier_calls_is_used_at_once(phone) -> None:
    assert phone(START, bank=Bank({"memory.recall": {"rate": 0.8}})).call.rate == 0.8
    assert phone(START, bank=Bank({"memory.recall": LookupFailed("gone")})).call.rate == 1.0


@pytest.mark.parametrize(("age", "band"), [(72, "elderly"), (40, "younger"), (None, "younger")])
def test_the_class_of_a_number_is_kept_once_and_neither_name_nor_balance(phone, age, band) -> None:
    bank = Bank({"bank.caller": {**KNOWN, "age": age}})
    phone(START, bank=bank)
    (kept,) = [fields for source, fields, _ in bank.asked if source == "memory.keep"]
    assert kept == {"number": "+8613800000001", "segment": "vip", "age_band": band}
    bank.answers["memory.recall"] = {"segment": "vip", "age_band": band}
    phone(START, bank=bank)
    assert len([source for source, _, _ in bank.asked if source == "memory.keep"]) == 1


def test_while_the_bank_cannot_be_asked_a_number_has_the_class_it_had(phone) -> None:
    recalled = {"segment": "vip", "age_band": "elderly"}
    caller = caller_of(phone(START, bank=Bank({"bank.caller": LookupFailed("gone"), "memory.recall": recalled})))
    assert (caller["segment"], caller["age"], caller["known"]) == ("vip", 65, False)
    assert "name" not in caller
