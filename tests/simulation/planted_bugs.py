"""Bugs that the simulation must notice: each is a small change of the real code, of the kind that people make.

A simulation that finds nothing proves something only if it would have found these. Each is played with few seeds; most
are found in the first one.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from typing import Any
from unittest.mock import patch

import msgspec

from ivr.channels import turns
from ivr.channels.twilio import apology, direct, paths
from ivr.engine import turn
from ivr.engine.engine import Engine
from ivr.engine.ports import Changes, Saved
from ivr.errors import StoreError
from ivr.jobs.steady_clock import SteadyClock
from ivr.services.queue import matching, offers
from ivr.services.queue.dispatcher import Dispatcher
from ivr.session.session import Session
from ivr.stores._unit_of_work import UnitOfWork
from ivr.stores.memory import MemoryStore
from ivr.telemetry import log

from .faults import MENU, Fault
from .people import ERRANDS, Errand
from .shared_store import SharedStore
from .stage import Task
from .world import SECONDS_BETWEEN, Crowd, Ground, Outcome

MOST_SEEDS = 10
CALLS = 30
FIRST_SEED = 1_000_000

Patches = Callable[[], AbstractContextManager[Any]]


@dataclass(frozen=True)
class PlantedBug:
    """A bug: what is wrong, in words; how it is put into the code; and who would meet it, if not every caller."""

    name: str
    words: str
    plant: Patches = ExitStack
    menu: Mapping[Fault, float] | None = None
    errands: Sequence[Errand] = ERRANDS
    between: float = SECONDS_BETWEEN

    def play(self, ground: Ground, seed: int) -> Outcome:
        """Play one seed with the bug."""
        with self.plant():
            return Crowd(
                ground,
                seed,
                CALLS,
                menu=self.menu or MENU,
                errands=self.errands,
                between=self.between,
            ).play()

    def noticed(self, ground: Ground) -> tuple[int, str]:
        """Return after how many seeds it was noticed, and by what; 0 if it was not."""
        for number in range(MOST_SEEDS):
            outcome = self.play(ground, FIRST_SEED + number)
            if outcome.violations:
                return number + 1, outcome.violations[0]
        return 0, ""


def changed(target: Any, name: str, change: Callable[[Any], Any]) -> Patches:
    """Return the patch that replaces an attribute by what `change` makes of it."""
    return lambda: patch.object(target, name, change(getattr(target, name)))


# stored replies


def _without_key(load: Any) -> Any:
    return lambda self, call_id, key="": load(self, call_id, "")


def _only_newest(load: Any) -> Any:
    def loads(self: MemoryStore, call_id: str, key: str = "") -> Saved | None:
        saved = load(self, call_id, key)
        return replace(saved, repeated=None) if saved is not None and saved.key != key else saved

    return loads


def _newest_for_all(load: Any) -> Any:
    def loads(self: MemoryStore, call_id: str, key: str = "") -> Saved | None:
        saved = load(self, call_id, key)
        return saved if saved is None or saved.repeated is None else replace(saved, repeated=saved.reply)

    return loads


# commits


def _always_true(commit: Any) -> Any:
    def commits(self: UnitOfWork, *arguments: Any, **named: Any) -> bool:
        commit(self, *arguments, **named)
        return True

    return commits


def _without_errors(commit: Any) -> Any:
    def commits(self: UnitOfWork, *arguments: Any, **named: Any) -> bool:
        try:
            return bool(commit(self, *arguments, **named))
        except StoreError:
            return True

    return commits


def _blind_to_documents(commit: Any) -> Any:
    def commits(self: MemoryStore, changes: Changes) -> bool:
        blind = [replace(change, before=self.text(change.collection, change.key)) for change in changes.documents]
        return bool(commit(self, replace(changes, documents=blind)))

    return commits


def _blind_to_board(commit: Any) -> Any:
    def commits(self: MemoryStore, changes: Changes) -> bool:
        return bool(commit(self, replace(changes, seen=self._last)))

    return commits


def _twice(record: Any) -> Any:
    return lambda *arguments, **named: [*record(*arguments, **named)] * 2


# turns


def _same_number(reply: Any) -> Any:
    def replies(self: Engine, turn: Any) -> Any:
        made = reply(self, turn)
        return replace(made, call=msgspec.structs.replace(made.call, turn=max(1, made.call.turn - 1)))

    return replies


def _fresh_keys(ask: Any) -> Any:
    return lambda question, key, deadline: ask(question, f"{key}:{secrets.token_hex(4)}", deadline)


def _raises(_function: Any) -> Any:
    def fails(*_arguments: Any, **_named: Any) -> Any:
        raise RuntimeError("planted")

    return fails


def _only_words(_document: Any) -> Any:
    return lambda *_arguments, **_named: apology.BARE


def _does_nothing(_function: Any) -> Any:
    return lambda *_arguments, **_named: None


def _always(_function: Any) -> Any:
    return lambda *_arguments, **_named: True


def _as_typed(_recordable: Any) -> Any:
    return lambda self, call, action, now: action


def _with_keys(take_turn: Any) -> Any:
    def takes(channel: Any, host: Any, metrics: Any, read: Any, *rest: Any) -> bytes:
        incoming = read()
        log.line("input", keys=getattr(incoming.input, "keys", ""))
        return bytes(take_turn(channel, host, metrics, lambda: incoming, *rest))

    return takes


def _stays(pause: bytes) -> Callable[[Any], Any]:
    return lambda _hold: lambda *_arguments: pause


# the queue


def _last_first(rank: Any) -> Any:
    def ranks(waiter: Any, rules: Any, now: float) -> Any:
        place, entered, came, name = rank(waiter, rules, now)
        return place, -entered, -came, name

    return ranks


def _keeps_agent(finish: Any) -> Any:
    def finishes(state: Any, line: Any, offer_id: str, now: float) -> Any:
        after = finish(state, line, offer_id, now)
        offer = state.offers.get(offer_id)
        agent = state.agents.get(offer.agent) if offer else None
        return after.put(agent) if agent else after

    return finishes


def _deed_twice(do: Any) -> Any:
    def does(self: Any, deed: Any) -> None:
        do(self, deed)
        do(self, deed)

    return does


def _lease_kept(store: SharedStore, call_id: str, task: Task) -> None:
    # Only the third request of a call: a lease that is never freed would stop the world before anything is noticed.
    if not task.request or task.request.number != 2:
        original_free(store, call_id, task)


# Kept before any patch: the planted function must call the real one, and not itself.
original_free = SharedStore.free

CALLBACKS = (Errand("main_menu", ("0", "1", "1", "1")),)
LOSSES = (Errand("main_menu", ("3", "{id}", "{pin}", "1", "9"), known=True),)
PERSONS = (Errand("main_menu", ("0", "5", "9#")),)
DEATHS = {Fault.DIES_BEFORE_WRITE: 1, Fault.LOST_REPLY: 1, Fault.DIES_AFTER_WRITE: 1}
REPEATS = {Fault.AT_ONCE: 2, Fault.OLD: 1, Fault.REPEATED: 1}
JUMPS = {Fault.CLOCK_JUMPS: 1, Fault.REPEATED: 1}
BUSY = {Fault.STORE_HANGS: 1}

PLANTED_BUGS = (
    PlantedBug(
        "forgets_replies", "a repeated request is taken as a new one", changed(MemoryStore, "load", _without_key)
    ),
    PlantedBug(
        "keeps_newest_reply", "only the newest request is known again", changed(MemoryStore, "load", _only_newest)
    ),
    PlantedBug(
        "mixes_replies", "an older request gets the newest reply", changed(MemoryStore, "load", _newest_for_all)
    ),
    PlantedBug(
        "ignores_conflicts",
        "a conflict counts as a success",
        changed(UnitOfWork, "commit", _always_true),
        menu=REPEATS,
        errands=PERSONS,
        between=0.5,
    ),
    PlantedBug("swallows_errors", "a failed write counts as a success", changed(UnitOfWork, "commit", _without_errors)),
    PlantedBug(
        "loses_documents",
        "a document that was changed meanwhile is overwritten",
        changed(MemoryStore, "commit", _blind_to_documents),
        errands=LOSSES,
        between=0.2,
    ),
    PlantedBug(
        "loses_board",
        "a row of the queue that was changed meanwhile is overwritten",
        changed(MemoryStore, "commit", _blind_to_board),
        menu=REPEATS,
        errands=PERSONS,
        between=0.3,
    ),
    PlantedBug("repeats_numbers", "two turns have one number", changed(Engine, "_reply", _same_number)),
    PlantedBug("records_twice", "a turn is recorded twice", changed(Session, "_record", _twice)),
    PlantedBug("records_nothing", "a turn is not recorded", changed(Session, "_record", lambda _: lambda *_a: [])),
    PlantedBug(
        "asks_bank_anew",
        "a turn that is run again has a new key at the bank",
        changed(turn, "ask", _fresh_keys),
        menu=DEATHS,
        errands=LOSSES,
    ),
    PlantedBug("has_no_words", "an error of a turn reaches the web server", changed(turns, "apologise", _raises)),
    PlantedBug("gives_up", "the apology hangs up", changed(apology, "_document", _only_words)),
    PlantedBug(
        "holds_for_nothing",
        "the document that lets a caller wait leads nowhere",
        changed(apology, "hold", _stays(b"<Response><Say>hold=</Say></Response>")),
        menu=BUSY,
    ),
    PlantedBug(
        "no_retries",
        "addresses do not ask the carrier to try again",
        lambda: patch.object(paths, "RETRIES", ""),
        menu=DEATHS,
    ),
    PlantedBug(
        "keeps_leases", "a call stays leased after a request", lambda: patch.object(SharedStore, "free", _lease_kept)
    ),
    PlantedBug("ignores_hang_ups", "the end of a call is not recorded", changed(Session, "hang_up", _does_nothing)),
    PlantedBug("records_pins", "the record of a turn holds what was typed", changed(Engine, "recordable", _as_typed)),
    PlantedBug("logs_keys", "the log has the keys", changed(direct, "take_turn", _with_keys)),
    PlantedBug(
        "rings_busy_agents", "an agent in a call counts as free", changed(matching, "is_free", _always), errands=PERSONS
    ),
    PlantedBug(
        "last_come_first",
        "the caller who came last is served first",
        changed(matching, "rank", _last_first),
        errands=PERSONS,
    ),
    PlantedBug(
        "keeps_agents", "an agent stays busy after a talk", changed(offers, "finish", _keeps_agent), errands=PERSONS
    ),
    PlantedBug(
        "calls_back_twice",
        "an agent is rung twice for one call back",
        changed(Dispatcher, "_do", _deed_twice),
        errands=CALLBACKS,
        between=0.5,
    ),
    PlantedBug(
        "believes_clock",
        "calls are ended by a clock that has jumped",
        changed(SteadyClock, "has_lasted", _always),
        menu=JUMPS,
    ),
)
"""Each by its name. What is wrong stands beside it in words."""
