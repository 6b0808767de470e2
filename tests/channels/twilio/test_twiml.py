"""TwiML as written: golden files per verb, and the carrier's limits."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.channels.twilio.channel import TwilioChannel
from ivr.channels.twilio.paths import RETRIES
from ivr.engine.verbs import Dial, Enqueue, Gather, Hangup, Hearing, Keys, Pause, Play, Record, Say


def channel(public_url: str | None = None) -> TwilioChannel:
    return TwilioChannel("token", public_url, fingerprint=lambda raw: raw.hex())


WELCOME = Say("您好，欢迎致电示范银行。", barge_in=False)
MENU = Say("查询余额，请按1；人工服务，请按0。")
HEARING = Hearing("zh-CN", ("余额", "人工"))
RECORDED = Hearing("zh-CN", ("余额", "人工"), "recording")

CASES = {
    "gather_one_key": Gather((MENU,)),
    "gather_welcome_cannot_be_cut": Gather((WELCOME, MENU)),
    "gather_keys_and_speech": Gather((MENU,), hearing=HEARING),
    "gather_english": Gather((Say("For your balance, press 1.", "en-US"),), hearing=Hearing("en-US", ("balance",))),
    "gather_pin": Gather((Say("请输入六位查询密码，按井号键结束。"),), Keys(6, "#"), None, 8, 4, secret=True),
    "gather_slow": Gather(
        (Say("查询余额，请按1。", rate=0.85), Pause(0.5), Say("人工服务，请按0。", rate=0.85), Pause(2))
    ),
    "gather_recorded": Gather((Play("/audio/zh/main.0a1b2c.wav"), Pause(0.8), Pause(0.3))),
    "gather_caller_text": Gather((Say('<Hangup/> & "x" 5 < 6\x00\x0b\ud800\r\n好'),)),
    "answer_recorded": Gather((WELCOME, MENU), hearing=RECORDED),
    "answer_recorded_slowly": Gather((MENU,), hearing=RECORDED, first_timeout=8),
    "answer_recorded_after_what_must_be_heard": Gather((WELCOME,), hearing=RECORDED),
    "answer_in_several_keys_is_not_recorded": Gather((MENU,), Keys(4, "#"), hearing=RECORDED),
    "answer_after_a_minute_is_not_recorded": Gather((MENU,), hearing=RECORDED, first_timeout=60),
    "record": Record((Say("请在滴声后留言。"),), 90, 4, "#"),
    "dial": Dial((Say("正在为您转接，请稍候。"),), "+861055550100", 25),
    "dial_agent": Dial((Say("现在为您接通。"),), "+8613900000001", 20, leg="ab12cd34"),
    "dial_agent_recorded": Dial((Say("通话将被录音。"),), "sip:li@bank.example", 20, leg="ab12cd34", record=True),
    "enqueue": Enqueue(
        (Say("正在为您转接，请稍候。"),), "WW" + "0" * 32, 120, {"desk": "vip", "name": "李女士", "level": 2}, 600
    ),
    "hangup": Hangup((Say("感谢来电，再见。"),)),
    "other_language": Hangup((Say("ありがとう", "ja-JP"),)),
}


@pytest.mark.parametrize("name", CASES)
def test_each_verb_is_written_as_the_golden_file_says(name, golden):
    golden(f"twilio/{name}.xml", pretty(channel().render(CASES[name], turn=4)))


def test_addresses_stay_under_the_folder_of_the_public_url():
    root = parse(channel("https://bank.example/ivr/").render(Gather((Play("/audio/a.wav"),)), turn=2))
    assert root.find("Gather").get("action") == f"/ivr/twilio/turn/2{RETRIES}"
    assert root.find("Gather/Play").text == "/ivr/audio/a.wav"
    assert root.find("Redirect").text == f"/ivr/twilio/turn/2?silent=1{RETRIES}"
    sorry = parse(channel("https://bank.example/ivr").sorry("zh-CN", "1"))
    assert sorry.find("Dial").get("action") == f"/ivr/twilio/fallback?attempt=2{RETRIES}"


@pytest.mark.parametrize(
    ("keys", "first", "between", "timeout", "pause"),
    [
        (1, 4.2, 3, "5", None),
        (6, 8, 3, "3", "5"),
        (6, 2, 3, "3", None),
        (2, 0.1, 0.1, "1", None),
        (4, 5.5, 2.5, "3", "3"),
    ],
)
def test_a_pause_holds_the_longer_wait_for_the_first_key(keys, first, between, timeout, pause):
    gather = parse(channel().render(Gather((MENU,), Keys(keys), None, first, between), turn=1)).find("Gather")
    held = gather.find("Pause")
    assert gather.get("timeout") == timeout
    assert (held.get("length") if held is not None else None) == pause


def test_everything_up_to_the_last_uncuttable_prompt_is_outside_the_gather():
    root = parse(channel().render(Gather((MENU, WELCOME, MENU)), turn=1))
    assert [child.tag for child in root] == ["Say", "Say", "Gather", "Redirect"]
    assert [child.tag for child in root.find("Gather")] == ["Say"]


@given(st.lists(st.text(), max_size=5), st.floats(0.1, 5), st.text(max_size=20), st.text(max_size=20))
def test_any_text_makes_well_formed_twiml(texts, rate, number, language):
    prompts = tuple(Say(text, language=language, rate=rate) for text in texts)
    for closing in (Gather((*prompts, Pause(0.4))), Record(prompts), Dial(prompts, number), Hangup(prompts)):
        parse(channel().render(closing, turn=1))
    parse(channel().sorry(language, number))


def test_a_document_never_passes_the_size_limit_and_still_listens():
    prompts = tuple(Say("&好" * 200 + f"{n}。", rate=0.9) for n in range(400))
    document = channel().render(Gather((Say("<" * 3000, barge_in=False), *prompts)), turn=1)
    assert len(document) < 64_000
    assert parse(document).find("Gather/Say") is not None


def test_injected_verbs_stay_text():
    harmless = parse(channel().render(Gather((Say("x"),)), turn=1))
    hostile = parse(channel().render(Gather((Say('</Say><Dial>+1900</Dial><Say voice="x">'),)), turn=1))
    assert [el.tag for el in harmless.iter()] == [el.tag for el in hostile.iter()]


def parse(document: bytes) -> ET.Element:
    assert document.startswith(b"<?xml")
    root = ET.fromstring(document)
    assert root.tag == "Response"
    return root


def pretty(document: bytes) -> str:
    root = parse(document)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode") + "\n"


def test_an_address_that_no_text_can_hold_breaks_nothing():
    assert b"<Play>/a.wav</Play>" in channel().render(Hangup((Play("/a\ud800.wav"),)), turn=1)


def test_a_hostile_name_of_a_leg_stays_one_piece_of_the_path():
    dial = parse(channel("https://x.example/ivr").render(Dial((), "+86139", leg="../a?b=1&c#<d>"), turn=1)).find("Dial")
    number = dial.find("Number")
    assert number.get("url") == "/ivr/twilio/agent/..%2Fa%3Fb%3D1%26c%23%3Cd%3E" + RETRIES
    assert number.get("statusCallback") == number.get("url").removesuffix(RETRIES) + "/ended" + RETRIES
    assert "record" not in dial.attrib


@pytest.mark.parametrize("long", ["话" * 3000, {"a": ["x" * 9000]}])
def test_a_task_that_is_too_long_keeps_the_facts_that_fit_and_stays_json(long):
    told = {"desk": "vip", "level": 2, "typed": long, "reason": '挂失 & "急"'}
    document = channel().render(Enqueue((), "WW" + "0" * 32, task=told), turn=1)
    task = parse(document).find("Enqueue/Task")
    assert json.loads(task.text) == {name: value for name, value in told.items() if name != "typed"}
    assert task.get("timeout") is None


@given(st.dictionaries(st.text(), st.one_of(st.integers(), st.text(), st.none(), st.lists(st.text()))), st.integers())
def test_whatever_a_task_tells_it_is_a_json_object_within_the_carriers_size(told, priority):
    task = parse(channel().render(Enqueue((), "WW", priority, told), turn=1)).find("Enqueue/Task")
    assert isinstance(json.loads(task.text), dict)
    assert len(task.text.encode()) <= 4096
    assert 0 <= int(task.get("priority")) < 2**31


def test_hints_keep_the_limits_of_the_carrier():
    hints = tuple(f"第{n}句，很长" * 30 for n in range(900))
    gather = parse(channel().render(Gather((MENU,), hearing=Hearing("zh-CN", hints)), turn=1)).find("Gather")
    written = gather.get("hints").split(",")
    assert 10 < len(written) <= 500
    assert all(len(hint) <= 100 for hint in written)
