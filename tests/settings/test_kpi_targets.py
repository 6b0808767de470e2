"""Targets of the figures."""

from __future__ import annotations

import pytest

from ivr.errors import SettingsError
from ivr.settings import Settings, Source


def test_targets_are_shares_or_numbers_and_may_be_for_a_class():
    read = Settings.from_environment({"IVR_TARGETS": "fcr=82.5%, asa=15 abandonment.elderly=2% nps=-5"})
    assert read.targets == {"fcr": 0.825, "asa": 15.0, "abandonment.elderly": 0.02, "nps": -5.0}
    assert Source("IVR_TARGETS", "fcr=0.825 asa=15 abandonment.elderly=0.02 nps=-5", "environment") in read.sources()
    for wrong in ("fcr", "fcr=high", "fcr:85", "=3", "fcr=1=2", "waits=3"):
        with pytest.raises(SettingsError, match="is no target; write fcr=85% or asa=30"):
            Settings.from_environment({"IVR_TARGETS": wrong})
