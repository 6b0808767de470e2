"""The carrier from outside of any call, in virtual time: moves a call that runs, and rings a number for the server."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ivr.carrier.caller import DeskAnswer
from ivr.carrier.carrier_options import CarrierOptions
from ivr.carrier.legs import AnsweringAgent, bridge
from ivr.carrier.player import Player
from ivr.carrier.requests import ExchangeWatch, PhoneLine, new_sid
from ivr.carrier.transport import Transport
from ivr.channels.twilio import paths
from ivr.conversations.scheduler import CallScheduler
from ivr.errors import CarrierFailed

OUR_NUMBER = "+861085550199"


@dataclass
class Switchboard:
    """Every call on a stage. `base` is the server's address; `desks` says what whoever is rung does, by number.

    Whom nothing is said of answers and takes the call. Does what the server's port for calls asks of a carrier.
    """

    stage: CallScheduler
    transport: Transport
    base: str
    token: str = ""
    desks: Mapping[str, DeskAnswer] = field(default_factory=dict)
    watch: ExchangeWatch | None = None
    placed: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    _calls: dict[str, tuple[Player, Callable[[], None]]] = field(default_factory=dict)

    @property
    def places(self) -> bool:
        """Whether calls can be placed."""
        return True

    def begins(self, player: Player) -> None:
        """Take note of a call that begins in the part of the stage that runs now."""
        self._calls[player.call_sid] = (player, self.stage.part())

    def move(self, call_id: str, *, at: float) -> None:
        """Let a call that runs ask for its next turn now. Raises CarrierFailed when it is over."""
        player, wake = self._calls.get(call_id, (None, None))
        if player is None or wake is None or player.is_over:
            raise CarrierFailed("the call is not in progress")
        self.moved.append(call_id)
        player.move(paths.with_retries(self.base + paths.moved(at)))
        wake()

    def ending_of(self, call_id: str) -> str:
        """Return how a call ended; an empty text while it runs. Raises CarrierFailed for an unknown one."""
        player, _ = self._calls.get(call_id, (None, None))
        if player is None:
            raise CarrierFailed("there is no such call")
        return "completed" if player.is_over else ""

    def place(self, number: str, leg: str, *, timeout: int) -> str:
        """Ring a number; who answers is played what the leg's webhook answers."""
        webhook = self.base + paths.agent_leg(leg)
        sid = new_sid("CA")
        line = PhoneLine(
            voice_url=paths.with_retries(webhook),
            caller=OUR_NUMBER,
            called=number,
            token=self.token,
            status_url=paths.with_retries(f"{webhook}/ended"),
            direction="outbound-api",
        )
        self.placed.append(number)
        self.stage.at(self.stage.now(), lambda: self._ring(line, sid, timeout))
        return sid

    def _ring(self, line: PhoneLine, sid: str, timeout: int) -> None:
        desk = self.desks.get(line.called, DeskAnswer())
        player = Player(
            line,
            self.transport,
            Rings(desk, self.desks),
            self.stage,
            call_sid=sid,
            carrier_options=CarrierOptions(ring=0.0),
            watch=self.watch,
        )
        self.begins(player)
        talked = replace(desk, talk=0.0, caller_leaves_at=None)
        ended = bridge(talked, timeout, self.stage, lambda _: True)
        if ended.talked is None:
            player.side_requests.ended(ended.leg_status, 0.0, self.stage.now())
        else:
            player.call()


class Rings(AnsweringAgent):
    """Somebody who is rung, takes the call, and from whose telephone another is rung then."""

    def __init__(self, desk: DeskAnswer, others: Mapping[str, DeskAnswer]) -> None:
        super().__init__(desk)
        self._others = others

    def desk(self, numbers: Sequence[str]) -> DeskAnswer:
        """Say what becomes of that call."""
        return self._others.get(numbers[0], DeskAnswer())
