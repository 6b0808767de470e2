"""Deployment settings from the environment, all checked at start. Standard library only; must not print a secret."""

from __future__ import annotations

import hmac
import os
import pkgutil
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self
from urllib.parse import unquote, urlsplit, urlunsplit

from ivr.errors import SettingsError

from .kpi_targets import read_targets

DEFAULT_STORE = "sqlite:///var/ivr.db"
RETENTION_DAYS = 180
"""Days that ended calls and the journal are stored: more than twice the longest time a complaint may take (60 days and
its extension), so that later questions of customers can be answered."""
VOICE_ORDER = ("recordings", "cloud", "local")
"""The sources of speech: recordings, the carrier's voice, voices on this machine."""
DEFAULT_MODELS = Path("var/models")


class Hidden:
    """A configured secret. It prints as `***` and compares in constant time; an empty one is false."""

    __slots__ = ("_value",)

    def __init__(self, value: str = "") -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the value. Call it only where a signature, a key or a request is made."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Hidden):
            return NotImplemented
        return hmac.compare_digest(self._value.encode(), other._value.encode())

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return "***" if self else "''"

    __str__ = __repr__


@dataclass(frozen=True)
class Source:
    """One setting as shown to an operator: the variable, its value (secrets masked) and its origin."""

    name: str
    value: str
    origin: str


@dataclass(frozen=True)
class Settings:
    """The settings of a deployment. Empty text means "not set".

    `public_url`, `bank_url` and `api_url` have no slash at the end. `insecure` is never read from the environment: a
    server that checks no signatures must be requested on the command line.
    """

    account_sid: str = ""
    auth_token: Hidden = field(default_factory=Hidden, hash=False)
    key: Hidden = field(default_factory=Hidden, hash=False)
    sms_from: str = ""
    call_from: str = ""
    workflow: str = ""
    api_url: str = ""
    public_url: str = ""
    store: str = DEFAULT_STORE
    flows: Path = Path("flows")
    audio: Path = Path("audio")
    tts: tuple[str, ...] = VOICE_ORDER
    asr: str = "cloud"
    models: Path = DEFAULT_MODELS
    bank_url: str = ""
    alarm_url: Hidden = field(default_factory=Hidden, hash=False)
    events_url: Hidden = field(default_factory=Hidden, hash=False)
    screen_pop_url: Hidden = field(default_factory=Hidden, hash=False)
    api_token: Hidden = field(default_factory=Hidden, hash=False)
    retention_days: int = RETENTION_DAYS
    digit_one: str = "yao"
    targets: Mapping[str, float] = field(default_factory=dict, hash=False)
    insecure: bool = False
    origins: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_environment(cls, env: Mapping[str, str] = os.environ, **overrides: Any) -> Self:
        """Read and check every setting. Overrides that are None are ignored.

        Raises SettingsError with every problem, one per line.
        """
        if unknown := sorted(overrides.keys() - {f.name for f in fields(cls)} | overrides.keys() & {"origins"}):
            raise TypeError(f"no such setting: {', '.join(unknown)}")
        reading = _Reading(env, {name: value for name, value in overrides.items() if value is not None})
        values = {name: value for name in VARIABLES if (value := reading.take(name)) is not None}
        if reading.problems:
            raise SettingsError("\n".join(reading.problems))
        return cls(**values, insecure=bool(overrides.get("insecure")), origins=reading.origins)

    def sources(self) -> tuple[Source, ...]:
        """List every setting with its origin, in the order of the manual."""
        return tuple(self._source(name) for name in VARIABLES)

    def _source(self, name: str) -> Source:
        value = _masked(getattr(self, name))
        return Source(VARIABLES[name], value, self.origins.get(name) or ("default" if value else "not set"))


