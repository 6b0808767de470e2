"""Go on where an earlier call was cut off: what is kept at a hang-up in the middle of something, and its way back.

A caller who was at an end, waited for a person or had chosen nothing yet has nothing to go on with. Values go along
only to a step that asks for at least the proof under which they were learnt; all others begin anew at the same step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from ivr.errors import LookupFailed
from ivr.flow.endings import offers_end
from ivr.flow.model import Flow, Step
from ivr.flow.outcomes import guarded_step

from .call import Frame, ProvenIdentity
from .inputs import LOST, HungUp
from .service_ports.dropped import FindDropped, ForgetDropped, KeepDropped, TakeDropped
from .step import TakeUp
from .telephone import telephone
from .turn import Turn
from .typed_secrets import without_unneeded

SecretsAt = Callable[[str, str], frozenset[str]]
"""Returns the secrets that are needed from a step of a flow on."""


class DroppedPlace(Struct, frozen=True, omit_defaults=True):
    """Where a call was cut off: the flow and step of each frame, the last one active. It holds no value of the call.

    `bare` tells that no step needs one. `identity` is what the caller had proved then, which is over.
    """

    call: str
    release: str
    language: str
    steps: tuple[tuple[str, str], ...]
    bare: bool
    identity: ProvenIdentity = ProvenIdentity()
    reason: str = ""
    path: tuple[str, ...] = ()


def keep_place(turn: Turn, gone: HungUp, secrets_at: SecretsAt) -> None:
    """Keep where the caller hung up, if that was in the middle of something. A failure changes nothing in this call."""
    call = turn.call
    has_begun = bool(call.path or call.typed)
    if not (has_begun and turn.line.go_on_within and telephone(call.caller)) or gone.reason == LOST:
        return
    kept = next((kept for step in _candidates(turn) if (kept := _frames_at(turn, step, secrets_at))), None)
    if kept is None:
        return
    frames, bare = kept
    place = DroppedPlace(
        call.id,
        call.release,
        call.language,
        tuple((frame.flow, frame.step) for frame in frames),
        bare,
        replace(call.identity, until=0.0),
        call.facts.reason,
        call.path,
    )
    with suppress(LookupFailed):
        turn.ask(KeepDropped(number=call.caller, called=call.called, place=_text(place), frames=_text(frames)))
        turn.note("cut_off", place=frames[-1].step, in_flow=frames[-1].flow)


def find_place(turn: Turn) -> DroppedPlace | None:
    """Return where the newest call of this number was cut off; None if there is nothing to go on with."""
    call, within = turn.call, turn.line.go_on_within
    if not within or not telephone(call.caller):
        return None
    try:
        answer = turn.ask(FindDropped(number=call.caller, called=call.called, within=within))
        place = msgspec.json.decode(answer.place, type=DroppedPlace)
    except (LookupFailed, msgspec.MsgspecError):  # of another version
        return None
    can_begin = place.bare and all(turn.reach.begins_at(*step) for step in place.steps)
    return place if call.release == place.release or can_begin else None


def take_up(turn: Turn, place: DroppedPlace) -> TakeUp | None:
    """Return the move to a place, with the values that the caller may hear again after the proof; None if it is gone.

    The proof of then is over; the customer stays named, so that another one who proves himself gets no value of it.
    """
    try:
        taken = turn.ask(TakeDropped(number=turn.call.caller))
        frames = msgspec.json.decode(taken.frames, type=tuple[Frame, ...])
    except (LookupFailed, msgspec.MsgspecError):
        return None
    turn.change(identity=place.identity, path=place.path)
    if place.reason:
        turn.set_reason(place.reason)
    return TakeUp(frames)


def forget_place(turn: Turn) -> None:
    """Forget the place of a caller who wants something else. If that fails, the next call may offer it again."""
    with suppress(LookupFailed):
        turn.ask(ForgetDropped(number=turn.call.caller))


def _candidates(turn: Turn) -> Iterator[Step]:
    """Yield the steps at which the caller can go on: that of the hang-up, the menus before, the service's start."""
    flow, here = turn.flow, turn.frame.step
    step = flow.steps.get(guarded_step(here))
    at_end = step is None or step.reaches_person or step.records or step.ends or offers_end(flow, step)
    for name in () if at_end else (guarded_step(here), *reversed(turn.frame.history), flow.start):
        if name == flow.main_menu and len(turn.call.frames) == 1:
            return
        there = flow.steps.get(name)
        if there is not None and (there.listens or name in _beginnings(turn, flow)):
            yield there


def _beginnings(turn: Turn, flow: Flow) -> frozenset[str]:
    """Return the steps with which something begins: no other step that acts may run anew without its caller's word."""

    def compose() -> frozenset[str]:
        choices = (choice for step in flow.steps.values() for choice in step.own_choices())
        return frozenset({flow.start, *(choice.goto.name for choice in choices if choice.goto)})

    return turn.release_cache.once(("beginnings", flow.name), compose)


def _frames_at(turn: Turn, step: Step, secrets_at: SecretsAt) -> tuple[tuple[Frame, ...], bool] | None:
    """Return the frames with which a call can go on at a step, and whether they are bare; None if it cannot."""
    *outer, inner = turn.call.frames
    places = [*((frame.flow, frame.step) for frame in outer), (inner.flow, step.name)]
    if all(turn.reach.begins_at(*place) for place in places):
        return tuple(Frame(*place) for place in places), True
    level = turn.call.identity.level
    if step.requires < level or any(secrets_at(*place) for place in places):
        return None
    frames = zip(turn.call.frames, places, strict=True)
    return tuple(_with_values(frame, at, level) for frame, (_, at) in frames), False


def _with_values(frame: Frame, step: str, level: int) -> Frame:
    """Return a frame at a step; what was learnt under a proof needs it again, also what the caller typed."""
    values = without_unneeded(frame.values, frozenset())
    proven = {name: max(level, frame.proven.get(name, 0)) for name in values} if level else frame.proven
    return Frame(frame.flow, step, values=values, history=frame.history, proven=proven)


def _text(value: Any) -> str:
    return msgspec.json.encode(value, enc_hook=_plain).decode()


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"a place cannot hold {type(value).__name__}")
