"""The agents of a conversation stand ready before it begins, and nobody of an earlier conversation is left."""

from __future__ import annotations

import pytest

from ivr.carrier.clock import Clock, VirtualClock
from ivr.carrier.transport import WsgiTransport
from ivr.conversations.participants import with_participants
from ivr.conversations.play import play_conversation
from ivr.conversations.reader import read_conversation_text
from ivr.conversations.result import ConversationResult
from ivr.crypto import Seal
from ivr.flow.model import Desk, Hotline
from ivr.services.queue.availability import is_free
from ivr.services.queue.repository import QueueRepository
from ivr.services.queue.service import Queue
from ivr.stores.memory import MemoryStore

BEGINS = 1_795_399_200.0
HEAD = "conversation: c\nflow: main_menu\nturns: [{wait: true}]\n"


@pytest.fixture
def queue() -> Queue:
    store = MemoryStore()
    line = Hotline({}, {"general": Desk("general", "+861085550100", 30)}, "general")
    return Queue(QueueRepository(store), store, Seal(b"k"), line)


@pytest.fixture
def play(queue: Queue, phone):
    """Play a conversation whose calls are hung up at once; return the clocks and who was free when it began."""
    phone.server.pages = {"/twilio/voice/main_menu": "<Hangup/>", "/twilio/status": ""}
    transport = WsgiTransport(phone.server)

    def run(agents: str) -> dict[str, bool]:
        conversation = read_conversation_text(HEAD + agents)[0]
        free: dict[str, bool] = {}

        def begin(clock: Clock) -> ConversationResult:
            agents = queue.repository.state().agents
            free.update({name: is_free(agent, clock.now()) for name, agent in agents.items()})
            return play_conversation(conversation, transport, clock, base_url="http://h:1")

        with_participants(queue, conversation, VirtualClock(BEGINS), transport, begin, base_url="http://h:1", token="")
        return free

    return run


def test_agents_are_free_unless_they_are_signed_off_or_come_later(play, queue: Queue) -> None:
    agents = (
        'agents:\n  - {name: li, desk: general, number: "+8613900000001"}\n'
        '  - {name: wang, desk: general, number: "+8613900000002", signed_off: true}\n'
        '  - {name: zhao, desk: general, number: "+8613900000003", free_after: 60s}\n'
    )
    assert play(agents) == {"li": True, "wang": False, "zhao": False}
    assert queue.places_calls


def test_the_next_conversation_begins_with_an_empty_queue_and_no_call_back(play, queue: Queue) -> None:
    play('agents: [{name: li, desk: general, number: "+8613900000001"}]\n')
    assert play("") == {}
    assert not queue.places_calls
