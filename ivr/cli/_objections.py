"""Objections to a release that is to go live: conversations that fail, and warnings that the live one lacks."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ._message_language import in_language, message_language

if TYPE_CHECKING:
    from ivr.conversations.result import ConversationResult
    from ivr.diagnostics.problem import Problem
    from ivr.flow.model import Release


def is_fatal(problem: Problem) -> bool:
    """Return whether calls could not be taken with this problem: an error that is no judgement of a rule."""
    return problem.level == "error" and problem.rule not in _judging_rules()


def new_warnings(problems: Sequence[Problem], live: Release | None, audio: Path) -> Iterator[str]:
    """Yield each problem that the live release does not have, with its place; a lost proof is one of them."""
    before = judged_files(live.files, audio)[1] if live else []
    had = Counter(map(_warning, before))
    language = message_language()
    for problem in problems:
        if problem.level == "info" or is_fatal(problem):
            continue
        # Counted, not looked up: a second finding of the same kind is new.
        if had[_warning(problem)]:
            had[_warning(problem)] -= 1
            continue
        said = in_language(problem, language)
        yield f"{problem.place}: {problem.rule}: {said.message} {said.cure}".rstrip()


def judged_folder(folder: Path, audio: Path) -> tuple[Release | None, list[Problem]]:
    """Return the release of a folder, and all that `ivr check` says of it."""
    from ivr.flow.loader import check_folder
    from ivr.session.step_registry import catalogue

    return check_folder(folder, catalogue(_recordings(audio)), _today())


def judged_files(files: Mapping[str, str], audio: Path) -> tuple[Release | None, list[Problem]]:
    """Return the release of stored files, and all that `ivr check` says of them."""
    from ivr.flow.loader import check_files
    from ivr.session.step_registry import catalogue

    return check_files(files, catalogue(_recordings(audio)), _today())


def _judging_rules() -> frozenset[str]:
    from ivr.flow.rules import all_rules

    return frozenset(rule.id for rule in all_rules() if not rule.at_load)


def _recordings(audio: Path) -> Path | None:
    return audio if audio.is_dir() else None


def _today() -> date:
    from ivr.calendar import local

    return local(time.time()).date()


def _warning(problem: Problem) -> tuple[str, str, str]:
    # Without the line: an edit above a warning moves it, and does not make it new.
    return Path(problem.place.file).name, problem.rule, problem.message


def failed_conversations(release: Release, paths: Sequence[Path]) -> tuple[int, list[str]]:
    """Play conversations against a release; return how many were played, and what fails, as objections."""
    from ivr.conversations.reader import read_conversations
    from ivr.errors import FlowError

    from .test import play_all

    try:
        conversations = read_conversations(paths)
        with click.progressbar(length=len(conversations), label="Playing conversations", file=sys.stderr) as bar:
            played, _, _ = play_all(conversations, flows=release, show=lambda _: bar.update(1))
    except FlowError as fault:
        return 0, [str(problem) for problem in fault.problems]
    return len(played), [_failure(result) for result in played if not result.passed]


def _failure(result: ConversationResult) -> str:
    place, first = result.conversation.place, result.failures[0]
    return f"{place}: the conversation {result.conversation.title!r} fails: {first.message}"
