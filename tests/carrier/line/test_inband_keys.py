"""Keys as tones in the sound, for lines that signal none; a key that is signalled as well counts once."""

from __future__ import annotations

from ivr.carrier.line.inband_keys import SAME_SECONDS, InbandKeys
from ivr.carrier.line.prompt_sounds import PromptSounds
from ivr.carrier.transport import WsgiTransport
from ivr.carrier.twiml import Play
from ivr.speech.audio import silence
from tests.carrier.fixtures import Server

from .stage import spoken


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def tones(keys: str) -> bytes:
    sounds = PromptSounds(WsgiTransport(Server({})), spoken)
    quiet = silence(0.3).samples.tobytes()
    return quiet + sounds.played(Play("", digits=keys), "") + quiet


def fed(keys: InbandKeys, pcm: bytes) -> None:
    for start in range(0, len(pcm), 320):
        keys.feed(pcm[start : start + 320])


def test_tones_are_keys_once_each() -> None:
    taken: list[str] = []
    fed(InbandKeys(taken.append), tones("0128*#"))
    assert "".join(taken) == "0128*#"


def test_after_the_first_signalled_key_the_sound_is_not_searched() -> None:
    taken: list[str] = []
    keys = InbandKeys(taken.append)
    assert keys.signalled("5")
    fed(keys, tones("0128"))
    assert (taken, keys.signalled("5")) == ([], True)


def test_a_key_whose_tone_came_before_its_signal_counts_once() -> None:
    taken: list[str] = []
    clock = Clock()
    keys = InbandKeys(taken.append, clock)
    fed(keys, tones("7"))
    assert (taken, keys.signalled("7"), keys.signalled("7")) == (["7"], False, True)
    late = InbandKeys(taken.append, clock)
    fed(late, tones("7"))
    clock.now += SAME_SECONDS
    assert late.signalled("7")
