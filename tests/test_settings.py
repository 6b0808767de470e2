from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from ivr.errors import SettingsError
from ivr.settings import VARIABLES, Settings, Source, store_kinds

TOKEN = "0123456789abcdef0123456789abcdef"
SID = "AC" + "0" * 32


def problem(env: dict[str, str], **overrides: object) -> str:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment(env, **overrides)
    return str(caught.value)


def test_an_empty_environment_gives_the_defaults_of_the_manual() -> None:
    settings = Settings.from_environment({})
    assert settings == Settings()
    assert settings.store == "sqlite:///var/ivr.db"
    assert (settings.flows, settings.audio) == (Path("flows"), Path("audio"))
    assert settings.tts == ("recordings", "cloud", "local")
    assert not settings.auth_token
    assert not settings.insecure


def test_every_variable_is_read(tmp_path: Path) -> None:
    settings = Settings.from_environment(
        {
            "TWILIO_ACCOUNT_SID": SID,
            "TWILIO_AUTH_TOKEN": f" {TOKEN}\n",
            "IVR_KEY": "hush-hush-hush-hush",
            "TWILIO_SMS_FROM": "+12025550123",
            "IVR_PUBLIC_URL": "https://ivr.bank.example:8443/",
            "IVR_STORE": "memory:",
            "IVR_FLOWS": str(tmp_path),
            "IVR_AUDIO": str(tmp_path),
            "IVR_TTS": "recordings, local",
            "IVR_MODELS": str(tmp_path / "later"),
            "IVR_BANK_URL": "http://127.0.0.1:8500/api/",
            "IVR_ALARM_URL": "https://robot.example.com/send?access_token=hush",
            "IVR_EVENTS_URL": "https://crm.example.com/calls?token=hush",
            "IVR_SCREEN_POP_URL": "https://desk.example.com/pop?token=hush",
            "IVR_API_TOKEN": "hush-hush-hush-hush-hush-hush",
            "IVR_RETENTION_DAYS": "365",
            "IVR_LOCK_HOURS": "48",
            "IVR_TEXTS_AN_HOUR": "500",
            "IVR_DIGIT_ONE": "yi",
            "IVR_LANG": "zh_CN.UTF-8",
        }
    )
    assert settings.account_sid == SID
    assert settings.sms_from == "+12025550123"
    assert settings.auth_token.reveal() == TOKEN
    assert settings.public_url == "https://ivr.bank.example:8443"
    assert settings.store == "memory:"
    assert (settings.lock_hours, settings.texts_an_hour) == (48, 500)
    assert settings.flows == settings.audio == tmp_path
    assert settings.tts == ("recordings", "local")
    assert settings.models == tmp_path / "later"
    assert settings.bank_url == "http://127.0.0.1:8500/api"
    assert settings.digit_one == "yi"
    assert settings.alarm_url.reveal() == "https://robot.example.com/send?access_token=hush"
    assert settings.retention_days == 365
    assert "hush" not in repr(settings) + str(settings.sources())


