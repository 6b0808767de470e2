"""`ivr test --accept`: show the new wording of what conversations expect, and write it to their files."""

from __future__ import annotations

import difflib
import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ivr.conversations.result import ConversationResult

PlayFiles = Callable[[Sequence[Path]], Sequence["ConversationResult"]]
"""Plays the conversations of files."""

_MOST_ROUNDS = 50
"""A conversation tells one failure a round: the most expectations of one that can change."""


def accept(files: Iterable[Path], play: PlayFiles, *, sure: bool) -> bool:
    """Replace texts that are no longer heard by what is heard; return whether the conversations pass then.

    The difference is shown and confirmed first, unless the caller is `sure`. The files keep everything else.
    """
    originals = list(files)
    # On copies: the files of the editor change only after the difference has been seen.
    with tempfile.TemporaryDirectory(prefix="ivr-accept-") as folder:
        copies = [Path(folder) / str(number) / file.name for number, file in enumerate(originals)]
        for file, copy in zip(originals, copies, strict=True):
            copy.parent.mkdir()
            shutil.copy(file, copy)
        passes = _rewrite(copies, play)
        changed = [
            (file, before, after)
            for file, copy in zip(originals, copies, strict=True)
            if (before := file.read_text("utf-8")) != (after := copy.read_text("utf-8"))
        ]
    if not changed:
        click.echo("No expectation has a new wording that is like its old one.")
        return passes
    for file, before, after in changed:
        click.echo("".join(_difference(file, before, after)), nl=False)
    if sure or click.confirm("Write these changes?"):
        for file, _, after in changed:
            file.write_text(after, encoding="utf-8")
        return passes
    click.echo("Nothing was changed.")
    return False


def _rewrite(copies: Sequence[Path], play: PlayFiles) -> bool:
    """Rewrite files, round by round, until no expectation has a new wording; return whether all passed then."""
    from ivr.conversations.acceptance import new_wordings, rewritten

    played = list(play(copies))
    # A conversation stops at its first failure, so that the next one shows only when this one is mended.
    for _ in range(_MOST_ROUNDS):
        touched = []
        wordings = list(new_wordings([result for result in played if not result.passed]))
        for copy in copies:
            mine = [wording for wording in wordings if wording.place.file == copy.as_posix()]
            before = copy.read_text("utf-8")
            after, _ = rewritten(before, mine)
            if after != before:
                copy.write_text(after, encoding="utf-8")
                touched.append(copy)
        if not touched:
            break
        names = {copy.as_posix() for copy in touched}
        played = [result for result in played if result.conversation.place.file not in names] + list(play(touched))
    return all(result.passed for result in played)


def _difference(file: Path, before: str, after: str) -> Iterable[str]:
    lines = before.splitlines(keepends=True), after.splitlines(keepends=True)
    return difflib.unified_diff(*lines, file.as_posix(), file.as_posix(), n=1)
