from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ivr.errors import LookupFailed
from ivr.services.surveys import SURVEYS, Surveys
from ivr.services.tasks import TASKS, Tasks
from ivr.stores.sqlite import SqliteStore
from tests.asking import ask
from tests.customers import ZHANG

NOW = 1795399200.0  # 2026-11-23T10:00+08:00
ABOUT = {"call": "CA1", "queue": "vip", "priority": "normal", "agent": "8001", "reason": "balance"}


@pytest.fixture
def surveys(store: SqliteStore) -> Surveys:
    return Surveys(store)


def answer(surveys: Surveys, now: float = NOW, **given: Any) -> dict[str, Any]:
    return dict(ask(surveys, "survey.answer", {**ABOUT, **given}, key=f"{given} {now}", now=now))


@pytest.mark.parametrize(
    ("satisfaction", "recommend", "detractor"),
    [
        (5, None, False),
        (3, None, False),
        (2, None, True),
        (1, 10, True),
        (5, 6, True),
        (None, 0, True),
        (None, 7, False),
        (None, None, False),
        ("2", "", True),
        (4, "10", False),
    ],
)
def test_who_is_unhappy_is_called_back_within_a_day(
    surveys: Surveys, store: SqliteStore, satisfaction: Any, recommend: Any, detractor: bool
) -> None:
    found = answer(surveys, satisfaction=satisfaction, recommend=recommend, number=ZHANG)
    assert found["detractor"] is detractor
    assert found.get("callback_by") == ("2026-11-24T10:00:00+08:00" if detractor else None)
    tasks = Tasks(store).listed()
    assert [(task["kind"], task["call"], task["agent"], task["number"]) for task in tasks] == (
        [("unhappy", "CA1", "8001", ZHANG)] if detractor else []
    )


def test_an_unhappy_caller_without_a_number_is_promised_nothing(surveys: Surveys, store: SqliteStore) -> None:
    assert answer(surveys, satisfaction=1, number="anonymous") == {"detractor": True}
    assert not Tasks(store).listed()


def test_answers_come_one_by_one_and_none_is_lost(surveys: Surveys, store: SqliteStore) -> None:
    assert not answer(surveys, satisfaction=5, recommend=None)["detractor"]
    first = answer(surveys, NOW + 10, satisfaction=None, recommend=2, number=ZHANG)
    again = answer(surveys, NOW + 20, satisfaction=None, recommend=2, number=ZHANG)
    assert first == again == {"detractor": True, "callback_by": "2026-11-24T10:00:10+08:00"}
    (key,) = store.keys(SURVEYS)
    assert key == "2026-11-23:CA1"
    kept = store.get(SURVEYS, key)
    assert kept == {**ABOUT, "at": int(NOW), "satisfaction": 5, "recommend": 2, "answers": {}, "unhappy": False}
    assert len(store.keys(TASKS)) == 1


def test_questions_of_the_line_are_kept_beside_the_others_and_may_make_a_caller_unhappy(
    surveys: Surveys, store: SqliteStore
) -> None:
    answer(surveys, satisfaction=5, recommend=None, answers={"clear": 4})
    said = answer(
        surveys, NOW + 10, satisfaction=None, recommend=None, answers={"solved": 1}, unhappy=True, number=ZHANG
    )
    assert said["detractor"]
    kept = store.get(SURVEYS, "2026-11-23:CA1")
    assert kept is not None
    assert (kept["satisfaction"], kept["answers"]) == (5, {"clear": 4, "solved": 1})


def test_a_survey_over_midnight_is_one_survey(surveys: Surveys, store: SqliteStore, at: Callable[[str], float]) -> None:
    answer(surveys, at("2026-11-23T23:59"), satisfaction=4)
    answer(surveys, at("2026-11-24T00:01"), recommend=9)
    assert list(store.keys(SURVEYS)) == ["2026-11-23:CA1"]


@pytest.mark.parametrize(
    "given",
    [
        {"satisfaction": 0},
        {"answers": {"solved": "a"}},
        {"satisfaction": 6},
        {"recommend": 11},
        {"recommend": "ten"},
        {"satisfaction": True},
    ],
)
def test_what_is_no_mark_is_refused(surveys: Surveys, store: SqliteStore, given: dict[str, Any]) -> None:
    with pytest.raises(LookupFailed, match="no whole number"):
        answer(surveys, **given)
    assert not store.keys(SURVEYS)


def test_a_survey_without_a_call_is_refused(surveys: Surveys) -> None:
    with pytest.raises(LookupFailed, match="call was not given"):
        ask(surveys, "survey.answer", {"satisfaction": 5}, key="k", now=NOW)
