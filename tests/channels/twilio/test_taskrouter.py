"""TaskRouter gets the context of a caller, and a higher priority for the more urgent."""

from __future__ import annotations

from ivr.channels.twilio import taskrouter
from ivr.channels.twilio.channel import TwilioChannel
from ivr.engine.service_ports.queue import AgentNotes, EnterQueue
from ivr.flow.waiting import Waiting
from ivr.settings import Settings

VIP = EnterQueue(
    call="a", desk="vip", priority="vip", name="李娜", level=2, context=AgentNotes(typed={"card": "***0242"})
)


def test_the_task_tells_who_calls_and_why_and_how_urgent_it_is() -> None:
    status = taskrouter.task("WW1", VIP, Waiting())
    assert (status.state, status.workflow, status.priority) == ("router", "WW1", 120)
    assert (status.task["name"], status.task["typed"]) == ("李娜", {"card": "***0242"})


def test_only_a_workflow_that_is_set_takes_callers() -> None:
    assert TwilioChannel.from_settings(Settings(), lambda _: "").carrier_router() is None
    router = TwilioChannel.from_settings(Settings(workflow="WW1"), lambda _: "").carrier_router()
    assert router is not None
    assert router(VIP, Waiting()) == taskrouter.task("WW1", VIP, Waiting())
