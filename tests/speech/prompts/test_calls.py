"""Whole turns of the engine with local voices: what the carrier is given, and what operators are told."""

from __future__ import annotations

import pytest

from ivr.app import build
from ivr.engine.inputs import CallStarted
from ivr.engine.ports import Incoming
from ivr.settings import Settings
from ivr.speech.prompts import known_prompts, open_prompts, open_workshop
from ivr.web import web_app

from .conftest import AGENT, LINE, Hum

STEPS = """
steps:
  start: {say: 您好，欢迎致电。, next: ask}
  ask:
    menu:
      - {label: 查询余额, phrases: [余额], goto: bye}
"""


@pytest.fixture
def flows(tmp_path):
    """Return the folder of one small flow: the engine's own phrases are prompts enough."""
    made = tmp_path / "flows"
    made.mkdir()
    (made / "line.yaml").write_text(LINE.replace("default: test", "default: main_menu"), encoding="utf-8")
    (made / "main_menu.yaml").write_text(f"flow: main_menu\nstart: start{STEPS}{AGENT}", encoding="utf-8")
    return made


@pytest.fixture
def ivr(folder, flows, tmp_path):
    """Return a function that gives an engine with an order of voices."""
    made = []

    def wire(*order: str, voice: Hum | None = None):
        store = f"sqlite:///{tmp_path}/store/ivr.db"
        (tmp_path / "store").mkdir(exist_ok=True)
        found = build(Settings(store=store, flows=flows, audio=folder, models=tmp_path / "models", tts=order))
        if voice:
            found.session.prompts = open_prompts(
                order, folder, found.session.prompts.maker.kept.folder, [voice], found.seal, found.clock
            )
            object.__setattr__(found.session.prompts, "seconds", 30.0)
        made.append(found)
        return found

    yield wire
    for one in made:
        one.close()


def ring(ivr, call="CA1"):
    incoming = Incoming(
        call, None, CallStarted("anonymous", "+861000", "main_menu"), f"ring {call}", "anonymous", "+861000"
    )
    return ivr.session.answer(ivr.channels["twilio"], incoming).decode()


def test_each_order_gives_the_carrier_what_it_says(ivr, voice):
    assert "<Play>" not in ring(ivr("recordings", "cloud", "local"), "CA1")
    assert "<Play>" not in ring(ivr("cloud", voice=voice), "CA2")
    played = ring(ivr("local", voice=voice), "CA3")
    assert "<Play>/audio/spoken/" in played
    assert "<Say" not in played


def test_a_request_that_comes_twice_gets_the_same_addresses(ivr, voice):
    running = ivr("local", voice=voice)
    assert ring(running) == ring(running)


def test_what_one_server_answered_another_one_gives_as_sound(ivr, voice):
    first, second = ivr("local", voice=voice), ivr("local", voice=Hum())
    address = ring(first).partition("<Play>")[2].partition("</Play>")[0]
    for file in first.session.prompts.maker.kept.folder.glob("*.wav"):
        file.unlink()
    with web_app(second).test_client().get(address) as answer:
        assert (answer.status_code, answer.data[:4]) == (200, b"RIFF")


def test_prompts_without_a_sound_degrade_a_server_that_is_to_speak_by_itself(ivr, voice, folder):
    assert not {"prompts"} & dict(ivr("recordings", "cloud", "local").degraded()).keys()
    running = ivr("local", voice=voice)
    assert "prompts have no sound; run: ivr prompts build" in dict(running.degraded())["prompts"]
    assert "see: ivr prompts list --missing" in dict(ivr("recordings").degraded())["prompts"]
    few = known_prompts(running.release)[:20]
    open_workshop(few, ("local",), folder, [voice]).build()
    running.session.prompts.index._looked = float("-inf")
    count = len(known_prompts(running.release))
    assert dict(running.degraded())["prompts"].startswith(f"{count - 20} of {count}")


def test_one_callers_sounds_lie_beside_the_store(ivr, voice, tmp_path):
    ring(ivr("local", voice=voice))
    assert list((tmp_path / "store" / "spoken").glob("*.wav"))
