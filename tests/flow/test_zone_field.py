"""Time zones and countries in line.yaml."""

from __future__ import annotations

import pytest

from ivr.flow.zone_field import CountryField, TimeZoneField

from .read_field import read


@pytest.mark.parametrize("name", ["Europe/London", "Asia/Shanghai", "UTC"])
def test_zones_of_the_database_are_read(name: str) -> None:
    zone, reading = read(TimeZoneField(), name)
    assert (zone, reading.problems) == (name, [])


@pytest.mark.parametrize(
    ("name", "cure"),
    [("London", "Europe/London"), ("new york", "America/New_York"), ("Europe/Londn", "Europe/London")],
)
def test_another_name_is_reported_with_the_zone_that_is_meant(name: str, cure: str) -> None:
    zone, reading = read(TimeZoneField(), name)
    assert zone is None
    assert cure in reading.problems[0].cure


@pytest.mark.parametrize("code", ["GB", "GB-SCT", "none"])
def test_countries_are_read(code: str) -> None:
    assert read(CountryField(), code)[0] == code


@pytest.mark.parametrize(("code", "cure"), [("gb", "GB"), ("Atlantis", "")])
def test_a_country_without_holidays_is_reported(code: str, cure: str) -> None:
    country, reading = read(CountryField(), code)
    assert country is None
    assert cure in reading.problems[0].cure
