"""A conversation's announcements are on and its desks have other hours; names that line.yaml lacks are refused."""

from __future__ import annotations

import pytest

from ivr.conversations.model import Conversation
from ivr.conversations.reader import read_conversation_text
from ivr.conversations.staging import StagingError, announce, with_hours
from ivr.diagnostics.problem import Place
from ivr.flow.model import Desk, Hotline, Reference, Release
from ivr.services.announcements import UnknownAnnouncement, switched_on
from ivr.stores.memory import MemoryStore

NOW = 1_795_399_200.0
NIGHTS = Reference("nights", Place("line.yaml", 1, 1))
LINE = Hotline(
    {}, {name: Desk(name, "+861085550100", 30, hours=NIGHTS) for name in ("general", "vip")}, "general",
    announcements={"emergency": {}},
)  # fmt: skip
RELEASE = Release("1", {}, LINE, {})


def conversation(announced: str) -> Conversation:
    text = f"conversation: c\nflow: main_menu\nannounce: {announced}\nturns: [{{wait: true}}]\n"
    return read_conversation_text(text)[0]


def test_an_announcement_is_on_for_a_day_unless_an_end_is_given() -> None:
    store = MemoryStore()
    announce(store, LINE, conversation("{slot: emergency, text: {zh-CN: 停电。}}"), NOW)
    assert switched_on(store, NOW + 24 * 3600 - 1)["emergency"].texts == {"zh-CN": "停电。"}
    assert switched_on(store, NOW + 24 * 3600) == {}


@pytest.mark.parametrize(
    ("announced", "cure"),
    [
        ("{slot: emergancy, preset: outage}", 'Did you mean "emergency"?'),
        ("{slot: emergency, preset: outage}", "There is none; use --text"),
    ],
)
def test_an_announcement_that_line_yaml_lacks_is_refused(announced: str, cure: str) -> None:
    with pytest.raises(UnknownAnnouncement) as refusal:
        announce(MemoryStore(), LINE, conversation(announced), NOW)
    assert cure in str(refusal.value)


def test_only_the_named_desks_get_other_hours() -> None:
    desks = with_hours(RELEASE, {"vip": "always"}).line.desks
    assert desks["vip"].hours is None
    assert desks["general"] == LINE.desks["general"]
    closed = with_hours(RELEASE, {"vip": "closed"}).line
    assert closed.desks["vip"].hours is not None
    assert not closed.hours[closed.desks["vip"].hours.name].open_at(NOW)


@pytest.mark.parametrize(
    ("desks", "noun"), [({"gold": "closed"}, 'no desk "gold"'), ({"vip": "dawn"}, 'no opening hours "dawn"')]
)
def test_desks_and_hours_that_line_yaml_lacks_are_refused(desks: dict[str, str], noun: str) -> None:
    with pytest.raises(StagingError, match=noun):
        with_hours(RELEASE, desks)
