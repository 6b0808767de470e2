"""Discover the installed channels: folders of this package, and entry points of other distributions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from ivr import channels as _folder
from ivr.discovery import folder_kinds, plugin_kinds
from ivr.errors import IvrError, NoRecording, SettingsError
from ivr.services.recordings import RecordingSource
from ivr.settings import VARIABLES, Settings
from ivr.speech.speech_input import Fetching

from .base import Channel, Fingerprint

ENTRY_POINTS = "ivr.channels"
_T = TypeVar("_T")


def open_channels(settings: Settings, fingerprint: Fingerprint) -> Mapping[str, Channel[Any]]:
    """Return the configured channels by kind. Raises SettingsError."""
    opened = {kind: _opened(cls, settings, fingerprint) for kind, cls in _installed().items()}
    return {kind: channel for kind, channel in opened.items() if channel is not None}


def unsigned(settings: Settings) -> str:
    """Return what must be set so that forged requests are detected, a line for each channel; an empty text if all is.

    Opens no channel and writes nothing. Raises SettingsError.
    """
    return "\n".join(words for cls in _installed().values() if (words := cls.unsigned(settings)))


def carrier_variables() -> frozenset[str]:
    """Return the environment variables of the settings that channels alone read. Raises SettingsError."""
    names = (VARIABLES[name] for cls in _installed().values() for name in cls.settings_of_carrier)
    return frozenset(form for name in names for form in (name, f"{name}_FILE"))


def _installed() -> dict[str, type[Channel[Any]]]:
    own = folder_kinds(_folder, "channel", Channel)  # type: ignore[type-abstract]
    try:
        plugins = plugin_kinds(ENTRY_POINTS, Channel)  # type: ignore[type-abstract]
    except ValueError as fault:
        raise SettingsError(f"an installed channel cannot be used: {fault}") from fault
    for name, cls in plugins.items():
        if name in own or cls.kind != name:
            reason = "is ours" if name in own else f"differs from its kind, {cls.kind!r}"
            raise SettingsError(f"an installed channel cannot be used: the name {name!r} {reason}")
    return {**own, **plugins}


def _opened(cls: type[Channel[Any]], settings: Settings, fingerprint: Fingerprint) -> Channel[Any] | None:
    try:
        return cls.from_settings(settings, fingerprint)
    except IvrError:
        raise
    except Exception as fault:  # a plug-in may raise anything; its words may contain what is secret
        raise SettingsError(f"the channel {cls.kind} cannot be opened: it raises {type(fault).__name__}") from fault


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


def recording_source(opened: Mapping[str, Channel[Any]]) -> RecordingSource | None:
    """Return the carrier from which staff get recordings; None if no channel keeps any."""
    for channel in opened.values():
        source: object = channel.carrier_recordings()
        if isinstance(source, RecordingSource):
            return source
    return None


def recordings_of(opened: Mapping[str, Channel[Any]]) -> Fetching:
    """Return the recordings of the first channel that stores any."""
    return first(channel.carrier_recordings() for channel in opened.values()) or NoRecordings()
