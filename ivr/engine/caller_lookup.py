"""The presumed caller, by the bank's record of the number and its earlier choices. It routes, but proves nothing."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from ivr.errors import LookupFailed
from ivr.flow.outside_services import LOOKUP_SECONDS
from ivr.flow.own_classes import NORMAL

from .call import CallerRecord
from .service_ports.memory import AGE_BANDS, CallerPreferences, KeepPreferences, RecallPreferences
from .service_ports.risk import AskRisk
from .telephone import telephone
from .turn import Turn

CALLER_DEADLINE = 1.0
"""The seconds for the bank's answer before the greeting (elderly callers must hear it within one second)."""

_CALLER = "bank.caller"
"""The question for the customer with a number. Where lookups.yaml does not declare it, all callers are unknown."""

ELDERLY_AGE = 65
"""The age from which a caller gets no rearranged menu, also outside of the elderly profile."""


def who_calls(turn: Turn, deadline: float = CALLER_DEADLINE) -> dict[str, Any]:
    """Return the variable `caller` of flows. `unreachable` is set if the bank could not be asked."""
    caller: dict[str, Any] = {"number": turn.call.caller, "known": False, "segment": "none"}
    kept = _remembered(turn)
    caller |= _chosen(turn, kept)
    # `shown` is added last, so that a field of the bank with this name cannot offer a call back to a withheld number.
    shown = {"shown": turn.line.waiting.may_call_back(telephone(turn.call.caller))}
    # A withheld number or a SIP address is no key of the bank's records; asking would only delay the greeting.
    if turn.call.caller.startswith("+") and turn.lookups.may_ask(_CALLER):
        caller |= _on_record(turn, deadline, kept)
    record = CallerRecord.read(caller)
    caller |= {"frequent": _frequent(record), "risk": _at_risk(turn, record)}
    return _with_segment(turn, caller | shown)


def _at_risk(turn: Turn, caller: CallerRecord) -> bool:
    """Return whether the bank warns of this number or its customer. The mark is used for routing only."""
    try:
        about = AskRisk(number=turn.call.caller, customer=str(caller.customer))
        at_risk = turn.ask(about).at_risk
    except LookupFailed:
        return False
    if at_risk:
        turn.note("risk")
    return at_risk


def _frequent(caller: CallerRecord) -> list[str]:
    """Return the frequent reasons of a customer; none for an elderly one, whose menu is never rearranged."""
    elderly = isinstance(caller.age, int) and caller.age >= ELDERLY_AGE
    return list(caller.frequent) if caller.known and not elderly else []


def ask_again(turn: Turn) -> bool:
    """Ask the bank again if it could not be asked when the call began; return whether it can be asked now."""
    if not turn.caller.unreachable:
        return True
    profile = turn.caller.profile
    # The caller waits for something that was chosen now, not for the greeting: the bank gets its usual time.
    turn.change_facts(caller=who_calls(turn, LOOKUP_SECONDS))
    turn.set_preferences(profile=profile, frequent="")
    return not turn.caller.unreachable


def _on_record(turn: Turn, deadline: float, kept: CallerPreferences) -> dict[str, Any]:
    """Return the bank's record of the number; while it cannot be asked, the class that the number had before."""
    try:
        record = turn.lookup(_CALLER, {"number": turn.call.caller}, deadline=deadline)
    except LookupFailed as failed:
        return {} if failed.missing else {"unreachable": True, **_class_before(kept)}
    _keep_class(turn, record, kept)
    return {**record, "known": True}


def _class_before(kept: CallerPreferences) -> dict[str, Any]:
    """Return the segment and the least age of a band, for comfort only: they prove nothing and hold no name."""
    age = {"age": ELDERLY_AGE} if kept.age_band == AGE_BANDS[0] else {}
    return ({"segment": kept.segment} if kept.segment else {}) | age


def _keep_class(turn: Turn, record: Mapping[str, Any], kept: CallerPreferences) -> None:
    """Keep the class of a number, if it has changed, for an hour in which the bank cannot be asked."""
    segment, age = record.get("segment"), record.get("age")
    band = AGE_BANDS[0 if isinstance(age, int) and age >= ELDERLY_AGE else 1]
    # The answer is the bank's and may hold anything; only what can be a segment of line.yaml is stored.
    if isinstance(segment, str) and segment.isidentifier() and (segment, band) != (kept.segment, kept.age_band):
        with suppress(LookupFailed):
            turn.ask(KeepPreferences(number=turn.call.caller, segment=segment, age_band=band))


def _remembered(turn: Turn) -> CallerPreferences:
    """Return what is kept of this number."""
    try:
        return turn.ask(RecallPreferences(number=turn.call.caller))
    except LookupFailed:
        return CallerPreferences()


def _chosen(turn: Turn, kept: CallerPreferences) -> dict[str, Any]:
    """Return the profile that this number chose in earlier calls, and its reasons; set its speaking rate.

    The language is not recalled, because people share telephones, and one key chooses it anew.
    """
    if kept.rate:
        turn.change(rate=kept.rate)
    chosen = {"profile": kept.profile, "last_reasons": list(kept.last_reasons), "frequent": list(kept.reasons)}
    return {name: value for name, value in chosen.items() if value}


def _with_segment(turn: Turn, caller: dict[str, Any]) -> dict[str, Any]:
    """Add the tier, desk and priority of the caller's segment."""
    segment = turn.line.segment_for(turn.call.called, caller)
    tier, priority = (segment.name, segment.priority) if segment else ("none", NORMAL)
    return {**caller, "tier": tier, "desk": turn.line.desk_of(segment), "priority": priority}
