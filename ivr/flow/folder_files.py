"""The files of a flows folder: those that are read, and those that look like flows and are not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ivr.diagnostics.problem import Place, Problem
from ivr.yamlfile.plain_text import read_plain_text
from ivr.yamlfile.source import Node, read_text

SUFFIX = ".yaml"
_ALIKE = (".yml", ".json", ".yaml~", ".yaml.bak", ".yaml.txt")
"""The ends of files that editors and their programs leave where a flow was meant."""


def flow_files(folder: Path) -> list[Path]:
    """Return the files that are read, sorted; hidden ones, such as Emacs's and a Mac's own, are left alone."""
    files = folder.glob(f"*{SUFFIX}") if folder.is_dir() else ()
    # Emacs locks a file as .#main.yaml, macOS adds ._main.yaml: read as flows, they would stop a server.
    return sorted(path for path in files if not path.name.startswith("."))


def unused_files(folder: Path) -> Iterator[Problem]:
    """Yield a warning for each file that looks like a flow and is not read."""
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        name = path.name.casefold()
        # Main.YAML is a flow on Windows and no file of ours on Linux, so it is reported rather than read.
        if path.name.startswith(".") or path.name.endswith(SUFFIX) or not name.endswith((SUFFIX, *_ALIKE)):
            continue
        # The longest end first: main.yaml.bak ends with .yaml.bak, and must not keep ".yaml" in its stem.
        stem = path.name[: name.rindex(next(end for end in (*_ALIKE[2:], SUFFIX, *_ALIKE) if name.endswith(end)))]
        cure = f"Rename it to {stem}{SUFFIX}, or move it elsewhere."
        yield Problem(Place(path.as_posix(), 1, 1), "unused-file", "This file is not read.", cure, "warning")


def folder_files(folder: Path) -> tuple[dict[str, Node | None], dict[str, str], list[Problem]]:
    """Read each file of a folder once, so that what is checked is what is used; return nodes, texts and problems.

    The text of a file that cannot be read is empty.
    """
    files: dict[str, str] = {}
    nodes: dict[str, Node | None] = {}
    problems = list(unused_files(folder))
    for path in flow_files(folder):
        name = path.as_posix()
        text, slips = read_plain_text(path, name)
        nodes[path.name], faults = (None, []) if text is None else read_text(text, name)
        problems += [*slips, *faults]
        # One form of line ends and no byte order mark: the same flows from Windows and Linux must have one version,
        # or a deployment to both would make two releases.
        files[path.name] = (text or "").removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return nodes, files, problems
