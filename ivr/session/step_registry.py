"""Gathers everything that the flow language knows here: the kinds of steps and of spoken values. Runs no call."""

from __future__ import annotations

from ivr import steps
from ivr.discovery import kinds_in
from ivr.engine.step import LiveStep
from ivr.flow.loader import Catalogue
from ivr.speech.verbalize import VALUE_KINDS, argument_fault


def catalogue() -> Catalogue:
    """Return the language as installed."""
    return Catalogue(kinds_in(steps, LiveStep), VALUE_KINDS, argument_fault)  # type: ignore[type-abstract]
