"""Questions to the service "memory": which of them keep what a caller chose."""

from __future__ import annotations

from typing import Any

import pytest

from ivr.engine.service_ports.memory import KeepPreferences


@pytest.mark.parametrize(
    "choice",
    [{"profile": "elderly"}, {"language": "en-US"}, {"rate": 0.8}, {"frequent": "off"}, {"reason": "balance"}],
    ids=lambda choice: next(iter(choice)),
)
def test_what_a_caller_chose_is_told_from_the_banks_record_of_the_number(choice: dict[str, Any]) -> None:
    assert KeepPreferences(number="+8613800000001", **choice).is_callers_choice
    assert not KeepPreferences(number="+8613800000001", segment="vip", age_band="elderly").is_callers_choice
