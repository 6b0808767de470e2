"""One-time codes: six digits, two minutes, three tries, right once; in clear in the message and nowhere else."""

from __future__ import annotations

import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ivr.crypto import Seal
from ivr.engine.service_ports.field_types import reveal
from ivr.engine.service_ports.sms import MessageSent, SendMessage
from ivr.errors import LookupFailed
from ivr.secret import Secret
from ivr.services.identity import IdentityService
from ivr.services.identity.one_time_codes import CODES
from ivr.services.identity.weak_pins import weakness
from ivr.stores.sqlite import SqliteStore
from tests.asking import ask

from .conftest import DAY, MONDAY, NUMBER, SEAL, Line, Pocket


def check(line: Line, sealed: str, code: str, now: float = MONDAY, number: str = NUMBER, key: str = "") -> str:
    answer = line.ask("check_code", now, key, sealed=sealed, given=Secret("otp", code), number=number)
    assert answer["verified"] == (not answer["reason"])
    return str(answer["reason"])


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def test_a_code_is_sent_and_right_once(line: Line, pocket: Pocket):
    answer = line.ask("code", MONDAY, number=NUMBER)
    assert set(answer) == {"sealed", "expires", "sent_to_tail"}
    assert (answer["expires"], answer["sent_to_tail"]) == (int(MONDAY) + 120, "0001")
    assert len(pocket.code) == 6
    assert not weakness(pocket.code)
    assert pocket.code not in str(answer)
    assert check(line, answer["sealed"], pocket.code) == ""
    assert check(line, answer["sealed"], pocket.code) == "used"


def test_a_code_expires(line: Line, pocket: Pocket):
    sealed = line.ask("code", MONDAY, number=NUMBER)["sealed"]
    assert check(line, sealed, pocket.code, MONDAY + 121) == "expired"
    assert check(line, sealed, pocket.code, MONDAY + 119) == ""


def test_three_tries_then_even_the_right_code_is_refused(line: Line, pocket: Pocket):
    sealed = line.ask("code", MONDAY, number=NUMBER)["sealed"]
    for given in (wrong(pocket.code), "", "１２３" * 500):
        assert check(line, sealed, given) == "wrong"
    assert check(line, sealed, pocket.code) == "tries"


def test_a_code_belongs_to_its_number(line: Line, pocket: Pocket):
    sealed = line.ask("code", MONDAY, number=NUMBER)["sealed"]
    assert check(line, sealed, pocket.code, number="+8613800000002") == "wrong"
    assert check(line, sealed, pocket.code, number="138 0000 0001") == ""


def test_the_same_turn_again_gets_the_same_answers(line: Line, pocket: Pocket):
    first = line.ask("code", MONDAY, "turn 1", number=NUMBER)
    assert line.ask("code", MONDAY + 1, "turn 1", number=NUMBER) == first
    assert len(pocket.messages) == 1
    assert [check(line, first["sealed"], wrong(pocket.code), key="turn 2") for _ in range(5)] == ["wrong"] * 5
    assert [check(line, first["sealed"], pocket.code, key="turn 3") for _ in range(3)] == [""] * 3


def test_three_codes_in_ten_minutes_and_ten_a_day(line: Line, pocket: Pocket):
    def code(now: float) -> bool:
        try:
            return bool(line.ask("code", now, number=NUMBER))
        except LookupFailed as refusal:
            refusals.append(str(refusal))
            return False

    refusals: list[str] = []
    assert [code(MONDAY + n) for n in range(4)] == [True, True, True, False]
    assert sum(code(MONDAY + 1200 * n) for n in range(1, 20)) == 7
    assert code(MONDAY + DAY + 3)
    assert len(pocket.messages) == 11
    assert set(refusals) == {"this number had too many codes just now", "this number had too many codes today"}
    assert line.ask("code", MONDAY, number="+8613800000002")


def test_codes_asked_for_at_once_are_all_counted(store: SqliteStore, pocket: Pocket):
    service = IdentityService(store, seal=SEAL, messenger=pocket)

    def code(n: int) -> bool:
        try:
            return bool(ask(service, "identity.code", {"number": NUMBER}, key=f"{n}", now=MONDAY))
        except LookupFailed:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(code, range(24))) == 3


