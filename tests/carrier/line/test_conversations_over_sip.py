"""The shipped conversations over SIP: the words of the terminal. A few by default; all with IVR_ALL_OVER_SIP=1.

Those that need another time, other services or a recogniser of Mandarin are left out; the engine's clock begins at the
time of the conversations. The caller is our own, with keys by RFC 4733.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ivr.carrier.carrier_options import CarrierOptions
from ivr.carrier.line.call_journal import CallJournal
from ivr.carrier.line.line_call import LineCall
from ivr.carrier.line.line_services import LineServices
from ivr.carrier.line.media_pump import MediaPump
from ivr.carrier.line.prompt_sounds import PromptSounds
from ivr.carrier.line.sip_line import SipCall, SipLine, SipOptions
from ivr.carrier.line.switch import LineOptions, Switch
from ivr.cli.test import BASE_URL, MONDAY_AT_TEN, Wired, wired
from ivr.conversations.model import CODE, Bank, Conversation, ConversationTurn
from ivr.conversations.reader import read_conversations
from ivr.conversations.result import folded_for_match
from ivr.stores.memory import MemoryStore
from tests.waiting import wait_until

from .sip_peer import SipPeer
from .softphone import free_ports
from .stage import mark

FOLDER = Path(__file__).parents[2] / "conversations"
FEW = 4
ACTS = (None, "press", "hang_up", "wait")


def plays(conversation: Conversation) -> bool:
    """Return whether a conversation needs keys and time only."""
    apart = (conversation.agents, conversation.before, conversation.announced, conversation.desks, conversation.answers)
    own_time = conversation.at is not None or conversation.bank != Bank() or any(apart)
    return not own_time and all(_plays(turn) for turn in conversation.turns)


def _plays(turn: ConversationTurn) -> bool:
    apart = (turn.bank, turn.answers, turn.repeat, turn.leaves, turn.after)
    return turn.act in ACTS and CODE not in turn.press and not any(apart)


CHOSEN = [each for each in read_conversations(sorted(FOLDER.rglob("*.yaml"))) if plays(each)]
if not os.environ.get("IVR_ALL_OVER_SIP"):
    CHOSEN = [each for each in CHOSEN if all(turn.act != "wait" for turn in each.turns)][:FEW]


@dataclass
class Room:
    """A line whose calls are played by the engine of the present conversation; `said` are the words of its call."""

    whole: Wired
    address: tuple[str, int]
    pump: MediaPump
    switch: Switch | None = None
    said: list[str] = field(default_factory=list)

    def arrived(self, call: LineCall) -> None:
        assert self.switch
        self.switch.arrived(call)

    def opens(self, conversation: Conversation) -> None:
        """Prepare engine, bank and line for a conversation."""
        self.whole.bank.reset()
        ivr, transport = self.whole.ivr()
        assert isinstance(ivr.store, MemoryStore)
        ivr.store.forget()
        self.said.clear()
        self.switch = Switch(LineOptions(BASE_URL, self.whole.token, flow=conversation.flow), CallJournal(None))
        sounds = PromptSounds(transport, lambda *_: mark(500))
        self.switch.use(LineServices(transport, sounds, self.pump, self.switch.dial, carrier_options=CarrierOptions()))


@pytest.fixture(scope="module")
def room() -> Iterator[Room]:
    began = time.monotonic()
    port = free_ports(2)
    with (
        wired(lambda: MONDAY_AT_TEN + time.monotonic() - began) as whole,
        MediaPump() as pump,
        pytest.MonkeyPatch.context() as patch,
    ):
        ready = Room(whole, ("127.0.0.1", port), pump)
        patch.setattr(SipCall, "show", lambda _, text: ready.said.append(text))
        with SipLine(SipOptions("127.0.0.1", port), ready.arrived):
            yield ready


@pytest.mark.parametrize("conversation", CHOSEN, ids=lambda each: each.title)
def test_a_conversation_has_the_words_of_the_terminal(room: Room, conversation: Conversation) -> None:
    room.opens(conversation)
    with SipPeer(room.address, caller=conversation.caller) as peer:
        peer.to = f"<sip:{conversation.to or '+861055550000'}@127.0.0.1>"
        peer.call()
        peer.say()
        for turn in conversation.turns:
            _turn(room, peer, turn)
        if conversation.turns[-1].act is None:
            peer.until("BYE")
        else:
            peer.hang_up()
    assert room.switch
    room.switch.end_all()


def _turn(room: Room, peer: SipPeer, turn: ConversationTurn) -> None:
    for wish in turn.hear:
        wanted = folded_for_match(str(wish.value))
        try:
            wait_until(lambda wanted=wanted: wanted in folded_for_match("".join(room.said)), 30)
        except AssertionError:
            pytest.fail(f"{wish.place}: {wish.value} was not heard, but {room.said}")
    for wish in turn.hear_not:
        assert folded_for_match(str(wish.value)) not in folded_for_match("".join(room.said)), wish.place
    if turn.act == "hang_up":
        peer.hang_up()
        return
    if turn.act is not None:
        room.said.clear()
    for key in turn.press:
        peer.key(key)
