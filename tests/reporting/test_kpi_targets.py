"""Targets: which figures reach them, and for whom they are meant."""

from __future__ import annotations

from typing import Any

from ivr.reporting.kpi_targets import is_met, judge_figures
from ivr.settings.kpi_targets import TARGETS


def people(**classes: dict[str, Any]) -> dict[str, Any]:
    groups: dict[str, Any] = {f"by_{name}": {} for name in ("desk", "agent", "hour")}
    return {"all": classes.pop("all", {}), "by_class": classes, **groups}


def test_large_and_small_figures_are_good_in_their_own_way() -> None:
    assert is_met("service_level", 0.8, 0.8) is True
    assert is_met("service_level", 0.79, 0.8) is False
    assert is_met("abandonment.vip", 0.03, 0.03) is True
    assert is_met("abandonment.vip", 0.031, 0.03) is False
    assert is_met("nps", None, 60) is None


def test_a_class_has_its_own_target_and_the_old_are_not_hurried() -> None:
    row = {"abandonment": 0.04, "aht": 400.0, "fcr": 0.9}
    found = judge_figures(people(all=row, normal=row, vip=row, elderly=row), {})
    assert found["all"]["missed"] == ["aht"]
    assert found["by_class"]["normal"]["missed"] == ["aht"]
    assert sorted(found["by_class"]["vip"]["missed"]) == ["abandonment", "aht"]
    assert found["by_class"]["elderly"]["missed"] == ["abandonment"]
    assert found["targets"]["abandonment.vip"] == {"value": 0.04, "at_most": 0.03, "met": False}
    assert found["targets"]["fcr"] == {"value": 0.9, "at_least": 0.85, "met": True}
    assert found["targets"]["csat"]["met"] is None
    assert found["targets"].keys() == TARGETS.keys()


def test_what_is_chosen_goes_before_what_is_usual() -> None:
    row = {"aht": 400.0, "asa": 31.0, "fcr": 0.9}
    found = judge_figures(people(all=row, elderly=row), {"aht": 420, "asa": 30, "aht.elderly": 390})
    assert found["all"]["missed"] == ["asa"]
    assert sorted(found["by_class"]["elderly"]["missed"]) == ["aht", "asa"]
