"""`ivr check`: report all problems of flow files, line.yaml and conversations at once.

Must not change a file without `--fix`.
"""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ivr.diagnostics import FORMATS, render
from ivr.diagnostics.report import Report

from ._fixes import write_fixes
from ._message_language import in_language, message_language
from ._refused import Refused

if TYPE_CHECKING:
    from ivr.diagnostics.problem import Problem
    from ivr.flow.catalogue import Catalogue
    from ivr.flow.model import Release

_CONVERSATIONS = Path("tests/conversations")
_CONVERSATION = re.compile(r"^(?:conversation|turns)\s*[:：]", re.MULTILINE)
"""Keys of conversations that flows do not have; a conversation whose first key is misspelt still has the second."""


@dataclass
class Findings:
    """The problems, and the files that were checked. `files` maps a name, as used in problems, to the file's text."""

    problems: list[Problem] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    elsewhere: list[Problem] = field(default_factory=list)
    releases: list[Release] = field(default_factory=list)

    def look_at(self, files: Sequence[Path]) -> None:
        """Read the texts of files, since reports show lines."""
        for path in files:
            self.files[path.as_posix()] = _text(path)


@click.command(short_help="Find everything that is wrong in flows and conversations.")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path), metavar="[PATH]...")
@click.option("--format", type=click.Choice(FORMATS), default="text", show_default=True, help="How to report.")
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("--strict", is_flag=True, help="Fail on warnings, too.")
@click.option("--fix", is_flag=True, help="Change the files where a cure needs no decision, then report what is left.")
def command(paths: tuple[Path, ...], format: str, as_json: bool, strict: bool, fix: bool) -> None:  # noqa: A002
    """Find everything that is wrong in flow files, line.yaml and conversations.

    \b
    Example:
      ivr check
      ivr check flows/main_menu.yaml --strict
      ivr check --format sarif > check.sarif
      IVR_LANG=zh ivr check --fix

    PATH is a folder or a file; the default is the folder of IVR_FLOWS and tests/conversations. One run reports all
    problems of all files. A flow file is read together with the other files of its folder, but only its own problems
    are reported. Besides what cannot work, it tells what callers will feel and proves that no caller gets stuck;
    `ivr explain RULE` tells more. A line is exempted from such a rule by a comment with a reason and an end:

      # allow too-many-options until 2027-06-30: the reason

    The exit code is 1 if there is an error.
    """  # noqa: D301
    from ivr.diagnostics.problem import in_order
    from ivr.flow.rule_summaries import RULES

    paths = paths or tuple(_usual())
    findings = _look(paths)
    # Looked at anew, since a fix moves places, and may bring out what it had hidden.
    if fix and write_fixes(in_order(findings.problems)):
        findings = _look(paths)
    language = message_language()
    problems = in_order([in_language(problem, language) for problem in findings.problems])
    format = "json" if as_json else format  # noqa: A001
    click.echo(render(format, problems, Report(findings.files, RULES, language, _coloured())))
    # On stderr: programs read the report on stdout.
    if format != "text":
        from ivr.diagnostics.formats.text import summary

        click.echo(summary(problems, len(findings.files), language), err=True)
    if findings.elsewhere:
        click.echo(_elsewhere(findings.elsewhere), err=True)
    if any(problem.level == "error" or (strict and problem.level == "warning") for problem in problems):
        raise click.exceptions.Exit(1)


def _usual() -> Iterator[Path]:
    """Yield the folders that are checked by default."""
    from ivr.settings import Settings

    flows = Settings.from_environment({name: os.environ[name] for name in ("IVR_FLOWS",) if name in os.environ}).flows
    if not flows.is_dir():
        raise Refused(f"there is no folder {flows.as_posix()} here; name one, or set IVR_FLOWS to the folder of flows.")
    yield flows
    if any(_CONVERSATIONS.rglob("*.yaml")):
        yield _CONVERSATIONS


def _look(paths: Sequence[Path]) -> Findings:
    findings = Findings()
    flows, conversations = _sorted_out(paths)
    _look_at_flows(findings, flows)
    for path in conversations:
        _look_at_conversations(findings, path)
    return findings


def _sorted_out(paths: Sequence[Path]) -> tuple[dict[Path, set[Path]], list[Path]]:
    """Separate flows from conversations. Returns flows by folder: the files named, or an empty set for all files."""
    from ivr.flow.folder_files import flow_files

    flows: dict[Path, set[Path]] = {}
    conversations: list[Path] = []
    for path in paths:
        if path.is_file():
            if _CONVERSATION.search(_text(path)):
                conversations.append(path)
            # A folder that was named as a whole is not narrowed to single files again.
            elif flows.get(path.parent) != set():
                flows.setdefault(path.parent, set()).add(path)
            continue
        beside = flow_files(path)
        # By content: conversations are YAML files as flows are, and may lie in the same folder.
        inside = [file for file in sorted(path.rglob("[!.]*.yaml")) if _CONVERSATION.search(_text(file))]
        conversations += inside
        if not inside or set(beside) - set(inside):
            flows[path] = set()
    return flows, list(dict.fromkeys(conversations))


def _look_at_flows(findings: Findings, folders: dict[Path, set[Path]]) -> None:
    if not folders:
        return
    from ivr.session.step_registry import catalogue

    language = catalogue(_recordings())
    for folder, named in folders.items():
        _look_at_folder(findings, folder, named, language)


def _look_at_folder(findings: Findings, folder: Path, named: set[Path], language: Catalogue) -> None:
    from ivr.calendar import local
    from ivr.flow.folder_files import flow_files
    from ivr.flow.loader import check_folder

    release, problems = check_folder(folder, language, local(time.time()).date())
    files = flow_files(folder)
    if release is not None:
        findings.releases.append(release)
    findings.look_at(sorted(named) or files)
    names = {path.as_posix() for path in named}
    for problem in problems:
        is_reported = not named or problem.place.file in names
        (findings.problems if is_reported else findings.elsewhere).append(problem)


def _look_at_conversations(findings: Findings, path: Path) -> None:
    from ivr.conversations.reader import read_conversations
    from ivr.errors import FlowError

    findings.look_at([path])
    try:
        conversations = read_conversations([path])
    except FlowError as fault:
        findings.problems += fault.problems
        return
    for release in findings.releases[-1:]:
        from ivr.conversations.release_check import conversation_problems

        findings.problems += conversation_problems(conversations, release)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _recordings() -> Path | None:
    """Return the folder of recordings, if there is one."""
    from ivr.settings import Settings

    audio = Path(os.environ.get("IVR_AUDIO") or Settings.audio)
    return audio if audio.is_dir() else None


def _elsewhere(problems: Sequence[Problem]) -> str:
    files = sorted({problem.place.file for problem in problems})
    count = f"{len(problems)} problem{'' if len(problems) == 1 else 's'}"
    return f"{count} in other files that are read together with this one: {', '.join(files)}"


def _coloured() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
