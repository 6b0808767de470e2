"""The services that all calls of a line share: webhooks, voices, recognisers, recordings, other telephones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ivr.carrier.carrier_options import CarrierOptions
from ivr.carrier.recordings import CarrierRecordings
from ivr.carrier.transport import Transport
from ivr.carrier.twiml import Gather, Party, Say, SayPiece
from ivr.errors import IvrError
from ivr.speech.asr import Expected, Recognizer
from ivr.speech.languages import language_row

from .handset import VoiceBegan, VoiceEnded
from .line_call import LineCall
from .media_pump import MediaPump
from .prompt_sounds import PromptSounds
from .voice_watch import END_SECONDS, VoiceWatch, first_listener

APOLOGY = "非常抱歉，系统暂时出现故障，正在为您转接人工服务，请稍候。"
FAREWELL = "非常抱歉，系统暂时无法为您服务，请您稍后再拨。再见。"
_LANGUAGE = "zh-CN"


@dataclass(frozen=True)
class LineServices:
    """The parts that calls share. `desk` is dialled when the server does not answer; without it the call ends."""

    transport: Transport
    sounds: PromptSounds
    pump: MediaPump
    dial: Callable[[str, str], LineCall]
    recordings: CarrierRecordings | None = None
    recognizers: Sequence[Recognizer] = ()
    carrier_options: CarrierOptions = field(default_factory=CarrierOptions)
    desk: str = ""
    apology: bytes = b""
    farewell: bytes = b""

    def desk_party(self) -> Party:
        """Return the desk as a party to dial."""
        return Party(self.desk)

    def voice_watch(self, gather: Gather, tell: Callable[[VoiceBegan | VoiceEnded], None]) -> VoiceWatch | None:
        """Return what listens for the phrases of a Gather, or None if no recogniser here knows its language."""
        row = language_row(gather.language)
        language = row.tag if row else gather.language
        recognizer = first_listener(self.recognizers, language)
        if recognizer is None or not gather.hints:
            return None
        # The model is loaded while the prompt plays, not when the caller has spoken.
        recognizer.prepare(language)
        quiet = END_SECONDS if gather.speech_timeout is None else gather.speech_timeout
        return VoiceWatch(recognizer, Expected(language, gather.hints), tell, quiet=max(quiet, 0.3))


def apologies(sounds: PromptSounds, desk: str) -> tuple[bytes, bytes]:
    """Return the sounds for a server that does not answer: before the desk is dialled, and at the end.

    They are made when the line starts, since nothing may fail when they are needed. Without a voice they are empty.
    """

    def said(text: str) -> bytes:
        try:
            return sounds.said(Say((SayPiece(text),), _LANGUAGE, ""))
        except IvrError:
            return b""

    farewell = said(FAREWELL)
    return (said(APOLOGY) if desk else farewell), farewell
