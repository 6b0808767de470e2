"""The parsers of settings: text from the environment to a checked value. Each raises ValueError with the cure."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from ivr.errors import SettingsError

from .hidden import Hidden
from .store_url import store_kind

VOICE_ORDER = ("recordings", "cloud", "local")
"""The sources of speech: recordings, the carrier's voice, voices on this machine."""
SHORTEST_KEY, SHORTEST_TOKEN = 16, 24
SHORTEST_LOCK, LONGEST_LOCK = 24, 720
"""Hours: within a day no more PINs of an account are checked than a day's tries, and a lock lasts 30 days at most."""
FEWEST_DAYS = 60
"""A complaint may take 60 days by law, so its calls must be stored that long."""


def read_account_sid(text: str) -> str:
    """Check Twilio's account SID."""
    if not re.fullmatch(r"AC[0-9A-Za-z]{32}", text):
        raise ValueError("an account SID is AC and 32 more letters and digits; an API key (SK...) is something else")
    return text


def _unquoted(text: str) -> str:
    """Return a secret. Raises ValueError for one that a file of settings has left in quotation marks."""
    # A shell drops quotation marks, `docker run --env-file` leaves them.
    if text[0] in "\"'`“‘" or text[-1] in "\"'`”’":
        raise ValueError("it stands in quotation marks, which would be part of it; write it without them")
    return text


def read_auth_token(text: str) -> Hidden:
    """Check Twilio's token."""
    if any(not "!" <= letter <= "~" for letter in text):
        raise ValueError("the token has a space or another character that no token has; copy it again")
    return Hidden(_unquoted(text))


def read_key(text: str) -> Hidden:
    """Check the key that encrypts stored data."""
    if len(text) < SHORTEST_KEY:
        raise ValueError(f"a key has at least {SHORTEST_KEY} characters; make one with: openssl rand -hex 32")
    return Hidden(_unquoted(text))


def read_api_token(text: str) -> Hidden:
    """Check the token of the API."""
    if len(text) < SHORTEST_TOKEN or any(not "!" <= letter <= "~" for letter in text):
        raise ValueError(f"a token has at least {SHORTEST_TOKEN} characters; make one with: openssl rand -hex 32")
    return Hidden(_unquoted(text))


def read_days(text: str) -> int:
    """Check how many days calls are stored."""
    if not re.fullmatch(r"[0-9]{1,5}", text) or not int(text) >= FEWEST_DAYS:
        raise ValueError(f"this is not a number of days of at least {FEWEST_DAYS}")
    return int(text)


def read_lock_hours(text: str) -> int:
    """Check after how many hours a lock by wrong PINs ends; 0 means never."""
    if not re.fullmatch(r"[0-9]{1,3}", text) or not (int(text) == 0 or SHORTEST_LOCK <= int(text) <= LONGEST_LOCK):
        raise ValueError(
            f"this is neither a number of hours from {SHORTEST_LOCK} to {LONGEST_LOCK} nor 0, for locks without an end"
        )
    return int(text)


def read_count(text: str) -> int:
    """Check a number of things, at least one."""
    if not re.fullmatch(r"[0-9]{1,7}", text) or not int(text):
        raise ValueError("this is not a number of at least 1")
    return int(text)


def read_sms_from(text: str) -> str:
    """Check the sender of text messages."""
    if re.fullmatch(r"\+[1-9][0-9]{4,14}|MG[0-9a-f]{32}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}", text):
        return text
    raise ValueError("a sender is a number such as +12025550123, a messaging service (MG...) or a name of 11 letters")


def read_call_from(text: str) -> str:
    """Check the number that calls are placed from."""
    if re.fullmatch(r"\+[1-9][0-9]{6,14}", text):
        return text
    raise ValueError("the number that calls are placed from has its country code, such as +861085550100")


