"""Write plain data as YAML that people edit further: in the order given, a text on one line, letters as they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

_LONGEST_LINE = 10_000


def written(data: Mapping[str, Any]) -> str:
    """Return maps, lists, texts, numbers and truth values as YAML."""
    return yaml.safe_dump(dict(data), allow_unicode=True, sort_keys=False, width=_LONGEST_LINE)
