"""What the figures of a hotline are to reach: the usual values, and how a bank writes its own. Judges nothing."""

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
"""What is aimed at unless the bank says otherwise: shares from 0 to 1, seconds, points of NPS; with `.CLASS` for one
class of callers."""
MORE = ("asa",)
"""Figures that may have a target, but have none by themselves."""

_TARGET = re.compile(r"(([a-z_]+)(?:\.[a-z_]+)?)=(-?[0-9]+(?:\.[0-9]+)?)(%?)")


def read_targets(text: str) -> Mapping[str, float]:
    """Read `fcr=85% aht=300 abandonment.vip=3%`: figures of `ivr report`. Raises ValueError for what is none."""
    known = sorted({name.partition(".")[0] for name in (*TARGETS, *MORE)})
    found = {}
    for part in text.replace(",", " ").split():
        target = _TARGET.fullmatch(part)
        if target is None or target[2] not in known:
            raise ValueError(f"{part} is no target; write fcr=85% or asa=30, for one of {', '.join(known)}")
        found[target[1]] = float(target[3]) / (100 if target[4] else 1)
    return MappingProxyType(found)
