"""Gathers everything that the flow language knows here: the kinds of steps and of spoken values. Runs no call."""

from __future__ import annotations

from . import steps
from .engine.step import LiveStep
from .flow.loader import Catalogue
from .plugins import kinds_in
from .speech.aloud import KINDS, argument_fault


def catalogue() -> Catalogue:
    """Return the language as installed."""
    return Catalogue(kinds_in(steps, LiveStep), KINDS, argument_fault)  # type: ignore[type-abstract]
