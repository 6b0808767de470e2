from __future__ import annotations

import string
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import urllib3

from ivr.demo.bank import who
from ivr.demo.bank.data import CUSTOMERS
from ivr.demo.bank.pins import CHEAP, cost_of, opens
from ivr.demo.bank.questions import Claim, OfAccount
from ivr.demo.bank.serving import BackgroundBank
from ivr.demo.bank.store import BankStore
from ivr.demo.bank.who import account, verify

from .conftest import Client

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)
STRANGERS: list[dict[str, Any]] = [
    {"number": "+8613800000007"},
    {"number": ""},
    {"number": "anonymous"},
    {"card": "6217000000001000129"},
    {"card": "1" * 5000},
    {"id": "110101198803071026"},
    {"number": "+8613800000001", "card": "6217000000001000129"},
]


@pytest.mark.parametrize("customer", CUSTOMERS, ids=lambda customer: customer.key)
def test_number_and_card_of_a_customer_are_one_account(client: Client, customer: Any) -> None:
    by_card = client.ask("account", {"card": customer.card})
    assert by_card == client.ask("account", {"number": customer.number})
    assert by_card == client.ask("account", {"number": customer.number.removeprefix("+86")})
    assert by_card == client.ask("account", {"number": "+85299999999", "card": customer.card})
    assert by_card == client.ask("account", {"number": customer.number, "card": ""})
    assert by_card == client.ask("account", {"id": customer.id_number})


def test_a_whole_identity_number_and_the_pin_prove_a_customer_from_any_telephone(client: Client) -> None:
    claim = {"id": "31010119790915202x", "pin": "246813", "number": "+8613912345678"}
    assert client.ask("verify", claim)["card"] == {"tail": "0242"}
    assert client.ask("verify", claim | {"pin": "246814"}) == {"verified": False}
    assert client.ask("verify", claim | {"id": "110101198803071018"}) == {"verified": False}


@pytest.mark.parametrize("given", [{"number": "+8613800000001"}, *STRANGERS], ids=repr)
def test_known_and_unknown_accounts_look_the_same(client: Client, given: dict[str, str]) -> None:
    status, answer = client.send("account", given)
    assert (status, list(answer)) == (200, ["account"])
    assert len(answer["account"]) == 32
    assert set(answer["account"]) <= set(string.hexdigits.lower())
    assert client.ask("account", given) == answer


def test_everybody_has_an_account_of_their_own(client: Client) -> None:
    asked = [{"number": customer.number} for customer in CUSTOMERS] + STRANGERS[:-1]
    names = [client.ask("account", given)["account"] for given in asked]
    assert len(set(names)) == len(asked) - 1  # "" and "anonymous" are the same: no number
    assert client.ask("account", STRANGERS[-1])["account"] == client.ask("account", STRANGERS[3])["account"]


@pytest.mark.parametrize("body", [{}, {"number": None}, {"card": None}, {"number": 1}, {"card": 6217000000001000128}])
def test_without_text_there_is_no_account_to_name(client: Client, body: dict[str, Any]) -> None:
    status, answer = client.send("account", body)
    assert (status, set(answer)) == (400, {"error"})


def test_an_account_keeps_its_name_over_resets_and_restarts(tmp_path: Path, pool: urllib3.PoolManager) -> None:
    asked = {"number": "+8613800000001"}, {"number": "+8613800000007"}
    with BackgroundBank(tmp_path / "bank.db") as bank:
        client = Client(bank.url, pool)
        first = [client.ask("account", given) for given in asked]
        bank.reset()
        assert [client.ask("account", given) for given in asked] == first
    with BackgroundBank(tmp_path / "bank.db") as bank:
        assert [Client(bank.url, pool).ask("account", given) for given in asked] == first


def test_another_banks_names_are_others(client: Client, pool: urllib3.PoolManager) -> None:
    asked = {"number": "+8613800000001"}
    with BackgroundBank() as other:
        assert Client(other.url, pool).ask("account", asked) != client.ask("account", asked)


@pytest.mark.parametrize("given", [{"number": "+8613800000001"}, *STRANGERS], ids=repr)
def test_the_same_statements_run_for_known_and_unknown_accounts(tmp_path: Path, given: dict[str, str]) -> None:
    def statements(asked: OfAccount) -> list[str]:
        ran: list[str] = []
        with store.reading() as db:
            db.set_trace_callback(lambda text: ran.append(text.partition("ORDER")[0]))
            account(db, NOW, asked)
            db.set_trace_callback(None)
        return ran

    store = BankStore(tmp_path / "bank.db", pin_cost=CHEAP)
    assert statements(OfAccount(**given)) == statements(OfAccount(number="+8613800000006"))
    store.close()


def test_a_wrong_pin_a_wrong_tail_and_an_unknown_account_cost_the_same_hash_and_the_same_statements(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work: list[str] = []

    def counted(secret: str, sealed: str) -> bool:
        work.append(f"a hash of {cost_of(sealed)} KiB")
        return opens(secret, sealed)

    def work_of(claim: Claim) -> list[str]:
        work.clear()
        with store.reading() as db:
            db.set_trace_callback(lambda text: work.append(text.partition("ORDER")[0]))
            verified = verify(db, NOW, claim)["verified"]
            db.set_trace_callback(None)
        return [f"{verified}", *work]

    monkeypatch.setattr(who, "opens", counted)
    store = BankStore(tmp_path / "bank.db", pin_cost=CHEAP)
    right = work_of(Claim(pin="135790", number="+8613800000001", id_tail="1018"))
    assert right == ["True", "SELECT * FROM customers ", "a hash of 8 KiB"]
    for claim in (
        Claim(pin="908172", number="+8613800000001", id_tail="1018"),
        Claim(pin="908172", number="+8613800000007", id_tail="1018"),
        Claim(pin="908172", number="+8613800000001", card_tail="0128"),
        Claim(pin="135790", number="+8613800000001", id_tail="9999"),
        Claim(pin="908172", card="6217000000001000128"),
        Claim(pin="908172", card="6217000000009000128"),
    ):
        assert work_of(claim) == ["False", *right[1:]]
    store.close()


@pytest.mark.parametrize("customer", CUSTOMERS, ids=lambda customer: customer.key)
def test_a_wrong_tail_names_another_account_and_the_right_ones_name_the_customers(
    client: Client, customer: Any
) -> None:
    whole = client.ask("account", {"card": customer.card})
    claim = {"number": customer.number}
    assert client.ask("account", claim | {"card_tail": customer.card[-4:]}) == whole
    assert client.ask("account", claim | {"id_tail": customer.id_number[-4:].lower()}) == whole
    wrong = [client.ask("account", claim | {"card_tail": tail})["account"] for tail in ("0000", "0001", "0000")]
    assert wrong[0] == wrong[2]
    assert len({whole["account"], *wrong}) == 3


def test_the_telephone_on_file_is_that_of_a_right_claim_and_no_other(client: Client) -> None:
    first = CUSTOMERS[0]
    assert client.ask("contact", {"card": first.card}) == {"number": first.number}
    assert client.ask("contact", {"number": first.number, "card_tail": first.card[-4:]}) == {"number": first.number}
    assert client.ask("contact", {"number": first.number, "card_tail": "9999"}) == {"number": ""}
    for claim in STRANGERS:
        assert client.ask("contact", claim) == {"number": ""}
    assert client.send("contact", {})[0] == 400
