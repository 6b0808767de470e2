"""The list of alarms about guessing: the newest first, bounded, and posted as masked text."""

from __future__ import annotations

from ivr.services.identity import alarms
from ivr.services.identity.alarms import ALARMS, Alarms
from ivr.stores.memory import MemoryStore

MONDAY = 1_795_399_200  # 2026-11-23T10:00+08:00


def test_the_newest_alarm_comes_first_and_only_as_many_as_asked_for() -> None:
    listed = Alarms(MemoryStore())
    for place in range(4):
        listed.raise_alarm("caller", f"alarm {place}", MONDAY + place)
    assert [alarm["text"] for alarm in listed.newest(limit=2)] == ["alarm 3", "alarm 2"]
    assert [alarm["text"] for alarm in listed.newest()] == ["alarm 3", "alarm 2", "alarm 1", "alarm 0"]


def test_two_alarms_of_one_second_are_both_kept() -> None:
    listed = Alarms(MemoryStore())
    for kind in ("caller", "line"):
        listed.raise_alarm(kind, "text", MONDAY)
    assert {alarm["kind"] for alarm in listed.newest()} == {"caller", "line"}


def test_without_an_alarm_the_list_is_empty() -> None:
    assert list(Alarms(MemoryStore()).newest()) == []


def test_of_many_alarms_the_oldest_are_deleted() -> None:
    store = MemoryStore()
    listed = Alarms(store)
    for place in range(503):
        listed.raise_alarm("caller", f"alarm {place}", MONDAY + place)
    texts = [alarm["text"] for alarm in listed.newest(limit=1000)]
    assert (len(texts), texts[0], texts[-1]) == (500, "alarm 502", "alarm 3")


def test_a_letter_names_its_alarm_its_time_in_china_and_the_role_that_gets_it() -> None:
    store = MemoryStore()
    Alarms(store).raise_alarm("spraying", "many accounts", MONDAY)
    (key,) = store.keys(ALARMS)
    alarm = store.get(ALARMS, key)
    assert alarm is not None
    letter = alarms.letter(key, alarm)
    assert letter.key == f"{key}:spraying"
    assert letter.body() == {
        "about": "identity",
        "id": key,
        "alarm": "spraying",
        "to": ("security",),
        "text": "many accounts",
        "raised": "2026-11-23T10:00:00+08:00",
    }
