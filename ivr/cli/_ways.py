"""The ways that conversations take: noted while they are played, drafted where none goes, and changed on purpose."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.conversations.coverage import CoverableWay, TakenWay
    from ivr.conversations.model import Conversation
    from ivr.conversations.mutants import Mutant
    from ivr.engine.ports import CallStore
    from ivr.flow.model import Release

    from .test import Wired

_ORDER = ("choice", "failure", "ladder", "way")


@dataclass
class WatchedWays:
    """The ways of the flows, those that each conversation takes, and the conversations by step."""

    release: Release | None = None
    there: Mapping[TakenWay, CoverableWay] = field(default_factory=dict)
    taken: set[TakenWay] = field(default_factory=set)
    by_step: dict[tuple[str, str], list[Conversation]] = field(default_factory=dict)
    each: list[set[TakenWay]] = field(default_factory=list)
    _rows: dict[int, int] = field(default_factory=dict)

    def note(self, conversation: Conversation, whole: Wired) -> None:
        """Note the ways that the last conversation took."""
        from ivr.conversations.coverage import ways_there

        if self.release is None:
            self.release = whole.ivr()[0].release
            self.there = ways_there(self.release)
        self.each.append(set())
        for store in whole.stores():
            for way in self._new(store):
                self.taken.add(way)
                self.each[-1].add(way)
                there = self.by_step.setdefault((way.flow, way.step), [])
                if conversation not in there[-1:]:
                    there.append(conversation)

    def _new(self, store: CallStore) -> frozenset[TakenWay]:
        from ivr.conversations.coverage import ways_taken

        ways, self._rows[id(store)] = ways_taken(store, self._rows.get(id(store), 0))
        return ways


def write_drafts(watched: WatchedWays, file: Path) -> None:
    """Write a conversation for each way that none takes, if it can be drafted and then takes it."""
    from ivr.conversations.reader import read_conversations
    from ivr.flow.example_calls import call_that_takes, parts_of_release

    from .test import play_all

    if watched.release is None:
        return
    parts = parts_of_release(watched.release)
    missing = sorted((way for way in watched.there if way not in watched.taken), key=lambda way: _rank(watched, way))
    drafts = [(way, text) for way in missing if (text := call_that_takes(parts, *way))]
    if not drafts:
        click.echo("\nno draft can be made")
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("---\n".join(text for _, text in drafts), encoding="utf-8")
    # Each draft is played, and written only if it takes the way: a proof knows routes, not the bank's answers.
    tried = WatchedWays()
    played, _, _ = play_all(read_conversations((file,)), checked=False, watch=tried)
    good: list[str] = []
    taken: set[TakenWay] = set()
    for (way, text), result, ways in zip(drafts, played, tried.each, strict=True):
        # A draft may take several ways; those behind it need none of their own then.
        if result.passed and way in ways and way not in taken:
            good.append(text)
            taken |= ways
    head = "# Drafts of `ivr test --write-missing`: add what callers hear, then move them where they belong.\n"
    file.write_text(head + "---\n".join(good), encoding="utf-8")
    covered = len([way for way in missing if way in taken])
    click.echo(f"\n{file}: {len(good)} drafts take {covered} of the {len(missing)} ways that no conversation takes")


def report_mutants(watched: WatchedWays, most: int) -> None:
    """Change the flows in at most so many places, and print the changes that no conversation notices."""
    from ivr.conversations.mutants import mutants

    if watched.release is None:
        return
    made = list(mutants(watched.release))
    # Spread over all flows instead of the first ones, and the same in each run.
    chosen = made[:: max(1, -(-len(made) // most))]
    unnoticed = [mutant for mutant in chosen if not _is_noticed(mutant, watched)]
    click.echo(f"\n{len(chosen) - len(unnoticed)} of {len(chosen)} changes to the flows are noticed")
    for mutant in unnoticed:
        click.echo(f"  {mutant.place}: {mutant.flow}, step {mutant.step}: {mutant.change}")


def _is_noticed(mutant: Mutant, watched: WatchedWays) -> bool:
    """Return whether one of the conversations that pass through the changed step fails."""
    passing = watched.by_step.get((mutant.flow, mutant.step), [])
    return any(_fails(conversation, mutant) for conversation in passing)


def _fails(conversation: Conversation, mutant: Mutant) -> bool:
    from .test import play_all

    played, _, _ = play_all([conversation], flows=mutant.release, checked=False)
    return not played[0].passed


def _rank(watched: WatchedWays, way: TakenWay) -> tuple[int, str]:
    return _ORDER.index(watched.there[way].kind), str(watched.there[way].place)
