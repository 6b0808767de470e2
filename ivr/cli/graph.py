"""`ivr graph`: a picture of one flow or of the whole line. Must not change anything."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ._refused import Refused
from ._stores import kept_store, lacks_store

if TYPE_CHECKING:
    from ivr.flow.model import Flow, Release, Step
    from ivr.flow.rules import HeardSpeech
    from ivr.graph.picture import HeardOnEntering
    from ivr.graph.usage import StepUsage
    from ivr.settings import Settings

DAYS = 30


@click.command(short_help="Draw a flow or the whole line.")
@click.argument("flow", required=False, default="")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="A file .svg, .png, .pdf (by Graphviz), .dot or .mmd.  [default: Mermaid on stdout]")  # fmt: skip
@click.option("--from", "start", metavar="STEP", default="", help="Only what can be reached from a step.")
@click.option("--version", "name", metavar="VERSION", default="",
              help="A version, a draft or a folder.  [default: the folder of IVR_FLOWS]")  # fmt: skip
@click.option("--days", type=click.IntRange(0), default=DAYS, show_default=True,
              help="The days whose calls are counted; 0 counts none.")  # fmt: skip
@click.option("--language", type=click.Choice(("zh", "en")), help="Language.  [default: that of IVR_LANG]")
def command(flow: str, output: Path | None, start: str, name: str, days: int, language: str | None) -> None:
    """Draw FLOW, or all flows: steps with their words, seconds of speech and waiting, identity levels, and keys.

    \b
    Example:
      ivr graph main_menu -o main_menu.svg
      ivr graph main_menu --from balance > balance.mmd

    With calls in the store of IVR_STORE, arrows are as wide as the share of the calls that leave a step by them, and
    steps are amber or red where many callers are silent or not understood (5 % and 15 % of their turns). Dashed arrows
    are taken when something fails. The frame of a flow lists the keys that work in every step.
    """  # noqa: D301
    from ivr.graph.dot import to_dot
    from ivr.graph.graphviz import DRAWN, drawn
    from ivr.graph.mermaid import to_mermaid
    from ivr.graph.picture import Painter
    from ivr.settings import Settings

    settings = Settings.from_environment()
    kind = output.suffix.removeprefix(".").lower() if output else "mmd"
    if kind not in (*DRAWN, "dot", "mmd"):
        raise click.UsageError(f"{output} has no known ending; use .svg, .png, .pdf, .dot or .mmd")
    release = _release(settings, name)
    spoken = language or settings.message_language
    picture = Painter(release, _heard(release), _usage(settings, days), spoken).picture(flow, start)
    text = to_mermaid(picture, spoken) if kind == "mmd" else to_dot(picture, spoken)
    # Before the file is opened: without Graphviz, an empty picture would be left behind.
    data = drawn(text, kind) if kind in DRAWN else text.encode()
    if output is None:
        sys.stdout.write(text)
        return
    try:
        output.write_bytes(data)
    except OSError as fault:
        raise Refused(f"{output} cannot be written: {fault.strerror}.") from None
    click.echo(f"{len(picture.boxes)} steps and {len(picture.arrows)} ways are in {output}.", err=True)


def _release(settings: Settings, name: str) -> Release:
    from ivr.flow.loader import load
    from ivr.session.step_registry import catalogue

    from ._published import release_named

    if not name:
        return load(settings.flows, catalogue())
    with kept_store(settings, reads=True) as store:
        return release_named(store, name)


def _heard(release: Release) -> HeardOnEntering:
    from ivr.speech.prompts.heard import hearing_with

    hear = hearing_with()

    def heard(flow: Flow, step: Step, language: str) -> Sequence[HeardSpeech]:
        return hear(flow, release.line, step, language)

    return heard


def _usage(settings: Settings, days: int) -> StepUsage:
    """Count the calls of the last days; none where there is no store."""
    from ivr.engine.journal import journal_rows
    from ivr.graph.usage import StepUsage

    usage = StepUsage()
    if days and not settings.store.startswith("memory:") and not lacks_store(settings):
        with kept_store(settings) as store:
            usage.add(journal_rows(store), time.time() - days * 86_400)
    return usage
