"""Field kinds of a line's calendar: its time zone and its country's holidays."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import available_timezones

from ivr.calendar import is_country
from ivr.yamlfile.source import Node
from ivr.yamlfile.suggest import did_you_mean

from .fields import Reading
from .scalars import WordField


@dataclass(frozen=True)
class TimeZoneField(WordField):
    """A time zone by its name in the IANA database."""

    words: str = "a time zone, such as Europe/London"
    sample: str = "Asia/Shanghai"

    def read(self, node: Node, reading: Reading) -> str | None:
        """Read the name of a zone."""
        name = super().read(node, reading)
        if name is None or name in (zones := available_timezones()):
            return name
        # Editors write "London" or "shanghai"; the database has a city behind its continent.
        same_city = [
            zone for zone in sorted(zones) if name.replace(" ", "_").casefold() == zone.split("/")[-1].casefold()
        ]
        self.wrong(node, reading, f"Write {same_city[0]}." if same_city else did_you_mean(name, zones))
        return None


@dataclass(frozen=True)
class CountryField(WordField):
    """A country by its ISO 3166 code, or a part of it; `none` for a line without holidays."""

    words: str = "a country, such as GB or GB-SCT, or none"
    sample: str = "CN"

    def read(self, node: Node, reading: Reading) -> str | None:
        """Read the code of a country whose holidays are available."""
        code = super().read(node, reading)
        if code is None or is_country(code):
            return code
        self.wrong(node, reading, f"Write {code.upper()}." if is_country(code.upper()) else "")
        return None