def test_the_token_is_never_seen() -> None:
    settings = Settings.from_environment({"TWILIO_AUTH_TOKEN": TOKEN})
    shown = [repr(settings), str(settings.auth_token), f"{settings.auth_token}", str(settings.sources())]
    assert not any(TOKEN in text for text in shown)
    assert "***" in shown[0]
    with pytest.raises(TypeError):
        json.dumps(settings.auth_token)
    assert TOKEN not in str(dataclasses.asdict(settings))


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    text = problem(
        {
            "TWILIO_ACCOUNT_SID": "SK" + "0" * 32,
            "TWILIO_AUTH_TOKEN": "0123 4567",
            "IVR_KEY": "hush",
            "TWILIO_SMS_FROM": "95588",
            "TWILIO_CALL_FROM": "95588",
            "TWILIO_TASKROUTER_WORKFLOW_SID": "WS" + "0" * 32,
            "TWILIO_API_URL": "https://user:secret@api.twilio.com",
            "IVR_PUBLIC_URL": "https://ivr.example.com/hotline",
            "IVR_STORE": "oracle://scott:tiger@db/x",
            "IVR_FLOWS": str(file),
            "IVR_AUDIO": str(tmp_path / "nowhere"),
            "IVR_TTS": "espeak",
            "IVR_ASR": "clowd",
            "IVR_MODELS": str(file),
            "IVR_VOICE_URL": "http://hush@voices.example.com/v1/audio/speech",
            "IVR_BANK_URL": "bank.example.com",
            "IVR_ALARM_URL": "robot.example.com?access_token=hush",
            "IVR_EVENTS_URL": "crm.example.com?token=hush",
            "IVR_SCREEN_POP_URL": "desk.example.com?token=hush",
            "IVR_API_TOKEN": "hush",
            "IVR_METRICS_TOKEN": "hush",
            "IVR_PHONE_PASSWORD": "hush",
            "IVR_PHONE_URL": "phone.example.com",
            "IVR_LOCK_HOURS": "1",
            "IVR_TEXTS_AN_HOUR": "0",
            "IVR_RETENTION_DAYS": "7",
            "IVR_DIGIT_ONE": "幺",
            "IVR_LANG": "fr",
            "IVR_TARGETS": "fcr=85% speed=20",
        }
    )
    names = [line.partition(":")[0] for line in text.splitlines()]
    assert names == list(VARIABLES.values())
    assert "there is no voice 'espeak'" in text
    assert ":, ".join(store_kinds()) in text
    assert "write cloud, local or none" in text
    assert "secret" not in text
    assert "there is no folder" in text
    assert "is a file, not a folder" in text
    assert "tiger" not in text
    assert "hush" not in text
    assert "0123 4567" not in text


def test_a_token_may_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    settings = Settings.from_environment({"TWILIO_AUTH_TOKEN_FILE": str(file)})
    assert settings.auth_token.reveal() == TOKEN
    assert Source("TWILIO_AUTH_TOKEN", "***", f"file {file}") in settings.sources()


def test_a_token_file_that_is_gone_empty_or_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    for name, reason in (("gone", "No such file"), ("empty", "is empty"), ("bytes", "it is not text")):
        text = problem({"TWILIO_AUTH_TOKEN_FILE": str(tmp_path / name)})
        assert text.startswith(f"TWILIO_AUTH_TOKEN_FILE: {tmp_path / name}")
        assert reason in text


def test_a_token_given_twice_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(TOKEN)
    assert "not both" in problem({"TWILIO_AUTH_TOKEN": TOKEN, "TWILIO_AUTH_TOKEN_FILE": str(file)})


def test_what_the_command_line_says_goes_first_and_none_means_not_said() -> None:
    settings = Settings.from_environment(
        {"IVR_STORE": "memory:", "IVR_BANK_URL": "http://one"}, store=None, bank_url="http://two", insecure=True
    )
    assert (settings.store, settings.bank_url, settings.insecure) == ("memory:", "http://two", True)
    origins = {source.name: source.origin for source in settings.sources()}
    assert origins["IVR_STORE"] == "environment"
    assert origins["IVR_BANK_URL"] == "command line"
    assert origins["IVR_FLOWS"] == "default"
    assert origins["IVR_PUBLIC_URL"] == "not set"


def test_a_wrong_value_from_the_command_line_is_named_as_such() -> None:
    assert problem({}, bank_url="ftp://x").startswith("bank url: ")


def test_a_setting_that_does_not_exist_is_a_programming_error() -> None:
    with pytest.raises(TypeError, match="no such setting: colour"):
        Settings.from_environment({}, colour="red")


def test_sources_mask_a_password_in_the_store_address() -> None:
    settings = Settings(store="redis://:p@ss@cache:6379/0")
    assert Source("IVR_STORE", "redis://***@cache:6379/0", "default") in settings.sources()
