"""The same question again gets what was answered to it."""

from __future__ import annotations

from typing import Any

from ivr.services.identity.idempotency import remember, stored_answer


def test_an_answer_is_found_by_its_key() -> None:
    document = remember({"count": 1}, "a", {"allowed": True})
    assert stored_answer(document, "a") == {"allowed": True}
    assert stored_answer(document, "b") is None
    assert document["count"] == 1


def test_only_the_newest_answers_are_kept() -> None:
    document: dict[str, Any] = {}
    for number in range(20):
        remember(document, f"{number}", {"n": number})
    assert stored_answer(document, "3") is None
    assert stored_answer(document, "4") == {"n": 4}


def test_changing_a_found_answer_does_not_change_the_document() -> None:
    document = remember({}, "a", {"left": 2})
    answer = stored_answer(document, "a")
    assert answer is not None
    answer["left"] = 0
    assert stored_answer(document, "a") == {"left": 2}
