"""Questions to the service "memory": which of them keep what a caller chose."""

from __future__ import annotations

import pytest

from ivr.engine.service_ports.memory import KeepPreferences


@pytest.mark.parametrize("name", ["profile", "language", "rate", "frequent", "reason"])
def test_what_a_caller_chose_is_told_from_the_banks_record_of_the_number(name: str) -> None:
    assert KeepPreferences(number="+8613800000001", **{name: "x"}).is_callers_choice
    assert not KeepPreferences(number="+8613800000001", segment="vip", age_band="elderly").is_callers_choice
