"""`ivr diff`: what is different between two releases, in words of those who call. Must not change anything."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ._options import JSON_OPTION
from ._published import release_named
from ._stores import kept_store
from .test import CONVERSATIONS_FOLDER

if TYPE_CHECKING:
    from ivr.changes.model import Difference
    from ivr.conversations.result import ConversationResult
    from ivr.flow.model import Release

TITLES_SHOWN = 5


@click.command(short_help="Show in callers' words what an edit changes.")
@click.argument("old", required=False, default="", metavar="[OLD]")
@click.argument("new", required=False, default="", metavar="[NEW]")
@click.option(
    "--language", type=click.Choice(("zh", "en")), help="Language of the report.  [default: that of IVR_LANG]"
)
@click.option("--quick", is_flag=True, help="Do not play the conversations.")
@click.option("--conversations", multiple=True, type=click.Path(exists=True, path_type=Path), metavar="PATH",
              help="Conversations to play on both. May be repeated.  [default: tests/conversations]")  # fmt: skip
@JSON_OPTION
def command(
    old: str, new: str, language: str | None, quick: bool, conversations: tuple[Path, ...], as_json: bool
) -> None:
    """Show what callers would notice of a change, for the one who approves it.

    \b
    Example:
      ivr diff
      ivr diff autumn
      ivr diff 3f2a9c autumn --language zh
      ivr diff old-flows flows --quick --json

    OLD and NEW are folders, drafts, or beginnings of versions. Without OLD it is what is live in the store of
    IVR_STORE; without both the folder of IVR_FLOWS is compared with that. The conversations are played on both, and
    those that hear other words are counted. Exit codes: 0 if callers notice nothing, 1 if they do.
    """  # noqa: D301
    from ivr.changes.compare import compare
    from ivr.settings import Settings

    settings = Settings.from_environment()
    # One name is compared with what is live, since that is the question before a publication.
    names = (old, new) if new else ("", old or settings.flows.as_posix())
    with kept_store(settings, reads=True) as store:
        before, after = (release_named(store, name) for name in names)
    differences = compare(before, after)
    usual = (CONVERSATIONS_FOLDER,) if CONVERSATIONS_FOLDER.is_dir() else ()
    if differences and not quick and (paths := conversations or usual):
        differences += _conversations(before, after, paths)
    spoken = language or settings.message_language
    if as_json:
        click.echo(_as_json(before, after, differences))
    else:
        for line in _lines(before, after, differences, spoken):
            click.echo(line)
    if differences:
        raise click.exceptions.Exit(1)


def _conversations(before: Release, after: Release, paths: Sequence[Path]) -> Iterator[Difference]:
    """Yield how many conversations hear other words."""
    from ivr.changes.model import Difference
    from ivr.conversations.reader import read_conversations

    from .test import play_all

    conversations = read_conversations(paths)
    heard = [
        [_heard(result) for result in play_all(conversations, flows=each, checked=False)[0]] for each in (before, after)
    ]
    titles = [each.title for each, was, now in zip(conversations, *heard, strict=True) if was != now]
    if titles:
        shown = "; ".join(titles[:TITLES_SHOWN]) + ("; …" if len(titles) > TITLES_SHOWN else "")
        yield Difference("conversations", facts={"count": str(len(titles)), "titles": shown})


def _heard(result: ConversationResult) -> list[str]:
    return [f"{entry.who} {entry.what}" for entry in result.transcript]


def _lines(before: Release, after: Release, differences: Sequence[Difference], language: str) -> Iterator[str]:
    from ivr.changes.words import sentence_of

    if not differences:
        yield {"zh": "来电听不出区别。", "en": "Callers notice nothing."}[language]
        return
    yield f"{before.version} → {after.version}"
    for difference in differences:
        yield f"  {sentence_of(difference, language)}"


def _as_json(before: Release, after: Release, differences: Sequence[Difference]) -> str:
    from ivr.changes.words import LANGUAGES_OF_REPORTS, sentence_of

    rows = [
        {
            **asdict(difference),
            "words": {language: sentence_of(difference, language) for language in LANGUAGES_OF_REPORTS},
        }
        for difference in differences
    ]
    return json.dumps({"old": before.version, "new": after.version, "differences": rows}, ensure_ascii=False, indent=2)
