"""Objections to a release that is to go live: conversations that fail, and warnings that the live one lacks."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ivr.conversations.result import ConversationResult
    from ivr.diagnostics.problem import Problem
    from ivr.flow.model import Release


def new_warnings(problems: Sequence[Problem], live: Release | None) -> Iterator[str]:
    """Yield each warning that the live release does not have, with its place; a lost proof is one of them."""
    from ivr.flow.loader import inspect_files
    from ivr.session.step_registry import catalogue

    before = inspect_files(live.files, catalogue())[1] if live else []
    had = Counter(map(_warning, before))
    for problem in problems:
        if problem.level != "warning":
            continue
        if had[_warning(problem)]:
            had[_warning(problem)] -= 1
            continue
        yield f"{problem.place}: {problem.rule}: {problem.message}"


def _warning(problem: Problem) -> tuple[str, str, str]:
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
