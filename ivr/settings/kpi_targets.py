"""Targets for the figures of a hotline: defaults, and the parser of IVR_TARGETS. Must not judge figures itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

TARGETS: Mapping[str, float] = MappingProxyType(
    {
        "service_level": 0.80,
        "abandonment": 0.05,
        "abandonment.vip": 0.03,
        "abandonment.elderly": 0.03,
        "aht": 300.0,
        "fcr": 0.85,
        "csat": 0.95,
        "nps": 60.0,
    }
)
"""Default targets: shares from 0 to 1, seconds, points of NPS; a suffix `.CLASS` means one class of callers."""
MORE = ("asa",)
"""Figures that may have a target but have no default."""

_TARGET = re.compile(r"(([a-z_]+)(?:\.[a-z_]+)?)=(-?[0-9]+(?:\.[0-9]+)?)(%?)")


def read_targets(text: str) -> Mapping[str, float]:
    """Parse `fcr=85% aht=300 abandonment.vip=3%`, figures of `ivr report`. Raises ValueError for anything else."""
    figures = sorted({name.partition(".")[0] for name in (*TARGETS, *MORE)})
    targets = {}
    for part in text.replace(",", " ").split():
        match = _TARGET.fullmatch(part)
        if match is None or match[2] not in figures:
            raise ValueError(f"{part} is no target; write fcr=85% or asa=30, for one of {', '.join(figures)}")
        targets[match[1]] = float(match[3]) / (100 if match[4] else 1)
    return MappingProxyType(targets)
