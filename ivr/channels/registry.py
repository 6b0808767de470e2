"""Discover the installed channels: folders of this package, and entry points of other distributions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from ivr import channels as _folder
from ivr.discovery import folder_kinds, plugin_kinds
from ivr.errors import NoRecording
from ivr.settings import Settings
from ivr.speech.speech_input import Fetching

from .base import Channel, Fingerprint

ENTRY_POINTS = "ivr.channels"
_T = TypeVar("_T")


def open_channels(settings: Settings, fingerprint: Fingerprint) -> Mapping[str, Channel[Any]]:
    """Return the configured channels by kind. Raises SettingsError."""
    kinds = {
        **folder_kinds(_folder, "channel", Channel),  # type: ignore[type-abstract]
        **plugin_kinds(ENTRY_POINTS, Channel),  # type: ignore[type-abstract]
    }
    opened = {kind: cls.from_settings(settings, fingerprint) for kind, cls in kinds.items()}
    return {kind: channel for kind, channel in opened.items() if channel is not None}


def first(offers: Iterable[_T | None]) -> _T | None:
    """Return the first value that is not None, or None."""
    return next((offer for offer in offers if offer is not None), None)


class NoRecordings:
    """Recordings for channels that store none."""

    def fetch(self, url: str, seconds: float) -> bytes:
        """Raise NoRecording."""
        raise NoRecording("no channel keeps recordings")

    def forget(self, url: str) -> None:
        """Do nothing."""


def recordings_of(opened: Mapping[str, Channel[Any]]) -> Fetching:
    """Return the recordings of the first channel that stores any."""
    return first(channel.carrier_recordings() for channel in opened.values()) or NoRecordings()
