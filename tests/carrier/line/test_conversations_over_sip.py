"""The shipped conversations over SIP: the words of the terminal. A few by default; all with IVR_ALL_OVER_SIP=1.

Keys go by RFC 4733, speech and messages as sound, desks are dialled and answer as the conversation says. Left out are
conversations with agents, earlier callers and long waits, which need a clock of their own. What the recogniser makes of
the sound is the conversation's, as it is in the terminal.
"""

from __future__ import annotations

import contextlib
import os
import queue
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ivr.carrier.carrier_options import CarrierOptions
from ivr.carrier.line import voice_watch
from ivr.carrier.line.call_events import CallEvents
from ivr.carrier.line.call_journal import CallJournal
from ivr.carrier.line.line_call import LineCall, LineFacts
from ivr.carrier.line.line_services import LineServices
from ivr.carrier.line.live_player import LivePlayer
from ivr.carrier.line.media_pump import MediaPump
from ivr.carrier.line.prompt_sounds import PromptSounds
from ivr.carrier.line.sip_line import SipCall, SipLine, SipOptions
from ivr.carrier.line.switch import LineOptions, Switch
from ivr.carrier.requests import new_sid
from ivr.cli.test import BASE_URL, MONDAY_AT_TEN, Wired, wired
from ivr.conversations.flow_words import FlowWords
from ivr.conversations.model import CODE, Bank, Conversation, ConversationTurn, Expectation, StepPrompt
from ivr.conversations.reader import read_conversations
from ivr.conversations.result import folded_for_match
from ivr.speech.asr import Expected, Nothing, RecognizedPhrase, Recognizer
from ivr.speech.audio import Audio
from ivr.stores.memory import MemoryStore
from tests.waiting import wait_until

from .sip_peer import SipPeer
from .softphone import free_ports
from .stage import mark

FOLDER = Path(__file__).parents[2] / "conversations"
FEW = 8
SECONDS = 60
"""The longest wait for a sentence: two silences of the elderly profile lie before some."""
LONGEST_MESSAGE = 2.0
MOMENT = 0.15
"""From the time at which the call listens to the caller's act: its prompt has begun by then."""
TALK_SECONDS = 2.5
"""From the answer of a desk on: what it hears of the call comes first."""
VOICE, QUIET = b"\x2a" * 80 + b"\xaa" * 80, b"\xd5" * 160
"""20 ms of a loud tone in PCMA, and of silence."""


def plays(conversation: Conversation) -> bool:
    """Return whether a conversation needs no clock of its own."""
    return not (conversation.agents or conversation.before) and all(map(_plays, conversation.turns))


def _plays(turn: ConversationTurn) -> bool:
    until_the_phrase_ends = turn.after is not None or turn.patience is not None
    return turn.act != "agent" and not (until_the_phrase_ends or turn.repeat or turn.leaves)


def _chosen() -> list[Conversation]:
    chosen = [each for each in read_conversations(sorted(FOLDER.rglob("*.yaml"))) if plays(each)]
    if os.environ.get("IVR_ALL_OVER_SIP"):
        return chosen
    acts = {act: [each for each in chosen if act in {turn.act for turn in each.turns}] for act in ("say", "dial")}
    quick = [each for each in chosen if all(turn.act in (None, "press", "hang_up") for turn in each.turns)]
    return [*quick[: FEW - 2], *(each[0] for each in acts.values())]


CHOSEN = _chosen()


class ScriptedRecognizer(Recognizer):
    """Understands the words that the conversation's caller says next."""

    kind = "scripted"

    def __init__(self) -> None:
        self.says: queue.SimpleQueue[tuple[str, float | None]] = queue.SimpleQueue()

    @classmethod
    def open(cls, folders: Sequence[Path]) -> ScriptedRecognizer:
        return cls()

    def why_not(self, language: str) -> str | None:
        return None

    def prepare(self, language: str) -> None:
        pass

    def listen(self, audio: Audio, expecting: Expected, deadline: float) -> RecognizedPhrase | Nothing:
        words, confidence = self.says.get(timeout=deadline)
        return RecognizedPhrase(words, 0.95 if confidence is None else confidence, 1.0)


class ScriptedDesk(CallEvents):
    """A desk's telephone: answers and talks for a moment, or ends as the conversation says."""

    def __init__(self, facts: LineFacts, turn: ConversationTurn | None) -> None:
        super().__init__()
        self.facts = facts
        how = turn.dial if turn else "completed"
        if how == "completed":
            self.report_answer()
            timer = threading.Timer(TALK_SECONDS, lambda: self.report_end("completed"))
            timer.daemon = True
            timer.start()
        else:
            self.report_end(how)

    def answer(self) -> None:
        pass

    def hang_up(self, *, busy: bool = False) -> None:
        self.report_end("completed")

    def write(self, pcm: bytes) -> int:
        return len(pcm)

    def flush(self) -> None:
        pass

    def read(self) -> bytes:
        return b""

    def show(self, text: str) -> None:
        pass


