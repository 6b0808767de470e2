"""A channel is a folder: a second one is plugged in without an edit in ivr/, and plays a shipped conversation."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ivr.app import build
from ivr.channels import registry
from ivr.channels.twilio.paths import RETRIES
from ivr.conversations.reader import read_conversations
from ivr.demo.bank.serving import BackgroundBank
from ivr.errors import SettingsError
from ivr.settings import Hidden, Settings
from ivr.web import web_app
from tests.channels.plain_json.channel import PlainJsonChannel

ROOT = Path(__file__).parents[2]
TOKEN = "a-token-of-the-plain-telephone"
BALANCE = read_conversations([ROOT / "tests/conversations/main_menu/balance.yaml"])[:3]


@pytest.fixture
def plugged_in(tmp_path, monkeypatch):
    """Install a distribution that offers the channel: its metadata lies on the path, as pip would put it."""
    metadata = tmp_path / "ivr_plain_json-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: ivr-plain-json\nVersion: 1.0\n")
    target = "tests.channels.plain_json.channel:PlainJsonChannel"
    (metadata / "entry_points.txt").write_text(f"[{registry.ENTRY_POINTS}]\nplain_json = {target}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("PLAIN_JSON_TOKEN", TOKEN)
    return metadata


@pytest.fixture
def ivr(plugged_in):
    with BackgroundBank() as bank:
        running = build(Settings(store="memory:", flows=ROOT / "flows", bank_url=bank.url, tts=("cloud",)))
        yield running
        running.close()


def test_twilio_is_found_by_its_folder():
    assert list(registry.open_channels(Settings(), lambda _: "")) == ["twilio"]


def test_an_installed_channel_that_is_not_used_is_left_out(plugged_in, monkeypatch):
    monkeypatch.delenv("PLAIN_JSON_TOKEN")
    assert list(registry.open_channels(Settings(), lambda _: "")) == ["twilio"]


def test_an_entry_point_that_is_no_channel_is_refused(plugged_in):
    (plugged_in / "entry_points.txt").write_text(f"[{registry.ENTRY_POINTS}]\nplain_json = pathlib:Path\n")
    with pytest.raises(SettingsError, match=r"'plain_json' of ivr\.channels is no Channel"):
        registry.open_channels(Settings(), lambda _: "")


def test_an_entry_point_that_cannot_be_imported_is_named_with_the_reason(plugged_in):
    (plugged_in / "entry_points.txt").write_text(f"[{registry.ENTRY_POINTS}]\nplain_json = no_such_module:Channel\n")
    with pytest.raises(SettingsError, match=r"'plain_json' of ivr\.channels cannot be imported: ModuleNotFoundError"):
        registry.unsigned(Settings())


@pytest.mark.parametrize("name", ["twilio", "json"])
def test_a_plugged_in_channel_neither_hides_ours_nor_has_another_name_than_its_kind(plugged_in, name):
    metadata = plugged_in / "entry_points.txt"
    metadata.write_text(metadata.read_text().replace("plain_json =", f"{name} ="))
    with pytest.raises(SettingsError, match=f"'{name}'"):
        registry.open_channels(Settings(), lambda _: "")


def test_a_channel_that_fails_to_open_is_named_without_what_it_says(plugged_in, monkeypatch):
    def fail(settings: Settings, fingerprint: object) -> None:
        raise KeyError(TOKEN)

    monkeypatch.setattr(PlainJsonChannel, "from_settings", fail)
    with pytest.raises(SettingsError, match="plain_json cannot be opened: it raises KeyError") as refused:
        registry.open_channels(Settings(), lambda _: "")
    assert TOKEN not in str(refused.value)


def test_a_channel_says_what_is_not_set_and_what_callers_will_miss(plugged_in):
    assert "TWILIO_AUTH_TOKEN" in registry.unsigned(Settings())
    assert registry.unsigned(Settings(auth_token=Hidden("a" * 32))) == ""
    opened = registry.open_channels(Settings(), lambda _: "")
    assert {kind: len(channel.warnings()) for kind, channel in opened.items()} == {"twilio": 1, "plain_json": 0}


def test_every_channel_tells_what_to_set_at_its_carrier(plugged_in):
    opened = registry.open_channels(Settings(), lambda _: "")
    setups = {kind: channel.carrier_setup("https://h").addresses for kind, channel in opened.items()}
    assert setups["plain_json"] == (("a call comes in", "https://h/plain_json/voice/FLOW"),)
    assert ("a call comes in", f"https://h/twilio/voice{RETRIES}") in setups["twilio"]


@pytest.mark.parametrize("conversation", BALANCE, ids=lambda conversation: conversation.title)
def test_the_second_channel_plays_a_shipped_conversation(ivr, conversation):
    client, headers = web_app(ivr).test_client(), {"X-Token": TOKEN}
    line = {"call": "1", "from": conversation.caller, "to": "+861055550000"}
    answer = client.post(f"/plain_json/voice/{conversation.flow}", json=line, headers=headers).json
    for turn in conversation.turns:
        said = "".join(answer["say"])
        assert all(expected.value in said for expected in turn.hear), said
        assert not any(unwanted.value in said for unwanted in turn.hear_not), said
        for fact, expected in turn.expect.items():
            if fact != "ended":
                assert str(ivr.session.facts("json-1")[fact]) == str(expected.value)
        if turn.act is not None:
            deed = {"press": turn.press} if turn.press else {"hang_up": turn.act == "hang_up"}
            answer = client.post(answer["next"], json=line | deed, headers=headers).json
    assert answer["then"] == "hangup"
    assert ivr.live() == 0


def test_a_request_without_the_token_is_refused_and_broken_ones_reach_a_person(ivr):
    client = web_app(ivr).test_client()
    assert client.post("/plain_json/voice/main_menu", json={"call": "1"}).status_code == 403
    answer = client.post("/plain_json/voice/main_menu", data=b"{", headers={"X-Token": TOKEN})
    assert json.loads(answer.data) == {"say": ["sorry"], "then": "dial", "number": ivr.desk_number}