VARIABLES: Mapping[str, str] = MappingProxyType(
    {
        "account_sid": "TWILIO_ACCOUNT_SID",
        "auth_token": "TWILIO_AUTH_TOKEN",
        "key": "IVR_KEY",
        "sms_from": "TWILIO_SMS_FROM",
        "call_from": "TWILIO_CALL_FROM",
        "workflow": "TWILIO_TASKROUTER_WORKFLOW_SID",
        "api_url": "TWILIO_API_URL",
        "public_url": "IVR_PUBLIC_URL",
        "store": "IVR_STORE",
        "flows": "IVR_FLOWS",
        "audio": "IVR_AUDIO",
        "tts": "IVR_TTS",
        "asr": "IVR_ASR",
        "models": "IVR_MODELS",
        "bank_url": "IVR_BANK_URL",
        "alarm_url": "IVR_ALARM_URL",
        "events_url": "IVR_EVENTS_URL",
        "screen_pop_url": "IVR_SCREEN_POP_URL",
        "api_token": "IVR_API_TOKEN",
        "retention_days": "IVR_RETENTION_DAYS",
        "digit_one": "IVR_DIGIT_ONE",
        "targets": "IVR_TARGETS",
    }
)
"""The environment variable of every setting that has one."""

IN_FILES = ("auth_token", "key", "api_token")
"""Secrets that can be read from a file instead, named by the variable with the suffix _FILE."""
SHORTEST_KEY, SHORTEST_TOKEN = 16, 24
FEWEST_DAYS = 60
"""A complaint may take 60 days by law, so its calls must be stored that long."""


def store_kinds() -> tuple[str, ...]:
    """Return the kinds of store: the modules of `ivr/stores` without underscore."""
    modules = pkgutil.iter_modules([str(Path(__file__).parent.parent / "stores")])
    return tuple(sorted(module.name for module in modules if not module.name.startswith("_")))


def store_kind(url: str) -> str:
    """Return the kind of store of a URL. Raises SettingsError for an unknown one."""
    kind, colon, _ = url.partition(":")
    if not colon or kind not in store_kinds():
        schemes = ", ".join(f"{name}:" for name in store_kinds())
        raise SettingsError(f"there is no store {_masked(url)!r}; an address starts with one of {schemes}")
    return kind


def store_file(url: str) -> Path | None:
    """Return the file of a store URL such as `sqlite:///var/ivr.db`, or None if it names no file.

    Three slashes: relative to the current folder; four: absolute.
    """
    parts = urlsplit(url)
    if parts.netloc or not url.startswith(f"{parts.scheme}:///"):
        return None
    name = unquote(parts.path[1:])
    return Path(name) if name.strip("/") else None


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
            return _READERS[name](text)
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
        file = self.env.get(f"{variable}_FILE", "").strip() if name in IN_FILES else ""
        if text and file:
            self.problems.append(f"{variable}: set it or {variable}_FILE, not both")
        if file:
            return self._secret_file(f"{variable}_FILE", file), f"file {file}"
        return text, "environment"

    def _secret_file(self, variable: str, file: str) -> str:
        try:
            text = Path(file).read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as fault:
            reason = fault.strerror if isinstance(fault, OSError) else "it is not text"
            self.problems.append(f"{variable}: {file} cannot be read: {reason}")
            return ""
        if not text:
            self.problems.append(f"{variable}: {file} is empty")
        return text


def _account_sid(text: str) -> str:
    if not re.fullmatch(r"AC[0-9A-Za-z]{32}", text):
        raise ValueError("an account SID is AC and 32 more letters and digits; an API key (SK...) is something else")
    return text


def _auth_token(text: str) -> Hidden:
    if any(not "!" <= letter <= "~" for letter in text):
        raise ValueError("the token has a space or another character that no token has; copy it again")
    return Hidden(text)


def _key(text: str) -> Hidden:
    if len(text) < SHORTEST_KEY:
        raise ValueError(f"a key has at least {SHORTEST_KEY} characters; make one with: openssl rand -hex 32")
    return Hidden(text)


def _api_token(text: str) -> Hidden:
    if len(text) < SHORTEST_TOKEN or any(not "!" <= letter <= "~" for letter in text):
        raise ValueError(f"a token has at least {SHORTEST_TOKEN} characters; make one with: openssl rand -hex 32")
    return Hidden(text)


