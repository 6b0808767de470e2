"""The output of `ivr test` for people: progress, failures and coverage."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ivr.conversations.coverage import CoverableWay, TakenWay
    from ivr.conversations.result import ConversationResult
    from ivr.diagnostics.problem import Place

    from ._test_json import CallerChoice


@dataclass
class Progress:
    """Prints one mark per conversation, by file, or whole transcripts."""

    verbose: bool
    file: str = ""

    def __call__(self, played: ConversationResult) -> None:
        where = played.conversation.place
        if self.verbose:
            click.echo(f"{where}: {played.conversation.title}: {'passed' if played.passed else 'FAILED'}")
            for line in transcript(played):
                click.echo(f"    {line}")
            return
        if where.file != self.file:
            click.echo(("\n" if self.file else "") + f"{where.file} ", nl=False)
            self.file = where.file
        click.echo("." if played.passed else "F", nl=False)


def transcript(played: ConversationResult) -> list[str]:
    """Return a call line by line; long entries are masked already."""
    return [f"{entry.at:6.1f} s  {entry.who}{': ' if entry.what else ''}{entry.what}" for entry in played.transcript]


def failure_lines(played: ConversationResult) -> list[str]:
    """Return the lines that say why a conversation failed."""
    return [f"FAILED {played.conversation.title}", *(f"  {failure}" for failure in played.failures)]


def report_result(
    played: Sequence[ConversationResult], missing: dict[CallerChoice, Place], there: int, seconds: float
) -> None:
    click.echo()
    for result in played:
        if not result.passed:
            click.echo("\n".join(["", *failure_lines(result)]))
    if missing:
        click.echo(f"\nno conversation takes these choices ({len(missing)} of {there}):")
        for (flow, step, outcome), place in sorted(missing.items(), key=lambda item: str(item[1])):
            click.echo(f"  {place}: {flow}, step {step}: {outcome}")
    failed = sum(not result.passed for result in played)
    unchecked = sum(len(result.unchecked) for result in played)
    words = [f"{failed} failed"] if failed else []
    words.append(f"{len(played) - failed} passed")
    words += [f"{unchecked} expectations not checked here"] if unchecked else []
    called = sum(result.result.seconds for result in played)
    click.echo(f"\n{', '.join(words)} in {seconds:.1f} s ({called / 60:.0f} minutes of calls)")


def report_coverage(there: Mapping[TakenWay, CoverableWay], taken: Collection[TakenWay], *, every_way: bool) -> None:
    """Print how many ways each flow has and conversations take; with `every_way` also each that none takes."""
    from ivr.conversations.coverage import KINDS, coverage_lines

    click.echo("\nconversations take:")
    for line in coverage_lines(there, taken):
        click.echo(f"  {line}")
    if not every_way:
        return
    missing = [(coverable, way) for way, coverable in there.items() if way not in taken]
    for kind, noun in KINDS.items():
        gaps = sorted((str(coverable.place), way) for coverable, way in missing if coverable.kind == kind)
        if gaps:
            click.echo(f"\nno conversation takes these {noun}:")
        for place, way in gaps:
            click.echo(f"  {place}: {way.flow}, step {way.step}: {way.outcome} to {way.to}")
