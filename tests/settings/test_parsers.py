"""Values of settings, checked one by one."""

from __future__ import annotations

import pytest

from ivr.errors import SettingsError
from ivr.settings import Settings


def problem(env: dict[str, str], **overrides: object) -> str:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment(env, **overrides)
    return str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "ivr.example.com",
        "ftp://ivr.example.com",
        "https://",
        "https:// ivr.example.com",
        "https://ivr.example.com:99999",
        "https://[::1",
        "https://ivr.example.com/path",
        "https://ivr.example.com?x=1",
        "https://ivr.example.com#x",
        "https://user:password@ivr.example.com",
    ],
)
def test_a_public_url_is_scheme_host_and_port_only(url: str) -> None:
    text = problem({"IVR_PUBLIC_URL": url})
    assert text.startswith("IVR_PUBLIC_URL: ")
    assert "password@" not in text


@pytest.mark.parametrize("text", ["local,local", " , "])
def test_a_voice_is_named_once_and_at_least_one(text: str) -> None:
    assert "name each voice once" in problem({"IVR_TTS": text})


def test_the_order_of_voices_is_shown_as_it_is_written() -> None:
    shown = {source.name: source for source in Settings.from_environment({}, tts=("local", "cloud")).sources()}
    assert (shown["IVR_TTS"].value, shown["IVR_TTS"].origin) == ("local,cloud", "command line")


@pytest.mark.parametrize("text", ["23", "721", "-1", "a day", "1e2"])
def test_a_lock_ends_after_a_day_to_thirty_or_never(text: str) -> None:
    assert "hours from 24 to 720" in problem({"IVR_LOCK_HOURS": text})
    assert Settings.from_environment({"IVR_LOCK_HOURS": "0"}).lock_hours == 0


@pytest.mark.parametrize("text", ["0", "-1", "many", "12345678"])
def test_a_cap_is_a_number_of_at_least_one(text: str) -> None:
    assert "at least 1" in problem({"IVR_TEXTS_AN_HOUR": text})
