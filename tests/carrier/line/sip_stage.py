"""A SIP line in this process, with hand-written TwiML behind it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ivr.carrier.line.call_journal import CallJournal
from ivr.carrier.line.sip_line import SipLine, SipOptions
from ivr.carrier.line.switch import LineOptions, Switch
from tests.carrier.fixtures import TOKEN

from .softphone import free_ports
from .stage import BASE, Stage


@dataclass
class SipStage:
    stage: Stage
    switch: Switch
    line: SipLine
    address: tuple[str, int]


@contextmanager
def sip_stage(stage: Stage, *, allowed: tuple[str, ...] = (), **options: object) -> Iterator[SipStage]:
    """Listen on a free port. baresip runs once per process, so one at a time."""
    switch = Switch(LineOptions(BASE, TOKEN, **options), CallJournal(None))
    port = free_ports(2)
    with SipLine(SipOptions("127.0.0.1", port, allowed), switch.arrived) as line:
        switch.lines.append(line)
        stage.services = switch_services(stage, switch)
        switch.use(stage.services)
        yield SipStage(stage, switch, line, ("127.0.0.1", port))
        switch.end_all()


def switch_services(stage: Stage, switch: Switch):
    return stage.with_(dial=switch.dial).services
