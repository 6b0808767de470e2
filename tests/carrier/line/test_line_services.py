"""What calls share: the sentences of last resort, and who listens to which language."""

from __future__ import annotations

from ivr.carrier.line.line_services import APOLOGY, FAREWELL, apologies
from ivr.carrier.line.prompt_sounds import PromptSounds, pcm_of
from ivr.carrier.transport import WsgiTransport
from ivr.carrier.twiml import Gather
from ivr.errors import IvrError
from ivr.speech.asr import recognizers
from ivr.speech.audio import Audio
from tests.carrier.fixtures import Server

from .stage import Stage, spoken


def test_the_apology_promises_a_person_only_if_there_is_a_desk() -> None:
    sounds = PromptSounds(WsgiTransport(Server({})), spoken)
    promise, farewell = (pcm_of(spoken(text, "zh-CN", 1.0)) for text in (APOLOGY, FAREWELL))
    assert apologies(sounds, "+861055550100") == (promise, farewell)
    assert apologies(sounds, "") == (farewell, farewell)


def test_without_a_voice_the_apology_is_silent() -> None:
    def mute(text: str, language: str, rate: float) -> Audio:
        raise IvrError("no voice")

    assert apologies(PromptSounds(WsgiTransport(Server({})), mute), "1") == (b"", b"")


def test_a_language_is_heard_only_with_a_recogniser_and_phrases(stage: Stage) -> None:
    gather = Gather(speech=True, language="cmn-Hans-CN", hints=("余额",))
    assert stage.services.voice_watch(gather, lambda _: None) is None
    hearing = stage.with_(recognizers=recognizers()).services
    assert hearing.voice_watch(Gather(speech=True, language="ko-KR"), lambda _: None) is None
    assert hearing.voice_watch(Gather(speech=True, language="xx-XX", hints=("a",)), lambda _: None) is None