def _days(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", text) or not int(text) >= FEWEST_DAYS:
        raise ValueError(f"this is not a number of days of at least {FEWEST_DAYS}")
    return int(text)


def _sms_from(text: str) -> str:
    if re.fullmatch(r"\+[1-9][0-9]{4,14}|MG[0-9a-f]{32}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}", text):
        return text
    raise ValueError("a sender is a number such as +12025550123, a messaging service (MG...) or a name of 11 letters")


def _call_from(text: str) -> str:
    if re.fullmatch(r"\+[1-9][0-9]{6,14}", text):
        return text
    raise ValueError("the number that calls are placed from has its country code, such as +861085550100")


def _workflow(text: str) -> str:
    if not re.fullmatch(r"WW[0-9A-Za-z]{32}", text):
        raise ValueError("a workflow SID is WW and 32 more letters and digits; a workspace (WS...) is something else")
    return text


def _address(text: str) -> str:
    """Check an http(s) address and return it without a slash at the end. Messages never repeat a password."""
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError("this is not an address; write for example https://ivr.example.com") from None
    if parts.scheme not in {"http", "https"} or not host or re.search(r"\s", text):
        raise ValueError("this is not an address; write for example https://ivr.example.com")
    if parts.username or parts.password:
        raise ValueError("a user name or password does not belong in the address")
    if "?" in text or "#" in text:
        raise ValueError("the address has a ? or # part; leave it out")
    return urlunsplit(parts).rstrip("/")


def _hidden_address(text: str) -> Hidden:
    """Check an address that may contain a token, as those of chat robots do; messages never repeat it."""
    parts = text.partition("?")
    try:
        _address(parts[0])
    except ValueError:
        raise ValueError("this is not an http(s) address") from None
    return Hidden(text)


def _public_url(text: str) -> str:
    url = _address(text)
    if urlsplit(url).path:
        raise ValueError(f"{url} has a path; give only scheme, host and port, such as https://ivr.example.com")
    return url


def _store(text: str) -> str:
    try:
        store_kind(text)
    except SettingsError as fault:
        raise ValueError(str(fault)) from None
    return text


def _folder(text: str) -> Path:
    path = Path(text)
    if not path.is_dir():
        raise ValueError(f"{text} is a file, not a folder" if path.exists() else f"there is no folder {text}")
    return path


def _asr(text: str) -> str:
    if text in ("cloud", "local", "none"):
        return text
    raise ValueError(f"{text!r} is not a way to recognise speech; write cloud, local or none")


def _digit_one(text: str) -> str:
    if text not in ("yao", "yi"):
        raise ValueError("1 in a Mandarin number is said as yao (幺) or yi (一)")
    return text


def _voices(text: str) -> tuple[str, ...]:
    voices = tuple(name.strip() for name in text.split(",") if name.strip())
    if unknown := sorted(set(voices) - set(VOICE_ORDER)):
        raise ValueError(f"there is no voice {unknown[0]!r}; it is a list of {', '.join(VOICE_ORDER)}, best first")
    if not voices or len(set(voices)) < len(voices):
        raise ValueError(f"name each voice once, best first, such as {','.join(VOICE_ORDER)}")
    return voices


def _future_folder(text: str) -> Path:
    """Check a folder that is created on first use."""
    path = Path(text)
    if path.exists() and not path.is_dir():
        raise ValueError(f"{text} is a file, not a folder")
    return path


def _masked(value: object) -> str:
    """Write a value as it is set; user and password of an address are masked."""
    if isinstance(value, tuple):
        value = ",".join(value)
    elif isinstance(value, Mapping):
        value = " ".join(f"{name}={number:g}" for name, number in value.items())
    return re.sub(r"(?<=://)[^/]*@", "***@", str(value)) if value else ""


_READERS: Mapping[str, Callable[[str], Any]] = {
    "account_sid": _account_sid,
    "auth_token": _auth_token,
    "key": _key,
    "sms_from": _sms_from,
    "call_from": _call_from,
    "workflow": _workflow,
    "api_url": _address,
    "public_url": _public_url,
    "store": _store,
    "flows": _folder,
    "audio": _folder,
    "tts": _voices,
    "asr": _asr,
    "models": _future_folder,
    "bank_url": _address,
    "alarm_url": _hidden_address,
    "events_url": _hidden_address,
    "screen_pop_url": _hidden_address,
    "api_token": _api_token,
    "retention_days": _days,
    "digit_one": _digit_one,
    "targets": read_targets,
}
