"""Play one conversation against a server: the caller, the carrier and the result."""

from __future__ import annotations

from ivr.carrier import addresses
from ivr.carrier.carrier_options import CarrierOptions
from ivr.carrier.clock import Clock
from ivr.carrier.player import Player
from ivr.carrier.requests import ExchangeWatch, PhoneLine, new_sid
from ivr.carrier.transport import Transport

from .flow_words import FlowWords
from .model import Conversation, Facts
from .result import ConversationResult
from .runner import BackEndSwitch, Inbox, ScriptedCaller


def play_conversation(
    conversation: Conversation,
    transport: Transport,
    clock: Clock,
    *,
    base_url: str,
    token: str = "",
    public_url: str = "",
    facts: Facts | None = None,
    carrier_options: CarrierOptions | None = None,
    watch: ExchangeWatch | None = None,
    inbox: Inbox | None = None,
    back_ends: BackEndSwitch | None = None,
    flow_words: FlowWords | None = None,
) -> ConversationResult:
    """Play one conversation against the server at `base_url`. The clock must be at the start of the call."""
    base = base_url.rstrip("/")
    line = PhoneLine(
        voice_url=base + conversation.path,
        caller=conversation.caller,
        called=conversation.to or PhoneLine.called,
        token=token,
        status_url=base + addresses.STATUS,
        fallback_url="",
        public_url=public_url,
    )
    sid = new_sid("CA")
    carrier_options = carrier_options or CarrierOptions()
    caller = ScriptedCaller(conversation, clock, sid, facts, carrier_options.ring, inbox, back_ends, flow_words)
    result = Player(line, transport, caller, clock, call_sid=sid, carrier_options=carrier_options, watch=watch).call()
    caller.finish(result)
    return ConversationResult(
        conversation, result, tuple(caller.failures), tuple(caller.unchecked), tuple(caller.transcript)
    )