@dataclass
class Room:
    """A line whose calls are played by the engine of the present conversation; `said` are the words of its call."""

    whole: Wired
    address: tuple[str, int]
    pump: MediaPump
    set_clock: Callable[[float], None]
    recognizer: ScriptedRecognizer = field(default_factory=ScriptedRecognizer)
    switch: Switch | None = None
    said: list[str] = field(default_factory=list)
    before_dial: queue.SimpleQueue[list[str]] = field(default_factory=queue.SimpleQueue)
    desks: deque[ConversationTurn] = field(default_factory=deque)
    windows: queue.SimpleQueue[None] = field(default_factory=queue.SimpleQueue)
    """The times at which the call began to listen and the caller has not acted yet."""
    sid: str = ""

    def arrived(self, call: LineCall) -> None:
        assert self.switch
        self.switch.arrived(call)

    def show(self, text: str) -> None:
        self.said.append(text)

    def dial(self, number: str, shown: str) -> LineCall:
        said, self.said = self.said, []
        self.before_dial.put(said)
        return ScriptedDesk(LineFacts(shown, number), self.desks.popleft() if self.desks else None)

    def opens(self, conversation: Conversation) -> None:
        """Prepare engine, bank and line for a conversation."""
        begins = MONDAY_AT_TEN if conversation.at is None else conversation.at
        self.set_clock(begins)
        self.whole.bank.reset()
        self._bank(conversation.bank)
        self.whole.script({})
        if conversation.announced or conversation.desks:
            ivr, transport = self.whole.staged(conversation, begins)
        else:
            ivr, transport = self.whole.ivr(conversation.bank.gone)
            assert isinstance(ivr.store, MemoryStore)
            ivr.store.forget()
        self.whole.script(conversation.answers)
        self.ivr = ivr
        self.words = FlowWords(ivr.release, ivr.session.facts, ivr.services.verbalize)
        self.said, self.before_dial, self.recognizer.says = [], queue.SimpleQueue(), queue.SimpleQueue()
        self.windows = queue.SimpleQueue()
        self.desks.clear()
        self.switch = Switch(LineOptions(BASE_URL, self.whole.token, flow=conversation.flow), CallJournal(None))
        sounds = PromptSounds(transport, lambda *_: mark(500))
        options = CarrierOptions()
        self.switch.use(
            LineServices(
                transport, sounds, self.pump, self.dial, recognizers=[self.recognizer], carrier_options=options
            )
        )

    def after(self, turn: ConversationTurn) -> None:
        """Change the services behind the call as a turn wants it."""
        if turn.bank:
            self._bank(turn.bank)
        if turn.answers:
            self.whole.script(turn.answers, more=True)

    def _bank(self, state: Bank) -> None:
        self.whole.bank.faults(slow_ms=state.slow_ms, fail_rate=state.fail_rate)


@pytest.fixture(scope="module")
def room() -> Iterator[Room]:
    clock = [MONDAY_AT_TEN, time.monotonic()]

    def set_clock(begins: float) -> None:
        clock[:] = begins, time.monotonic()

    port = free_ports(2)
    with (
        wired(lambda: clock[0] + time.monotonic() - clock[1]) as whole,
        MediaPump() as pump,
        pytest.MonkeyPatch.context() as patch,
    ):
        ready = Room(whole, ("127.0.0.1", port), pump, set_clock)
        patch.setattr(SipCall, "show", lambda _, text: ready.show(text))
        for name in ("_gathered", "_until_key"):
            patch.setattr(LivePlayer, name, _noted(getattr(LivePlayer, name), ready))
        patch.setattr(voice_watch, "refused", lambda audio: None)
        patch.setattr("ivr.carrier.line.switch.new_sid", lambda prefix: _new_sid(ready, prefix))
        with SipLine(SipOptions("127.0.0.1", port), ready.arrived):
            yield ready


def _noted(listen: Callable[..., Any], room: Room) -> Callable[..., Any]:
    def listens(*arguments: Any) -> Any:
        room.windows.put(None)
        return listen(*arguments)

    return listens


def _new_sid(room: Room, prefix: str) -> str:
    room.sid = new_sid(prefix)
    return room.sid


