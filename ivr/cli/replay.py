"""`ivr replay`: play recorded calls through the flow files, and list those that would go elsewhere. Changes nothing."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ._refused import Refused
from ._stores import kept_store, seal_of
from .report import USUAL_DAYS, Day, midnight

if TYPE_CHECKING:
    from ivr.engine.engine import Engine
    from ivr.session.replay import AffectedStep, Replayed
    from ivr.settings import Settings
    from ivr.stores import Store

CALLS_NAMED = 3
"""The most calls that are named for one step."""
DIFFERENCES = {
    "other_way": "go another way",
    "other_words": "hear other words or wait otherwise",
    "other_question": "ask the bank or a service something that was not asked then",
    "stuck": "cannot go on",
}


@click.command(short_help="Play past calls through the flow files; list those that would go elsewhere.")
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--since", type=Day(), help=f"First day. Default: {USUAL_DAYS} days ago.")
@click.option(
    "--limit", type=click.IntRange(1), default=10_000, show_default=True, help="The most calls, newest first."
)
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object.")
def command(folder: Path | None, since: float | None, limit: int, as_json: bool) -> None:
    """Play past calls through the flow files in FOLDER, and list those that would go elsewhere.

    \b
    Example:
      ivr replay
      ivr replay new-flows --since 2026-11-01 --json

    The server records what each turn was given: the caller's input, the time, and the answers of the bank and of our
    own services; PINs, codes, card and ID numbers are recorded as other numbers of the same kind. A turn is the same if
    it says the same words, waits in the same way and takes the same path. Each call is played up to where it goes
    another way; the report names the steps, and the share of the calls there. FOLDER is that of IVR_FLOWS if left out.
    Reads the store of IVR_STORE, with the server's IVR_KEY; the line's other settings should be the server's, too. Exit
    codes: 1 if a call would be affected, 2 for wrong usage.
    """  # noqa: D301
    from ivr.session.replay import affected_steps
    from ivr.settings import Settings

    settings = Settings.from_environment(os.environ, flows=folder)
    first = midnight(USUAL_DAYS) if since is None else since
    engine = _engine(settings)
    with kept_store(settings, reads=True) as store:
        replayed = list(_replayed(store, settings, engine, first, limit))
    affected = affected_steps(replayed)
    click.echo(_as_json(replayed, affected) if as_json else "\n".join(_lines(replayed, affected)))
    if affected:
        raise click.exceptions.Exit(1)


def _engine(settings: Settings) -> Engine:
    """Return the engine of the flow files, apart from the server's store."""
    from ivr.app import build
    from ivr.engine.engine import Engine

    ivr = build(replace(settings, store="memory:"))
    try:
        return Engine(ivr.release, ivr.services)
    finally:
        ivr.close()


def _replayed(store: Store, settings: Settings, engine: Engine, first: float, limit: int) -> Iterator[Replayed]:
    from ivr.engine.journal import journal_rows
    from ivr.session.replay import replay

    seal = seal_of(settings)
    if seal is None:
        raise Refused("the recorded calls are sealed; set IVR_KEY to the key of the server.")
    for call_id in store.calls(live=False, limit=limit):
        rows = list(journal_rows(store, call_id))
        if rows and rows[0].at >= first:
            yield replay(engine, call_id, rows, seal)


def _lines(replayed: Sequence[Replayed], affected: Sequence[AffectedStep]) -> Iterator[str]:
    turns, partly = sum(call.turns for call in replayed), sum(call.reason == "withheld" for call in replayed)
    away, otherwise = (sum(map(test, replayed)) for test in (_goes_elsewhere, _hears_other_words))
    yield (
        f"{len(replayed):,} calls with {turns:,} turns were played; {_share(away, len(replayed))} would go elsewhere, "
        f"{_share(otherwise, len(replayed))} would only hear other words."
    )
    for step in affected:
        named = ", ".join(step.calls[:CALLS_NAMED]) + (", ..." if len(step.calls) > CALLS_NAMED else "")
        where = f"{step.flow}/{step.step}" if step.flow else "the beginning"
        ways = f": {step.now or 'stays'} (before: {step.then or 'stayed'})" if step.reason == "other_way" else ""
        yield (
            f"  {where}: {len(step.calls):,} of {step.visits:,} calls there ({step.share:.1%}) "
            f"{DIFFERENCES[step.reason]}{ways} ({named})"
        )
    if partly:
        yield f"{partly:,} could be played only up to an input that was not recorded, because it may hold a secret."


def _goes_elsewhere(call: Replayed) -> bool:
    return call.goes_elsewhere


def _hears_other_words(call: Replayed) -> bool:
    return bool(call.heard) and not call.goes_elsewhere


def _share(calls: int, every: int) -> str:
    return f"{calls:,} ({calls / every:.1%})" if calls else "0"


def _as_json(replayed: Sequence[Replayed], affected: Sequence[AffectedStep]) -> str:
    result = {
        "calls": len(replayed),
        "turns": sum(call.turns for call in replayed),
        "withheld": sum(call.reason == "withheld" for call in replayed),
        "elsewhere": [_call(call) for call in replayed if call.goes_elsewhere],
        "other_words": [_call(call) for call in replayed if _hears_other_words(call)],
        "steps": [{**asdict(step), "share": round(step.share, 4)} for step in affected],
    }
    return json.dumps(result, ensure_ascii=False)


def _call(call: Replayed) -> dict[str, Any]:
    return {name: value for name, value in asdict(call).items() if name != "visited"}
