"""The figures that rules compare with, by profile: data in limits.yaml."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import msgspec

from ivr.diagnostics.problem import Level
from ivr.flow.profiles import Profile
from ivr.yamlfile.plain_value import plain_value
from ivr.yamlfile.shipped import shipped_block

Bounds = tuple[float, float]
"""The figure above (or below) which a warning begins, and that above which an error does."""


@dataclass(frozen=True)
class Range:
    """The shortest and the longest time in seconds, each as `Bounds`."""

    least: Bounds
    most: Bounds


@dataclass(frozen=True)
class RuleLimits:
    """The limits of one profile; each figure is explained in limits.yaml. Times in seconds."""

    options: Bounds
    depth: Bounds
    greeting_seconds: Bounds
    menu_seconds: Bounds
    person_named_seconds: Bounds
    silent_seconds: Bounds
    label_characters: Bounds
    label_words: Bounds
    sentence_characters: float
    sentence_words: float
    locked_seconds: float
    first_key: Range
    between_keys: Range
    fetch_seconds: Bounds
    tries: Bounds
    list_items: Bounds
    alike: float


def limits_of(profile: Profile) -> RuleLimits:
    """Return the limits of a profile."""
    return _read()[profile.name]


def older_from() -> int:
    """Return the age in years from which a caller must get the simple menu unasked."""
    return int(_written()["older_from"])


def above(measured: float, bounds: Bounds) -> Level | None:
    """Return the level of a finding about a figure that should be small, or None for none."""
    return "error" if measured > bounds[1] else "warning" if measured > bounds[0] else None


def below(measured: float, bounds: Bounds) -> Level | None:
    """Return the level of a finding about a figure that should be large, or None for none."""
    # Turned round, so that "too small" needs no comparison of its own that could differ at the bound.
    return above(-measured, (-bounds[0], -bounds[1]))


@functools.cache
def _written() -> Mapping[str, Any]:
    written: Mapping[str, Any] = plain_value(shipped_block(files(__package__) / "limits.yaml"))
    return written


@functools.cache
def _read() -> Mapping[str, RuleLimits]:
    by_profile: dict[str, dict[str, Any]] = {}
    for name, figures in _written().items():
        if isinstance(figures, Mapping):
            own = {key: value for key, value in figures.items() if key != "inherit"}
            by_profile[name] = {**by_profile.get(figures.get("inherit", ""), {}), **own}
    return {name: msgspec.convert(figures, RuleLimits, strict=False) for name, figures in by_profile.items()}