def read_workflow(text: str) -> str:
    """Check the SID of a TaskRouter workflow."""
    if not re.fullmatch(r"WW[0-9A-Za-z]{32}", text):
        raise ValueError("a workflow SID is WW and 32 more letters and digits; a workspace (WS...) is something else")
    return text


def read_address(text: str) -> str:
    """Check an http(s) address and return it without a slash at the end. Messages never repeat a password."""
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError("this is not an address; write for example https://ivr.example.com") from None
    if parts.scheme not in {"http", "https"} or not host or re.search(r"\s", text):
        raise ValueError("this is not an address; write for example https://ivr.example.com")
    # Addresses are logged and shown; a secret has a variable of its own.
    if parts.username or parts.password:
        raise ValueError("a user name or password does not belong in the address")
    if "?" in text or "#" in text:
        raise ValueError("the address has a ? or # part; leave it out")
    return urlunsplit(parts).rstrip("/")


def read_hidden_address(text: str) -> Hidden:
    """Check an address that may contain a token, as those of chat robots do; messages never repeat it."""
    parts = text.partition("?")
    try:
        read_address(parts[0])
    except ValueError:
        raise ValueError("this is not an http(s) address") from None
    return Hidden(text)


def read_voice_address(text: str) -> Hidden:
    """Check the address of a voice server, whose query names the voice of each language."""
    try:
        url = urlsplit(text)
    except ValueError:  # whose text repeats the host, and with it the token
        raise ValueError("this is not an http(s) address") from None
    read_hidden_address(urlunsplit(url._replace(netloc=url.netloc.rpartition("@")[2])))
    if not any(re.fullmatch("[a-z]{2,3}-[A-Z]{2}", name) for name, _ in parse_qsl(url.query)):
        raise ValueError("it names no voice; add one for each language, such as ?zh-CN=huayan&en-US=amy")
    return Hidden(text)


def read_public_url(text: str) -> str:
    """Check the address that the carrier calls: scheme, host and port."""
    url = read_address(text)
    if urlsplit(url).path:
        raise ValueError(f"{url} has a path; give only scheme, host and port, such as https://ivr.example.com")
    return url


def read_store(text: str) -> str:
    """Check the address of a store."""
    try:
        store_kind(text)
    except SettingsError as fault:
        raise ValueError(str(fault)) from None
    return text


def read_folder(text: str) -> Path:
    """Check that a folder exists."""
    path = read_folder_name(text)
    if not path.exists():
        raise ValueError(f"there is no folder {text}")
    return path


def read_folder_name(text: str) -> Path:
    """Check that a path is no file. The folder may be missing: published flows do not need it, models create it."""
    path = Path(text)
    if path.exists() and not path.is_dir():
        raise ValueError(f"{text} is a file, not a folder")
    return path


def read_asr(text: str) -> str:
    """Check the choice of recogniser."""
    if text in ("cloud", "local", "none"):
        return text
    raise ValueError(f"{text!r} is not a way to recognise speech; write cloud, local or none")


def read_digit_one(text: str) -> str:
    """Check the reading of 1 in Mandarin (yao or yi)."""
    if text not in ("yao", "yi"):
        raise ValueError("1 in a Mandarin number is said as yao (幺) or yi (一)")
    return text


def read_message_language(text: str) -> str:
    """Check the language of findings (en or zh)."""
    language = text.partition("_")[0].partition("-")[0].casefold()
    if language not in ("en", "zh"):
        raise ValueError("findings are written in en or zh")
    return language


def read_voices(text: str) -> tuple[str, ...]:
    """Check the order of voices."""
    voices = tuple(name.strip() for name in text.split(",") if name.strip())
    if unknown := sorted(set(voices) - set(VOICE_ORDER)):
        raise ValueError(f"there is no voice {unknown[0]!r}; it is a list of {', '.join(VOICE_ORDER)}, best first")
    if not voices or len(set(voices)) < len(voices):
        raise ValueError(f"name each voice once, best first, such as {','.join(VOICE_ORDER)}")
    return voices