def test_guesses_at_once_are_all_counted(line: Line, pocket: Pocket):
    sealed = line.ask("code", MONDAY, number=NUMBER)["sealed"]
    with ThreadPoolExecutor(8) as pool:
        reasons = list(pool.map(lambda n: check(line, sealed, wrong(pocket.code), key=f"k{n}"), range(24)))
    assert sorted(reasons) == ["tries"] * 21 + ["wrong"] * 3


def test_the_message_says_what_it_is_for_and_fits_into_one(line: Line, pocket: Pocket):
    line.ask("code", MONDAY, number=NUMBER, purpose="pin_change")
    text = reveal(pocket.messages[0].text)
    assert "修改查询密码" in text
    assert "2分钟" in text
    assert len(text) <= 70
    line.ask("code", MONDAY, number=NUMBER, purpose="{code}", language="en-US")
    assert reveal(pocket.messages[1].text).startswith("Demo Bank: your code is ")
    assert len(reveal(pocket.messages[1].text)) <= 160
    assert str(pocket.messages[0].text) == "<otp>"


def test_without_a_messenger_or_with_one_that_fails_there_is_no_code(store: SqliteStore):
    class Broken:
        def send(self, question: SendMessage, *, key: str, now: float) -> MessageSent:
            raise LookupFailed("the carrier is gone")

    for messenger in (None, Broken()):
        with pytest.raises(LookupFailed):
            ask(
                IdentityService(store, seal=SEAL, messenger=messenger),
                "identity.code",
                {"number": NUMBER},
                key="1",
                now=MONDAY,
            )


def test_a_name_of_no_code_proves_nothing_and_neither_does_an_entry_of_another_key(line: Line, pocket: Pocket):
    sealed = line.ask("code", MONDAY, number=NUMBER)["sealed"]
    for name in (sealed[:-4] + "AAAA", "otp.", SEAL.seal(Secret("otp", "123456"))):
        answer = line.ask("check_code", MONDAY, sealed=name, given=Secret("otp", pocket.code), number=NUMBER)
        assert answer == {"verified": False, "reason": "expired"}
    forged = Seal(b"x" * 32).close(f"123456.{int(MONDAY) + 99}.{'0' * 32}".encode(), sealed.encode())
    line.service._documents.vault.put(sealed, forged, MONDAY + 99)
    with pytest.raises(LookupFailed):
        line.ask("check_code", MONDAY, sealed=sealed, given=Secret("otp", "123456"), number=NUMBER)


def test_a_code_whose_tries_are_not_counted_is_worth_nothing(line: Line, pocket: Pocket):
    sealed = line.ask("code", MONDAY, number=NUMBER)["sealed"]
    line.service._documents.change(CODES, line.service._documents.keys(CODES)[0], lambda _: None)
    assert check(line, sealed, pocket.code) == "expired"


def test_the_store_holds_no_code_in_clear(tmp_path: Path):
    store, pocket = SqliteStore(tmp_path / "ivr.db"), Pocket()
    line = Line(IdentityService(store, seal=SEAL, messenger=pocket))
    codes = []
    for n in range(3):
        sealed = line.ask("code", MONDAY + n, number=NUMBER)["sealed"]
        codes.append(pocket.code)
        check(line, sealed, wrong(pocket.code))
        check(line, sealed, pocket.code)
    store.close()
    disk = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert b"sealed" in disk
    assert list((tmp_path / "ivr.db-vault").iterdir()) == []  # the key opens none of them any more
    assert not [code for code in codes if code.encode() in disk or code[::-1].encode() in disk]


def test_right_and_wrong_codes_take_the_same_time(line: Line, pocket: Pocket):
    """Loose on purpose, and in processor time, which other programs do not lengthen: it would catch a slow hash."""
    spent: dict[bool, list[float]] = {True: [], False: []}
    for n in range(60):
        sealed = line.ask("code", MONDAY + n * DAY, number=NUMBER)["sealed"]
        given = pocket.code if n % 2 else wrong(pocket.code)
        began = time.thread_time()
        check(line, sealed, given, MONDAY + n * DAY)
        spent[bool(n % 2)].append(time.thread_time() - began)
    assert abs(statistics.median(spent[True]) - statistics.median(spent[False])) < 0.005
