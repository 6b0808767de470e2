"""The service "sms": to whom, how many, once; and which backend the settings choose."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from ivr.channels.twilio.messages import TwilioMessages
from ivr.engine.ports import Documents
from ivr.engine.service_ports.sms import MessageSent, SendMessage
from ivr.errors import LookupFailed, SettingsError
from ivr.secret import Secret
from ivr.services.identity import IdentityService
from ivr.services.identity.alarms import Alarms
from ivr.services.sms import Rules, SmsSender, open_messages
from ivr.services.sms.local_outbox import LocalOutbox
from ivr.settings import Hidden, Settings
from ivr.stores import Store, UnitOfWork, in_one_commit
from ivr.stores.sqlite import SqliteStore
from tests.asking import ask

from .conftest import DAY, MONDAY, NUMBER, SEAL


class Committed:
    """The service, each question in a unit of work that is committed."""

    def __init__(self, store: Store, **rules: Any) -> None:
        self._store, self._rules = store, Rules(**rules)

    def send(self, question: SendMessage, *, key: str, now: float) -> MessageSent:
        def work(unit: UnitOfWork) -> MessageSent:
            return open_messages(unit, SEAL, rules=self._rules).send(question, key=key, now=now)

        return in_one_commit(self._store, work)


def service(store: Store, **rules: Any) -> Committed:
    return Committed(store, **rules)


def send(sms: Committed, key: str, now: float = MONDAY, **given: Any) -> Any:
    return ask(sms, "sms.send", {"number": NUMBER, "text": "您好", "purpose": "note"} | given, key=key, now=now)


def sent(store: Documents) -> list[str]:
    return [message.text.reveal() for message in LocalOutbox(store, SEAL).messages(100)]


def test_a_message_is_sent_and_tells_the_tail(store: SqliteStore):
    answer = send(service(store), "1", text=Secret("otp", "code 740913"))
    assert set(answer) == {"id", "to_tail"}
    assert answer["id"]
    assert answer["to_tail"] == "0001"
    assert sent(store) == ["code 740913"]


def test_the_same_key_sends_once(store: SqliteStore):
    sms = service(store)
    first = send(sms, "turn")
    assert send(sms, "turn", MONDAY + 5) == first
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: _quietly(sms, "other turn"), range(16)))
    assert len(sent(store)) == 2


def _quietly(sms: Committed, key: str) -> bool:
    try:
        return bool(send(sms, key))
    except LookupFailed:
        return False


def test_a_number_gets_so_many_in_24_hours(store: SqliteStore):
    sms = service(store, a_day=3)
    assert [_quietly(sms, f"{n}") for n in range(5)] == [True, True, True, False, False]
    with pytest.raises(LookupFailed, match="today") as caught:
        send(sms, "6")
    assert "0001" not in str(caught.value)
    assert send(sms, "7", number="+8613800000002")
    assert send(sms, "8", MONDAY + DAY + 1)


def test_messages_at_once_are_all_counted(store: SqliteStore):
    sms = service(store, a_day=3)
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda n: _quietly(sms, f"{n}"), range(24))) == 3


@pytest.mark.parametrize(
    "number",
    [
        "+861055550000",
        "+86138000000011",
        "+8612590",
        "+8610086",
        "13800000001",
        "anonymous",
        "",
        None,
        "sip:a@b",
        "+12025550123",
        "+18095550123",
        "+8613800000001;ext=9",
        "+861380000000１",
    ],
)
def test_numbers_that_are_no_mobile_get_nothing(store: SqliteStore, number: object):
    with pytest.raises(LookupFailed) as caught:
        send(service(store), "1", number=number)
    assert caught.value.missing
    assert not sent(store)


def test_other_countries_can_be_allowed_but_never_their_dear_numbers(store: SqliteStore):
    sms = service(store, prefixes=("+861", "+1", "+44"))
    assert send(sms, "1", number="+1 202-555-0123")["to_tail"] == "0123"
    for number in ("+18095550123", "+19005550123", "+447012345678", "+449012345678"):
        with pytest.raises(LookupFailed):
            send(sms, "2", number=number)


@pytest.mark.parametrize("text", ["", "  ", None, 7, "长" * 501])
def test_texts_that_cannot_be_sent_are_refused_without_an_echo(store: SqliteStore, text: object):
    with pytest.raises(LookupFailed) as caught:
        send(service(store), "1", text=text)
    assert "长" not in str(caught.value)
    assert not sent(store)


def test_other_questions_are_refused(store: SqliteStore):
    with pytest.raises(LookupFailed, match="no such question"):
        ask(service(store), "sms.read", {}, key="1", now=MONDAY)


def test_codes_go_through_and_are_nowhere_in_clear(tmp_path: Path):
    store = SqliteStore(tmp_path / "ivr.db")
    identity = IdentityService(store, seal=SEAL, messenger=service(store))
    sealed = ask(identity, "identity.code", {"number": NUMBER}, key="1", now=MONDAY)["sealed"]
    assert ask(identity, "identity.code", {"number": NUMBER}, key="1", now=MONDAY)["sealed"] == sealed
    (text,) = sent(store)
    code = text.partition("验证码")[2][:6]
    question = {"sealed": sealed, "given": Secret("otp", code), "number": NUMBER}
    assert ask(identity, "identity.check_code", question, key="2", now=MONDAY + 60)["verified"]
    store.close()
    disk = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert code.encode() not in disk
    assert b"13800000001" not in disk


def test_the_settings_choose_the_backend(store: SqliteStore):
    account = {"account_sid": "AC" + "1" * 32, "auth_token": Hidden("t"), "sms_from": "+12025550123"}
    assert TwilioMessages.from_settings(Settings(**{**account, "sms_from": ""})) is None
    carrier = TwilioMessages.from_settings(Settings(**account))
    assert carrier is not None
    unit = UnitOfWork(store)
    assert open_messages(unit, SEAL).backend.kind == "outbox"
    assert open_messages(unit, SEAL, SmsSender(store, SEAL, carrier)).backend.kind == "unsent"
    for missing in ("account_sid", "auth_token"):
        with pytest.raises(SettingsError, match="TWILIO_SMS_FROM"):
            TwilioMessages.from_settings(Settings(**{k: v for k, v in account.items() if k != missing}))


@pytest.mark.parametrize("sender", ["+12025550123", "MG" + "0" * 32, "Demo Bank", "95588A"])
def test_senders_are_numbers_services_or_names(sender: str):
    assert Settings.from_environment({"TWILIO_SMS_FROM": sender}).sms_from == sender


@pytest.mark.parametrize("sender", ["02025550123", "95588", "MG123456789012", "示范银行", "a very long name"])
def test_other_senders_are_refused(sender: str):
    with pytest.raises(SettingsError, match="TWILIO_SMS_FROM"):
        Settings.from_environment({"TWILIO_SMS_FROM": sender})


def test_all_numbers_together_get_no_more_messages_in_an_hour_than_the_cap(store: SqliteStore):
    sms = service(store, an_hour=5)
    for n in range(5):
        send(sms, f"key {n}", number=f"+861380000010{n}")
    send(sms, "key 4", number="+8613800000104")  # the same message again
    for now in (MONDAY, MONDAY + 3000):
        with pytest.raises(LookupFailed, match="over all numbers"):
            send(sms, f"more {now}", now, number="+8613800000200")
    assert send(sms, "later", MONDAY + 3901, number="+8613800000200")["to_tail"] == "0200"
    assert len(sent(store)) == 6


def test_operators_are_told_that_the_cap_is_reached(store: SqliteStore):
    sms = open_messages(store, SEAL, rules=Rules(an_hour=1))  # type: ignore[arg-type]
    for n in range(3):
        with suppress(LookupFailed):
            sms.send(SendMessage(number=f"+861380000010{n}", text="您好", purpose="note"), key=f"key {n}", now=MONDAY)
    (alarm,) = Alarms(store).newest()
    assert (alarm["kind"], "1 text messages within an hour" in alarm["text"]) == ("messages", True)
