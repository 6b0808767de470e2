"""The shipped flows, called with software that was not written here: Debian's baresip and sipp."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ivr.carrier.line.prompt_sounds import tone
from ivr.flow.model import Release
from ivr.services.queue.agents import Agents
from ivr.speech.audio import Audio, read_wav
from tests.waiting import wait_until

from .bank_line import BankLine, bank_line
from .softphone import Softphone, free_ports, lacking, softphone

why = lacking()
pytestmark = pytest.mark.skipif(bool(why), reason=why)

DESK, ELDERLY = "+861085550100", "+861085550165"
VOICE, AGENT = 330.0, 410.0
"""Pitches of the caller's and the agent's voice, below those of the prompts."""
LISTENING = 0.2
"""Seconds between two looks at what was heard: each goes through the whole recording, and the calls need the time."""


@pytest.fixture(scope="module")
def desk_ports() -> dict[str, int]:
    return {DESK: free_ports(16), ELDERLY: free_ports(16)}


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory, shipped: Release, desk_ports: dict[str, int]) -> Iterator[BankLine]:
    numbers = {number: f"sip:desk@127.0.0.1:{port}" for number, port in desk_ports.items()}
    with bank_line(tmp_path_factory.mktemp("bank"), shipped, numbers=numbers) as ready:
        yield ready


def heard(line: BankLine, phone: Softphone, words: str) -> None:
    """Wait until a prompt with these words has been heard."""
    try:
        wait_until(lambda: any(words in text for text in line.tones.heard(phone.heard())), 20, every=LISTENING)
    except AssertionError:
        pytest.fail(f"{words} was not heard, but {line.tones.heard(phone.heard())}; {phone.kinds[-1]}")


def words(line: BankLine, phone: Softphone) -> set[str]:
    """Return which of two ends of a transfer was heard."""
    said = "".join(line.tones.heard(phone.heard()))
    return {end for end in ("打分", "同事") if end in said}


def dialogue(line: BankLine, phone: Softphone, *turns: tuple[str, str]) -> None:
    for words, keys in turns:
        heard(line, phone, words)
        phone.press(keys)


def has_voice(audio: Audio, hertz: float) -> bool:
    """Return whether a tone of this pitch is in a sound, perhaps beside another voice."""
    if len(audio.samples) < 800:
        return False
    windows = audio.samples[: len(audio.samples) // 800 * 800].reshape(-1, 800) * np.hanning(800)
    spectra = np.abs(np.fft.rfft(windows, 8000))
    near = spectra[:, round(hertz) - 6 : round(hertz) + 7].max(axis=1)
    return bool((near > np.maximum(1e5, 0.3 * spectra.max(axis=1))).any())


def test_a_customer_hears_the_balance_by_keys(line: BankLine, tmp_path: Path) -> None:
    with softphone(tmp_path) as phone:
        phone.dial(line.address)
        dialogue(line, phone, ("查询余额", "1"), ("最后四位", "0128"), ("查询密码", "135790"))
        heard(line, phone, "一万二千三百四十五元六角七分")
        phone.hang_up()
        wait_until(lambda: not line.switch.under_way)


def test_a_lost_card_is_locked(line: BankLine, tmp_path: Path) -> None:
    with softphone(tmp_path) as phone:
        phone.dial(line.address)
        dialogue(line, phone, ("银行卡挂失", "3"), ("身份证号码", "1018"), ("查询密码", "135790"), ("确认挂失", "1"))
        heard(line, phone, "挂失已经办好")
        phone.hang_up()


def test_a_complaint_is_recorded_and_what_was_said_is_in_the_recording(line: BankLine, tmp_path: Path) -> None:
    with softphone(tmp_path, says=tone((VOICE,), 60.0)) as phone:
        phone.dial(line.address)
        dialogue(line, phone, ("更多服务", "5"), ("投诉和建议", "4"), ("产品，请按1", "1"), ("一般情况", "1"))
        heard(line, phone, "请在提示音后说出经过")
        wait_until(lambda: has_voice(phone.heard(), 1000.0), every=LISTENING)
        begun = phone.heard().seconds
        wait_until(lambda: phone.heard().seconds > begun + 2.5, every=LISTENING)  # the caller speaks
        phone.press("#")
        dialogue(line, phone, ("再听一遍", "1"))
        wait_until(lambda: sum("编号是提" in text for text in line.tones.heard(phone.heard())) > 1, every=LISTENING)
        phone.hang_up()
    recordings = [read_wav(sound) for sound in line.api._kept.values()]
    assert any(has_voice(recording, VOICE) for recording in recordings)


def test_an_older_caller_who_says_nothing_reaches_a_person(
    line: BankLine, tmp_path: Path, desk_ports: dict[str, int]
) -> None:
    agent_says = tone((AGENT,), 60.0)
    with (
        softphone(tmp_path / "agent", "desk", ports=desk_ports[ELDERLY], says=agent_says, answers=True) as agent,
        softphone(tmp_path / "caller", "+8613800000003", says=tone((VOICE,), 60.0)) as caller,
    ):
        caller.dial(line.address)
        agent.until("CALL_ESTABLISHED")
        wait_until(lambda: has_voice(caller.heard(), AGENT) and has_voice(agent.heard(), VOICE), every=LISTENING)
        agent.hang_up()
        wait_until(lambda: words(line, caller), every=LISTENING)  # after a short talk the call goes to a colleague


def test_an_agents_softphone_is_rung_whispered_to_connected_and_recorded(line: BankLine, tmp_path: Path) -> None:
    port = free_ports(16)
    hotline = line.ivr.release.line
    allowed = replace(hotline, waiting=replace(hotline.waiting, agent_telephones=("sip:127.0.0.1",)))
    agents = Agents(line.ivr.queue.repository, allowed)
    agents.add("li.na", f"sip:li.na@127.0.0.1:{port}", ["general"])
    agents.ready("li.na", time.time())
    with (
        softphone(tmp_path / "agent", "li.na", ports=port, says=tone((AGENT,), 60.0), answers=True) as agent,
        softphone(tmp_path / "caller", "+8613800000006", says=tone((VOICE,), 60.0)) as caller,
    ):
        caller.dial(line.address)
        dialogue(line, caller, ("人工服务", "0"))
        heard(line, agent, "接听请按1")
        assert not has_voice(caller.heard(), AGENT)
        agent.press("1")
        wait_until(lambda: has_voice(caller.heard(), AGENT) and has_voice(agent.heard(), VOICE), every=LISTENING)
        before = len(line.api._kept)
        caller.hang_up()
        wait_until(lambda: len(line.api._kept) > before)
    agents.remove("li.na")
    recording = read_wav(list(line.api._kept.values())[-1])
    assert has_voice(recording, AGENT)
    assert has_voice(recording, VOICE)
