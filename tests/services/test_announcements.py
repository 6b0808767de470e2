"""Announcements are switched in the store and heard through every server that shares it."""

from __future__ import annotations

import pytest

from ivr.errors import LookupFailed, StoreError
from ivr.services.announcements import CACHE_SECONDS, Announcement, Announcements, switch_off, switch_on, switched_on
from ivr.stores import open_store
from tests.asking import ask

NOW = 1_795_310_000.0
ASKED = {"slot": "emergency", "language": "zh-CN", "caller": "+8613800000001", "called": "+861085550100"}
SILENT = {"text": "", "language": "", "drill": False}


@pytest.fixture
def two(tmp_path):
    """Two handles of one store, as two servers have them, or a server and an operator."""
    stores = [open_store(f"sqlite:///{tmp_path}/ivr.db") for _ in range(2)]
    yield stores
    for store in stores:
        store.close()


def maintenance(**more) -> Announcement:
    given = {"texts": {"zh-CN": "系统维护中。", "en-US": "Maintenance."}, "since": NOW, "until": NOW + 600, **more}
    return Announcement(**given)


def asked(service, now=NOW, **more):
    return ask(service, "line.announcement", {**ASKED, **more}, key="k", now=now)


def test_what_an_operator_switches_a_running_server_tells_within_seconds(two):
    operator, server = two
    service = Announcements(server)
    assert asked(service) == SILENT
    switch_on(operator, "emergency", maintenance())
    assert asked(service, NOW + CACHE_SECONDS)["text"] == "系统维护中。"
    assert switch_off(operator, "emergency", NOW + 10)
    assert asked(service, NOW + CACHE_SECONDS * 2) == SILENT


def test_it_expires_by_itself_also_between_two_readings(two):
    operator, server = two
    switch_on(operator, "emergency", maintenance(until=NOW + 1))
    service = Announcements(server)
    assert asked(service, NOW)["text"]
    assert asked(service, NOW + 1) == SILENT
    assert switched_on(operator, NOW) == {"emergency": maintenance(until=NOW + 1)}
    assert switched_on(operator, NOW + 1) == {}
    assert not switch_off(operator, "emergency", NOW + 1)


@pytest.mark.parametrize(
    ("language", "heard"),
    [("en-US", ("Maintenance.", "en-US")), ("en-GB", ("Maintenance.", "en-US")), ("fr-FR", ("系统维护中。", "zh-CN"))],
)
def test_the_nearest_language_is_told(two, language, heard):
    switch_on(two[0], "emergency", maintenance())
    found = asked(Announcements(two[1]), language=language)
    assert (found["text"], found["language"]) == heard


def test_slots_are_apart_and_a_new_text_takes_the_place_of_the_old(two):
    switch_on(two[0], "emergency", maintenance())
    switch_on(two[0], "service", maintenance(texts={"zh-CN": "网点休息。"}))
    switch_on(two[0], "service", maintenance(texts={"zh-CN": "网点营业。"}, preset="open"))
    service = Announcements(two[1])
    assert [asked(service, slot=slot)["text"] for slot in ("emergency", "service", "other")] == [
        "系统维护中。",
        "网点营业。",
        "",
    ]
    assert switched_on(two[1], NOW)["service"].preset == "open"


def test_a_drill_is_told_to_its_callers_only_and_a_line_s_to_that_line(two):
    switch_on(two[0], "emergency", maintenance(drill=True, callers=("+8613800000002",)))
    switch_on(two[0], "service", maintenance(lines=("+864008000065",)))
    service = Announcements(two[1])
    assert asked(service) == SILENT
    assert asked(service, caller="+8613800000002")["drill"] is True
    assert asked(service, slot="service") == SILENT
    assert asked(service, slot="service", called="+864008000065")["text"] == "系统维护中。"


class Shaky:
    """A store that can be taken away."""

    def __init__(self, store) -> None:
        self.store, self.gone, self.asked = store, False, 0

    def get(self, collection, key):
        self.asked += 1
        if self.gone:
            raise StoreError("gone")
        return self.store.get(collection, key)


def test_while_the_store_is_gone_the_last_reading_goes_on_until_it_expires(two):
    switch_on(two[0], "emergency", maintenance())
    shaky = Shaky(two[1])
    service = Announcements(shaky)
    asked(service)
    shaky.gone = True
    assert asked(service, NOW + 300)["text"] == "系统维护中。"
    assert asked(service, NOW + 600) == SILENT
    with pytest.raises(LookupFailed):
        asked(service, slot="service")


def test_the_store_is_read_once_in_a_while_and_not_for_every_call(two):
    shaky = Shaky(two[1])
    service = Announcements(shaky)
    for tenth in range(20):
        asked(service, NOW + tenth / 10)
    assert shaky.asked == 1
    asked(service, NOW + 2)
    assert shaky.asked == 2


@pytest.mark.parametrize("document", [{}, {"words": "x"}, {"texts": {}, "since": NOW, "until": NOW + 9}])
def test_what_cannot_be_read_counts_as_off(two, document):
    two[0].change("announcements", "emergency", lambda _: document)
    assert asked(Announcements(two[1])) == SILENT
    assert switched_on(two[0], NOW) == {}


def test_it_is_heard_from_its_begin_on(two):
    operator, server = two
    switch_on(operator, "emergency", maintenance(since=NOW + 60))
    service = Announcements(server)
    assert asked(service, NOW) == SILENT
    assert asked(service, NOW + 60)["text"] == "系统维护中。"
