from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import urllib3
from argon2 import Type, _password_hasher

from ivr.demo.bank.data import CUSTOMERS
from ivr.demo.bank.pins import CHEAP, cost_of
from ivr.demo.bank.serving import BackgroundBank

from .conftest import Client

ZHANG = {"number": "+8613800000001", "card_tail": "0128", "pin": "135790"}
BY_IDENTITY = {"number": "+8613800000001", "id_tail": "1018", "pin": "135790"}


def test_a_known_caller_is_named_with_age_and_segment(client: Client) -> None:
    assert client.ask("caller", {"number": "+8613800000003"}) == {
        "customer": "C0003",
        "name": "王秀英",
        "segment": "standard",
        "born": "1954-06-21",
        "age": 72,
        "known": True,
        "cards": 1,
    }


@pytest.mark.parametrize(
    ("day", "age"), [("2026-06-20", 71), ("2026-06-21", 72), ("2026-06-22", 72)], ids=["before", "birthday", "after"]
)
def test_age_counts_the_birthday_itself(pool: urllib3.PoolManager, day: str, age: int) -> None:
    now = datetime.fromisoformat(f"{day}T00:30+08:00").timestamp()
    with BackgroundBank(clock=lambda: now) as bank:
        assert Client(bank.url, pool).ask("caller", {"number": "+8613800000003"})["age"] == age


@pytest.mark.parametrize("number", ["13800000001", "8613800000001", "0086 138 0000 0001", "013800000001"])
def test_a_number_is_known_however_the_carrier_writes_it(client: Client, number: str) -> None:
    assert client.ask("caller", {"number": number})["customer"] == "C0001"


@pytest.mark.parametrize("number", ["+8613800000007", "", "anonymous", "+113800000001", "+86138000000010", "１"])
def test_any_other_number_is_no_customer(client: Client, number: str) -> None:
    status, answer = client.send("caller", {"number": number})
    assert (status, answer) == (404, {"error": "no customer has this number"})


@pytest.mark.parametrize("customer", CUSTOMERS, ids=lambda customer: customer.key)
def test_every_customer_is_verified_by_number_and_tail_and_by_card(client: Client, customer: Any) -> None:
    right = {"verified": True, "customer": customer.key, "card": {"tail": customer.card[-4:]}}
    by_number = {"number": customer.number, "card_tail": customer.card[-4:], "pin": customer.pin}
    assert client.ask("verify", by_number) == right
    assert client.ask("verify", {"card": customer.card, "pin": customer.pin}) == right
    by_identity = {"number": customer.number, "id_tail": customer.id_number[-4:], "pin": customer.pin}
    assert client.ask("verify", by_identity) == right
    assert client.ask("verify", by_identity | {"card_tail": customer.card[-4:]}) == right


def test_the_x_of_an_identity_number_may_be_small(client: Client) -> None:
    claim = {"number": "+8613800000002", "id_tail": "202x", "pin": "246813"}
    assert client.ask("verify", claim)["customer"] == "C0002"


WRONG = {
    "pin": ZHANG | {"pin": "135791"},
    "tail": ZHANG | {"card_tail": "0129"},
    "number": ZHANG | {"number": "+8613800000007"},
    "empty": ZHANG | {"pin": ""},
    "stars": ZHANG | {"pin": "*#*#*#"},
    "odd digits": ZHANG | {"pin": "１３５７９０"},
    "somebody else's": ZHANG | {"number": "+8613800000002"},
    "nul": ZHANG | {"card_tail": "0128\0"},
    "long": ZHANG | {"pin": "1" * 5000},
    "id tail": BY_IDENTITY | {"id_tail": "1019"},
    "pin after id tail": BY_IDENTITY | {"pin": "135791"},
    "number before id tail": BY_IDENTITY | {"number": "+8613800000007"},
    "empty id tail": BY_IDENTITY | {"id_tail": ""},
    "card tail as id tail": BY_IDENTITY | {"id_tail": "0128"},
    "id tail as card tail": ZHANG | {"card_tail": "1018"},
    "one tail of two": ZHANG | {"id_tail": "1019"},
    "card": {"card": "6217000000001000129", "pin": "135790"},
    "card's pin": {"card": "6217000000001000128", "pin": "246813"},
}


