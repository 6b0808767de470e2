"""The context for an agent keeps the newest texts, and nothing that is a secret."""

from __future__ import annotations

import pytest

from ivr.engine.service_ports.queue import MOST_NOTES, AgentNotes, NotesType
from ivr.errors import LookupFailed
from ivr.secret import Secret


def test_a_context_is_read_from_a_map_without_secrets() -> None:
    notes = NotesType().read(
        "context", {"path": ["main", 5], "typed": {"card": "尾号0128", "pin": Secret("pin", "135790")}}
    )
    assert notes == AgentNotes(path=("main",), typed={"card": "尾号0128"})


def test_only_the_newest_entries_are_kept() -> None:
    path = [str(place) for place in range(MOST_NOTES + 5)]
    assert NotesType().read("context", {"path": path}).path == tuple(path[5:])


@pytest.mark.parametrize("nothing", [None, {}, ""])
def test_without_a_context_there_are_no_notes(nothing: object) -> None:
    assert NotesType().read("context", nothing) == AgentNotes()


def test_a_context_that_is_read_already_stays_as_it_is() -> None:
    notes = AgentNotes(path=("main",))
    assert NotesType().read("context", notes) is notes


def test_a_context_that_is_no_map_is_refused_without_its_value() -> None:
    with pytest.raises(LookupFailed, match=r"^context is no map$"):
        NotesType().read("context", "135790")
