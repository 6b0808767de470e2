"""Write plain data as YAML for further editing: in the given order, each text on one line, letters not escaped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

_LONGEST_LINE = 10_000


def written(data: Mapping[str, Any]) -> str:
    """Return maps, lists, texts, numbers and booleans as YAML."""
    return yaml.safe_dump(dict(data), allow_unicode=True, sort_keys=False, width=_LONGEST_LINE)