@pytest.mark.parametrize("claim", WRONG.values(), ids=WRONG.keys())
def test_whatever_is_wrong_with_a_claim_the_answer_is_the_same(client: Client, claim: dict[str, str]) -> None:
    assert client.send("verify", claim) == (200, {"verified": False})


@pytest.mark.parametrize("claim", [ZHANG, BY_IDENTITY, *WRONG.values()], ids=["right", "right id tail", *WRONG.keys()])
def test_whatever_is_wrong_with_a_claim_the_same_hash_is_worked_out_once(
    client: Client, claim: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    costs: list[int] = []
    argon = _password_hasher.verify_secret

    def counted(sealed: bytes, secret: bytes, kind: Type) -> bool:
        costs.append(cost_of(sealed.decode()))
        return bool(argon(sealed, secret, kind))

    monkeypatch.setattr(_password_hasher, "verify_secret", counted)
    client.ask("verify", claim)
    assert costs == [CHEAP]


@pytest.mark.parametrize(
    "claim",
    [
        ZHANG | {"pin": 135790},
        ZHANG | {"card_tail": 128},
        ZHANG | {"pin": None},
        {"number": "+8613800000001", "pin": "135790"},
        {"card_tail": "0128", "pin": "135790"},
        {"id_tail": "1018", "pin": "135790"},
        {"number": "+8613800000001", "id_tail": "1018"},
        BY_IDENTITY | {"id_tail": 1018},
        {"number": "+8613800000001", "card_tail": "0128"},
    ],
    ids=[
        "number as pin",
        "number as tail",
        "no pin",
        "no tail",
        "no number",
        "no number for id",
        "no pin for id",
        "number as id",
        "pin missing",
    ],
)
def test_an_incomplete_claim_is_refused_without_echo(client: Client, claim: dict[str, Any]) -> None:
    status, answer = client.send("verify", claim)
    assert status == 400
    assert set(answer) == {"error"}
    assert "135790" not in answer["error"]


def test_balance_is_money_as_text_with_the_cards_state(client: Client) -> None:
    assert client.ask("balance", {"customer": "C0001"}) == {
        "balance": "12345.67",
        "currency": "CNY",
        "card": {"tail": "0128", "status": "normal"},
        "as_of": "2026-11-21",
        "as_of_time": "12:00",
    }
    assert client.ask("balance", {"customer": "C0004"})["balance"] == "0.00"
    assert client.ask("balance", {"customer": "C0004"})["card"]["status"] == "lost"


@pytest.mark.parametrize("customer", CUSTOMERS, ids=lambda customer: customer.key)
def test_every_balance_is_the_promised_one(client: Client, customer: Any) -> None:
    assert client.ask("balance", {"customer": customer.key})["balance"] == str(customer.balance)


def test_the_day_is_chinas_and_not_utcs(pool: urllib3.PoolManager) -> None:
    late = datetime(2026, 11, 20, 17, 30, tzinfo=UTC).timestamp()
    with BackgroundBank(clock=lambda: late) as bank:
        answer = Client(bank.url, pool).ask("balance", {"customer": "C0001"})
    assert (answer["as_of"], answer["as_of_time"]) == ("2026-11-21", "01:30")


def test_transactions_come_three_at_a_time_newest_first(client: Client) -> None:
    answer = client.ask("transactions", {"customer": "C0001"})
    assert answer["items"][0] == {
        "date": "2026-11-20",
        "amount": "36.50",
        "direction": "out",
        "direction_text": "支出",
        "direction_text_en": "paid",
        "text": "餐饮消费",
        "text_en": "Restaurant",
    }
    assert answer["items"][2]["direction"] == "in"
    assert [item["date"] for item in answer["items"]] == ["2026-11-20", "2026-11-18", "2026-11-15"]
    assert (answer["count"], answer["more"], answer["next_offset"]) == (3, True, 3)
    assert [answer[name] for name in ("first", "second", "third")] == answer["items"]


def test_paging_through_transactions_meets_each_once(client: Client) -> None:
    seen, offset, more = [], 0, True
    while more:
        page = client.ask("transactions", {"customer": "C0001", "limit": 2, "offset": offset})
        seen += [item["date"] for item in page["items"]]
        offset, more = page["next_offset"], page["more"]
    assert len(seen) == 11
    assert seen == sorted(set(seen), reverse=True)


def test_past_the_last_transaction_there_is_nothing_and_no_more(client: Client) -> None:
    answer = client.ask("transactions", {"customer": "C0001", "offset": 11})
    assert (answer["count"], answer["items"], answer["more"], answer["first"]) == (0, [], False, None)


def test_limit_may_be_text_as_flow_files_write_it(client: Client) -> None:
    assert client.ask("transactions", {"customer": "C0001", "limit": "5"})["count"] == 5


@pytest.mark.parametrize("limit", [0, -1, 21, "three", 1.5, [], True])
def test_a_limit_that_makes_no_sense_is_refused(client: Client, limit: Any) -> None:
    assert client.send("transactions", {"customer": "C0001", "limit": limit})[0] == 400


def test_a_lost_card_is_blocked_and_stays_so(client: Client) -> None:
    assert client.ask("report_loss", {"customer": "C0001"}) == {
        "reference": "26112102",
        "tail": "0128",
        "status": "lost",
        "already": False,
    }
    assert client.ask("balance", {"customer": "C0001"})["card"]["status"] == "lost"
    again = client.ask("report_loss", {"customer": "C0001"})
    assert (again["reference"], again["already"]) == ("26112102", True)


def test_a_card_lost_from_the_first_day_keeps_its_reference(client: Client) -> None:
    assert client.ask("report_loss", {"customer": "C0004"}) == {
        "reference": "25111001",
        "tail": "0489",
        "status": "lost",
        "already": True,
    }


def test_every_loss_has_a_reference_of_its_own(client: Client) -> None:
    references = {client.ask("report_loss", {"customer": customer.key})["reference"] for customer in CUSTOMERS}
    assert len(references) == len(CUSTOMERS)


@pytest.mark.parametrize("name", ["phone", "balance", "transactions", "credit_card", "limits", "report_loss"])
@pytest.mark.parametrize("customer", ["C9999", "", "c0001", "' OR 1=1 --"])
def test_an_unknown_customer_is_not_found(client: Client, name: str, customer: str) -> None:
    assert client.send(name, {"customer": customer}) == (404, {"error": "there is no such customer"})


@pytest.mark.parametrize("city", ["合肥", "合肥市", "Hefei", "HEFEI", " hefei ", "0551"])
def test_branches_are_found_by_any_name_of_their_city(client: Client, city: str) -> None:
    answer = client.ask("branches", {"city": city})
    assert answer["count"] == len(answer["items"]) == 1
    assert answer["first"] == {
        "city": "合肥",
        "city_en": "Hefei",
        "name": "示范银行合肥包河支行",
        "name_en": "Demo Bank Hefei Baohe Branch",
        "address": "合肥市包河区演示路6号",
        "address_en": "6 Yanshi Road, Baohe District, Hefei",
        "opens": "08:30",
        "closes": "17:00",
        "phone": "055100000301",
        "days": "每天",
        "days_en": "every day",
        "weekend": True,
    }


@pytest.mark.parametrize("body", [{}, {"city": None}, {"city": ""}])
def test_without_a_city_all_branches_are_listed(client: Client, body: dict[str, Any]) -> None:
    assert client.ask("branches", body)["count"] == 7


def test_a_city_without_a_branch_has_an_empty_list(client: Client) -> None:
    answer = client.ask("branches", {"city": "拉萨"})
    assert answer == {"count": 0, "items": [], "more": False, "next_offset": 0, "first": None}


def test_the_branches_of_a_city_come_page_by_page(client: Client) -> None:
    first = client.ask("branches", {"city": "010", "limit": 3})
    assert (first["count"], first["more"], first["next_offset"]) == (3, True, 3)
    last = client.ask("branches", {"city": "010", "limit": 3, "offset": first["next_offset"]})
    assert (last["count"], last["more"], last["next_offset"]) == (1, False, 4)
    assert [branch["days"] for branch in [*first["items"], *last["items"]]].count("每天") == 2
