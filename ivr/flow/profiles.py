"""Profiles: rates, pauses, timeouts and attempts of a whole flow. The figures are data, in profiles.yaml."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

import msgspec

from ivr.yamlfile.shipped import shipped_block
from ivr.yamlfile.source import Scalar


@dataclass(frozen=True)
class Profile:
    """How a flow speaks and waits. Times in seconds; `rate` is a share of the voice's normal speed."""

    name: str
    characters_per_minute: float
    words_per_minute: float
    rate: float
    first_timeout: float
    fetch_timeout: float
    inter_digit_timeout: float
    tries: int
    error_budget: int
    option_pause: float
    after_key_pause: float
    agent_spoken: str
    say_twice: bool
    minimum_confidence: float
    sure_confidence: float


@functools.cache
def profiles() -> Mapping[str, Profile]:
    """Read the shipped profiles; each overrides the one it inherits from."""
    written: dict[str, dict[str, str]] = {}
    for name, body in shipped_block(files(__package__) / "profiles.yaml").entries:
        figures = {key.text: value.text for key, value in getattr(body, "entries", ()) if isinstance(value, Scalar)}
        # Python evaluates from the left: `inherit` is taken out before the figures are put in.
        written[name.text] = {**written.get(figures.pop("inherit", ""), {}), **figures, "name": name.text}
    return {name: msgspec.convert(figures, Profile, strict=False) for name, figures in written.items()}
