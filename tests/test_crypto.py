from __future__ import annotations

import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from ivr.crypto import Seal
from ivr.errors import SettingsError, StoreError
from ivr.secret import SECRET_KINDS, Secret
from ivr.settings import Hidden, Settings


@pytest.fixture
def seal() -> Seal:
    return Seal(b"k" * 32)


@pytest.mark.parametrize("kind", SECRET_KINDS)
def test_what_is_sealed_opens_again_with_its_kind(seal: Seal, kind: str) -> None:
    opened = seal.open(seal.seal(Secret(kind, "135790")))
    assert opened == Secret(kind, "135790")
    assert opened.kind == kind


def test_a_seal_shows_nothing_and_differs_each_time(seal: Seal) -> None:
    first, second = seal.seal(Secret("pin", "135790")), seal.seal(Secret("pin", "135790"))
    assert first != second
    assert first.startswith("pin.")
    assert "135790" not in first


def test_another_key_is_refused_in_words(seal: Seal) -> None:
    sealed = Seal(b"other").seal(Secret("pin", "135790"))
    with pytest.raises(StoreError, match="sealed with another key") as caught:
        seal.open(sealed)
    assert caught.value.__cause__ is None
    assert "135790" not in str(caught.value)


def test_a_seal_cannot_be_passed_off_as_another_kind(seal: Seal) -> None:
    sealed = seal.seal(Secret("pin", "135790"))
    with pytest.raises(StoreError):
        seal.open(sealed.replace("pin.", "otp."))


@pytest.mark.parametrize("text", ["", "pin.", "pin.!!!!", "pin.AAAA", "nope.AAAA", "pin", "pin.密码", "." * 300])
def test_damaged_text_is_refused_in_words(seal: Seal, text: str) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        seal.open(text)


def test_a_changed_letter_is_noticed(seal: Seal) -> None:
    sealed = seal.seal(Secret("pan", "6217000000001000128"))
    middle = len(sealed) // 2
    changed = sealed[:middle] + ("A" if sealed[middle] != "A" else "B") + sealed[middle + 1 :]
    with pytest.raises(StoreError):
        seal.open(changed)


def test_fingerprints_tell_data_apart_and_depend_on_the_key(seal: Seal) -> None:
    assert seal.fingerprint(b"Digits=1") == seal.fingerprint(b"Digits=1")
    assert len({seal.fingerprint(b"Digits=1"), seal.fingerprint(b"Digits=2"), Seal(b"x").fingerprint(b"Digits=1")}) == 3


def test_threads_share_one_seal(seal: Seal) -> None:
    wrong: list[str] = []

    def work(number: int) -> None:
        for count in range(300):
            value = f"{number}{count:05}"
            if seal.open(seal.seal(Secret("pin", value))).reveal() != value:
                wrong.append(value)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_two_machines_with_the_same_setting_share_a_key(tmp_path: Path) -> None:
    here = Settings(key=Hidden("t" * 32), store="memory:")
    there = Settings(key=Hidden("t" * 32), store=f"sqlite:///{tmp_path}/ivr.db")
    assert Seal.from_settings(there).open(Seal.from_settings(here).seal(Secret("pin", "1"))) == "1"
    assert list(tmp_path.iterdir()) == []


def test_without_a_setting_the_key_is_kept_beside_the_store_for_this_user_alone(tmp_path: Path) -> None:
    settings = Settings(store=f"sqlite:///{tmp_path}/var/ivr.db")
    sealed = Seal.from_settings(settings).seal(Secret("pin", "135790"))
    assert Seal.from_settings(settings).open(sealed) == "135790"
    key = tmp_path / "var" / "ivr.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert list(key.parent.iterdir()) == [key]


def test_memory_stores_get_a_key_of_their_own() -> None:
    settings = Settings(store="memory:")
    with pytest.raises(StoreError):
        Seal.from_settings(settings).open(Seal.from_settings(settings).seal(Secret("pin", "135790")))


def test_a_shared_store_without_a_key_is_refused() -> None:
    with pytest.raises(SettingsError, match="set IVR_KEY"):
        Seal.from_settings(Settings(store="redis://localhost/0"))


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    settings = Settings(store=f"sqlite:///{tmp_path}/ivr.db")
    Seal.from_settings(settings)
    (tmp_path / "ivr.key").chmod(0o644)
    with pytest.raises(StoreError, match="chmod 600"):
        Seal.from_settings(settings)


def test_a_key_file_of_the_wrong_length_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ivr.key").write_bytes(b"short")
    (tmp_path / "ivr.key").chmod(0o600)
    with pytest.raises(StoreError, match="not a key of 32 bytes"):
        Seal.from_settings(Settings(store=f"sqlite:///{tmp_path}/ivr.db"))


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"ivr\.key"):
        Seal.from_settings(Settings(store=f"sqlite:///{tmp_path}/file/ivr.db"))


def test_workers_that_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    code = (
        "import sys; from ivr.crypto import Seal; from ivr.settings import Settings;"
        " sys.stdin.read(); print(Seal.from_settings(Settings(store=sys.argv[1])).fingerprint(b'same'))"
    )
    command = [sys.executable, "-c", code, f"sqlite:///{tmp_path}/ivr.db"]
    workers = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(4)]
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.close()
        worker.stdin = None
    marks = {worker.communicate(timeout=20)[0] for worker in workers}
    assert len(marks) == 1
    assert marks != {b""}


def test_the_key_is_never_taken_from_the_carriers_token(tmp_path: Path) -> None:
    token = "0123456789abcdef0123456789abcdef"
    store = f"sqlite:///{tmp_path}/ivr.db"
    derived = Seal.from_settings(Settings.from_environment({"IVR_KEY": token}))
    without = Seal.from_settings(Settings.from_environment({"TWILIO_AUTH_TOKEN": token, "IVR_STORE": store}))
    assert (tmp_path / "ivr.key").exists()
    assert derived.fingerprint(b"C1") != without.fingerprint(b"C1")


def test_bytes_come_back_for_their_purpose_only() -> None:
    seal = Seal(b"k" * 32)
    closed = seal.close(b"balance", b"reply")
    assert b"balance" not in closed
    assert closed != seal.close(b"balance", b"reply")
    assert seal.reopen(closed, b"reply") == b"balance"
    for opens, data, purpose in (
        (seal, closed, b"call"),
        (seal, closed[:-1] + b"x", b"reply"),
        (seal, b"", b"reply"),
        (Seal(b"q" * 32), closed, b"reply"),
    ):
        with pytest.raises(StoreError, match="another key"):
            opens.reopen(data, purpose)
