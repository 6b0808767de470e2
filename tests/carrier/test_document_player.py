"""The documents of a call, one after another: what both players have in common."""

from __future__ import annotations

from ivr.carrier.caller import Press
from ivr.carrier.document_player import CallOver, NextDocument

from .fixtures import Person, Phone


def test_a_redirect_goes_on_with_the_next_document_until_there_is_none(phone: Phone, person: type[Person]) -> None:
    result = phone.call({"/voice": "<Redirect>/b</Redirect>", "/b": "<Pause/>"}, person(Press("1")))
    assert [path for path, _ in phone.server.requests] == ["/voice", "/b", "/status"]
    assert (result.ended_by, result.documents) == ("server", 2)


def test_documents_without_a_sound_end_as_an_endless_loop(phone: Phone, person: type[Person]) -> None:
    result = phone.call({"/voice": "<Redirect/>"}, person())
    assert result.ended_by == "fault"
    assert "endless loop" in str(result.faults[-1])


def test_the_end_of_a_document_and_the_next_one_carry_what_the_loop_needs() -> None:
    over, following = CallOver("server", ran_out=True), NextDocument("moved", "https://bank.example/", "POST")
    assert (over.by, over.status, over.ran_out) == ("server", "completed", True)
    assert (following.purpose, dict(following.extra), following.repeat) == ("moved", {}, False)