@pytest.mark.parametrize("conversation", CHOSEN, ids=lambda each: each.title)
def test_a_conversation_has_the_words_of_the_terminal(room: Room, conversation: Conversation) -> None:
    room.opens(conversation)
    with SipPeer(room.address, caller=conversation.caller) as peer, contextlib.ExitStack() as calls:
        peer.to = f"<sip:{conversation.to or '+861055550000'}@127.0.0.1>"
        room.desks.extend(_desks(conversation.turns))
        peer.call()
        phone = calls.enter_context(contextlib.closing(Microphone(peer)))
        for place, turn in enumerate(conversation.turns):
            hurried = place > 0 and len(conversation.turns[place - 1].press) > 1
            Step(room, phone, turn, hurried).play(_desks(conversation.turns[place + 1 :]))
        if conversation.turns[-1].act is None:
            peer.until("BYE")
        else:
            peer.hang_up()
    assert room.switch
    room.switch.end_all()


def _desks(turns: Sequence[ConversationTurn]) -> list[ConversationTurn]:
    """Return the desks that are dialled before the caller acts again."""
    acting = [turn for turn in turns if turn.act is not None]
    following = next((place for place, turn in enumerate(acting) if turn.act != "dial"), len(acting))
    return acting[:following]


class Microphone:
    """A telephone that sends sound all the time, as telephones do: silence, unless its user speaks or presses keys."""

    def __init__(self, peer: SipPeer) -> None:
        self.peer = peer
        self._voice = 0
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._send, daemon=True)
        self._thread.start()

    def speak(self, seconds: float) -> None:
        """Speak, and return at the end."""
        self._voice = round(seconds / 0.02)
        wait_until(lambda: not self._voice, seconds + 30)

    def press(self, keys: str) -> None:
        for key in keys:
            with self._lock:
                self.peer.key(key)

    def close(self) -> None:
        self._over.set()
        self._thread.join()

    def _send(self) -> None:
        while not self._over.wait(0.02):
            with self._lock:
                self.peer.say(VOICE if self._voice else QUIET)
            self._voice -= bool(self._voice)


@dataclass
class Step:
    """One turn of the caller."""

    room: Room
    phone: Microphone
    turn: ConversationTurn
    hurried: bool
    """Whether several keys were pressed before: the prompts that they cut short are heard here for a moment."""

    def play(self, desks: Sequence[ConversationTurn]) -> None:
        """Wait for the words, act, and leave the next words to the next turn."""
        room, turn = self.room, self.turn
        if turn.act == "dial":
            said = room.before_dial.get(timeout=SECONDS)
            self._hears(lambda: said, 0)
        else:
            if turn.act not in (None, "hang_up"):
                room.windows.get(timeout=SECONDS)
                time.sleep(MOMENT)
            self._hears(lambda: list(room.said), SECONDS)
        if turn.act not in (None, "dial"):
            room.said = []
            room.desks = deque(desks)
            self._act()
        room.after(turn)

    def _hears(self, said: Callable[[], list[str]], seconds: float) -> None:
        for expected in self.turn.hear:
            for words in self._words(expected):
                wanted = folded_for_match(words)
                try:
                    wait_until(lambda wanted=wanted: wanted in folded_for_match("".join(said())), seconds)
                except AssertionError:
                    pytest.fail(f"{expected.place}: {words} was not heard, but {said()}")
        for expected in () if self.hurried else self.turn.hear_not:
            assert folded_for_match(str(expected.value)) not in folded_for_match("".join(said())), expected.place

    def _words(self, expected: Expectation) -> Sequence[str]:
        if isinstance(expected.value, StepPrompt):
            return self.room.words.words_of(self.room.sid, expected.value)
        return (str(expected.value),)

    def _act(self) -> None:
        turn = self.turn
        if turn.act == "hang_up":
            self.phone.peer.hang_up()
        elif turn.act == "choose" and not turn.by_word:
            self.phone.press(self.room.words.keys_of(self.room.sid, turn.choose))
        elif turn.act == "choose":
            self._speak(self.room.words.phrase_of(self.room.sid, turn.choose))
        elif turn.act == "say":
            self._speak(turn.say)
        elif turn.act == "record":
            self.phone.speak(min(turn.record, LONGEST_MESSAGE))
            self.phone.press(turn.press)
        else:
            self.phone.press(turn.press.replace(CODE, self._code()) if CODE in turn.press else turn.press)

    def _code(self) -> str:
        code = re.compile(r"(?<!\d)\d{6}(?!\d)")
        wait_until(lambda: any(map(code.search, self.room.ivr.texts_sent()[-1:])))
        return code.search(self.room.ivr.texts_sent()[-1])[0]

    def _speak(self, words: str) -> None:
        self.room.recognizer.says.put((words, self.turn.confidence))
        self.phone.speak(0.6)
