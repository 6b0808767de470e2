"""Deployment settings from the environment, all checked at start. Standard library only; must not print a secret."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

from ivr.errors import SettingsError

from . import parsers
from .hidden import Hidden, HiddenVariables, masked_address
from .identity import MESSAGES_AN_HOUR
from .kpi_targets import read_targets
from .parsers import VOICE_ORDER
from .store_url import store_file, store_kind, store_kinds

__all__ = [
    "DEFAULT_MODELS",
    "DEFAULT_STORE",
    "FILE_VARIABLES",
    "LOCK_HOURS",
    "RETENTION_DAYS",
    "VARIABLES",
    "VOICE_ORDER",
    "Hidden",
    "Settings",
    "Source",
    "masked_address",
    "setting",
    "store_file",
    "store_kind",
    "store_kinds",
]

DEFAULT_STORE = "sqlite:///var/ivr.db"
RETENTION_DAYS = 180
"""Days that ended calls and the journal are stored: more than twice the longest time a complaint may take (60 days and
its extension), so that later questions of customers can be answered."""
LOCK_HOURS = 24
"""Hours until the first lock by wrong PINs ends."""
DEFAULT_MODELS = Path("var/models")


@dataclass(frozen=True)
class Source:
    """One setting as shown to an operator: the variable, its value (secrets masked) and its origin."""

    name: str
    value: str
    origin: str


@dataclass(frozen=True)
class _Declared:
    """The declaration of a setting: its variable, its parser, and whether it may be read from a file."""

    variable: str
    parse: Callable[[str], Any]
    in_file: bool


def setting(variable: str, parse: Callable[[str], Any], default: Any, *, in_file: bool = False) -> Any:
    """Declare a field of Settings: the environment variable, the parser of its text, and the default.

    With `in_file` the secret can be read from a file instead, named by the variable with the suffix _FILE.
    """
    metadata = {"setting": _Declared(variable, parse, in_file)}
    # Neither can be hashed, and dataclasses refuse defaults that several objects would share.
    if isinstance(default, Hidden | dict):
        return field(default_factory=type(default), hash=False, metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True)
class Settings:
    """The settings of a deployment. Empty text means "not set".

    `public_url`, `bank_url` and `api_url` have no slash at the end. `insecure` is never read from the environment: a
    server that checks no signatures must be requested on the command line. `environment` is what they were read from.
    """

    account_sid: str = setting("TWILIO_ACCOUNT_SID", parsers.read_account_sid, "")
    auth_token: Hidden = setting("TWILIO_AUTH_TOKEN", parsers.read_auth_token, Hidden(), in_file=True)
    key: Hidden = setting("IVR_KEY", parsers.read_key, Hidden(), in_file=True)
    sms_from: str = setting("TWILIO_SMS_FROM", parsers.read_sms_from, "")
    call_from: str = setting("TWILIO_CALL_FROM", parsers.read_call_from, "")
    workflow: str = setting("TWILIO_TASKROUTER_WORKFLOW_SID", parsers.read_workflow, "")
    api_url: str = setting("TWILIO_API_URL", parsers.read_address, "")
    public_url: str = setting("IVR_PUBLIC_URL", parsers.read_public_url, "")
    store: str = setting("IVR_STORE", parsers.read_store, DEFAULT_STORE)
    flows: Path = setting("IVR_FLOWS", parsers.read_folder_name, Path("flows"))
    audio: Path = setting("IVR_AUDIO", parsers.read_folder, Path("audio"))
    tts: tuple[str, ...] = setting("IVR_TTS", parsers.read_voices, VOICE_ORDER)
    asr: str = setting("IVR_ASR", parsers.read_asr, "cloud")
    models: Path = setting("IVR_MODELS", parsers.read_folder_name, DEFAULT_MODELS)
    voice_url: Hidden = setting("IVR_VOICE_URL", parsers.read_voice_address, Hidden(), in_file=True)
    bank_url: str = setting("IVR_BANK_URL", parsers.read_address, "")
    alarm_url: Hidden = setting("IVR_ALARM_URL", parsers.read_hidden_address, Hidden())
    events_url: Hidden = setting("IVR_EVENTS_URL", parsers.read_hidden_address, Hidden())
    screen_pop_url: Hidden = setting("IVR_SCREEN_POP_URL", parsers.read_hidden_address, Hidden())
    api_token: Hidden = setting("IVR_API_TOKEN", parsers.read_api_token, Hidden(), in_file=True)
    metrics_token: Hidden = setting("IVR_METRICS_TOKEN", parsers.read_api_token, Hidden(), in_file=True)
    phone_password: Hidden = setting("IVR_PHONE_PASSWORD", parsers.read_api_token, Hidden(), in_file=True)
    phone_url: str = setting("IVR_PHONE_URL", parsers.read_address, "")
    lock_hours: int = setting("IVR_LOCK_HOURS", parsers.read_lock_hours, LOCK_HOURS)
    texts_an_hour: int = setting("IVR_TEXTS_AN_HOUR", parsers.read_count, MESSAGES_AN_HOUR)
    retention_days: int = setting("IVR_RETENTION_DAYS", parsers.read_days, RETENTION_DAYS)
    digit_one: str = setting("IVR_DIGIT_ONE", parsers.read_digit_one, "yao")
    message_language: str = setting("IVR_LANG", parsers.read_message_language, "en")
    targets: Mapping[str, float] = setting("IVR_TARGETS", read_targets, {})
    insecure: bool = False
    origins: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    environment: Mapping[str, str] = field(default_factory=HiddenVariables, repr=False, compare=False)

    @classmethod
    def from_environment(cls, env: Mapping[str, str] = os.environ, **overrides: Any) -> Self:
        """Read and check every setting. Overrides that are None are ignored.

        Raises SettingsError with every problem, one per line.
        """
        if unknown := sorted(
            overrides.keys() - {f.name for f in fields(cls)} | overrides.keys() & {"origins", "environment"}
        ):
            raise TypeError(f"no such setting: {', '.join(unknown)}")
        reading = _Reading(env, {name: value for name, value in overrides.items() if value is not None})
        values = {name: value for name in VARIABLES if (value := reading.take(name)) is not None}
        if reading.problems:
            raise SettingsError("\n".join(reading.problems))
        return cls(
            **values,
            insecure=bool(overrides.get("insecure")),
            origins=reading.origins,
            environment=HiddenVariables(env),
        )

    def named(self, variable: str) -> str:
        """Return the text of any variable that a file of the line names, or of the file that it names with _FILE.

        Empty if neither is set. Raises SettingsError for a file that cannot be read.
        """
        field_name = next((name for name, declared in VARIABLES.items() if declared == variable), None)
        if field_name is not None:
            value = getattr(self, field_name)
            return value.reveal() if isinstance(value, Hidden) else str(value)
        text, file = (self.environment.get(name, "").strip() for name in (variable, f"{variable}_FILE"))
        if text or not file:
            return text
        reading = _Reading(self.environment, {})
        text = reading.secret_file(f"{variable}_FILE", file)
        if reading.problems:
            raise SettingsError("\n".join(reading.problems))
        return text

    def sources(self) -> tuple[Source, ...]:
        """List every setting with its origin, in the order of the manual."""
        return tuple(self._source(name) for name in VARIABLES)

    def _source(self, name: str) -> Source:
        value = masked_address(getattr(self, name))
        return Source(VARIABLES[name], value, self.origins.get(name) or ("default" if value else "not set"))


_DECLARED: Mapping[str, _Declared] = {each.name: each.metadata["setting"] for each in fields(Settings) if each.metadata}
VARIABLES: Mapping[str, str] = MappingProxyType({name: declared.variable for name, declared in _DECLARED.items()})
"""The environment variable of every setting that has one."""
FILE_VARIABLES = tuple(f"{declared.variable}_FILE" for declared in _DECLARED.values() if declared.in_file)
"""The variables that name a file with a secret."""


class _Reading:
    """One pass over the environment: collects values, their origins and every problem."""

    def __init__(self, env: Mapping[str, str], overrides: Mapping[str, Any]) -> None:
        self.env, self.overrides = env, overrides
        self.origins: dict[str, str] = {}
        self.problems: list[str] = []

    def take(self, name: str) -> Any:
        """Return the checked value of one setting, or None if it is not set or invalid."""
        text, origin = self._find(name)
        if not text:
            return None
        self.origins[name] = origin
        try:
            return _DECLARED[name].parse(text)
        except ValueError as problem:
            what = VARIABLES[name] if origin != "command line" else name.replace("_", " ")
            self.problems.append(f"{what}: {problem}")
            return None

    def _find(self, name: str) -> tuple[str, str]:
        """Return the text of a setting and its origin; the text is empty if it is not set."""
        variable = VARIABLES[name]
        if name in self.overrides:
            value = self.overrides[name]
            if isinstance(value, tuple):
                return ",".join(value), "command line"
            return (value.reveal() if isinstance(value, Hidden) else str(value)), "command line"
        text = self.env.get(variable, "").strip()
        file = self.env.get(f"{variable}_FILE", "").strip() if _DECLARED[name].in_file else ""
        if text and file:
            self.problems.append(f"{variable}: set it or {variable}_FILE, not both")
        if file:
            return self.secret_file(f"{variable}_FILE", file), f"file {file}"
        return text, "environment"

    def secret_file(self, variable: str, file: str) -> str:
        """Return the text of a secret's file; report a file that cannot be used."""
        try:
            # Files of secrets mostly end with a line end, which is no part of the secret.
            text = Path(file).read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as fault:
            reason = fault.strerror if isinstance(fault, OSError) else "it is not text"
            self.problems.append(f"{variable}: {file} cannot be read: {reason}")
            return ""
        if not text:
            self.problems.append(f"{variable}: {file} is empty")
        return text
