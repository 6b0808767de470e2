"""Other people in a conversation: agents at their desks, and earlier callers in the queue."""

from __future__ import annotations

from collections.abc import Callable

from ivr.carrier import addresses
from ivr.carrier.clock import Clock, VirtualClock
from ivr.carrier.requests import PhoneLine
from ivr.carrier.transport import Transport
from ivr.services.queue.service import Queue
from ivr.services.queue.state import QueueState

from .background_callers import joins
from .model import Conversation
from .result import ConversationResult
from .scheduler import CallScheduler

LONG_AGO = 3_600.0
"""Seconds before the conversation and its earlier callers at which its agents sign on."""


def with_participants(
    queue: Queue,
    conversation: Conversation,
    clock: VirtualClock,
    transport: Transport,
    play: Callable[[Clock], ConversationResult],
    *,
    base_url: str,
    token: str,
) -> ConversationResult:
    """Play a conversation with its agents and earlier callers. Raises AgentsError.

    Clears the queue first: other callers and agents are removed.
    """
    begins = clock.now()
    queue.places_calls = bool(conversation.agents)  # without it, waiting callers are not offered a callback
    # Callers of the conversation before would hold agents and places.
    queue.repository.change(lambda _: (QueueState(), None))
    _sign_on(queue, conversation, begins)
    if not conversation.before and not any(agent.free_after for agent in conversation.agents):
        return play(clock)
    stage = CallScheduler(clock)
    line = PhoneLine(
        voice_url=base_url + conversation.path,
        called=conversation.to or PhoneLine.called,
        token=token,
        status_url=base_url + addresses.STATUS,
    )
    for earlier in conversation.before:
        joins(earlier, stage, conversation, transport, line, at=begins)
    _become_free(queue, conversation, stage, begins)
    played: list[ConversationResult] = []
    stage.play(lambda: played.append(play(stage)), at=begins)
    return played[0]


def _sign_on(queue: Queue, conversation: Conversation, begins: float) -> None:
    # Long before, so that no agent has just become ready: idle time decides who is rung first.
    since = begins - LONG_AGO - max((earlier.ahead for earlier in conversation.before), default=0.0)
    for agent in conversation.agents:
        queue.agents.add(agent.name, agent.number, agent.desks)
        if agent.signed_off:
            continue
        queue.agents.ready(agent.name, since)
        if agent.free_after:
            queue.agents.pause(agent.name, since)


def _become_free(queue: Queue, conversation: Conversation, stage: CallScheduler, begins: float) -> None:
    def ready(name: str) -> Callable[[], None]:
        def now() -> None:
            queue.agents.ready(name, stage.now())

        return now

    for agent in conversation.agents:
        if agent.free_after:
            stage.at(begins + agent.free_after, ready(agent.name))
