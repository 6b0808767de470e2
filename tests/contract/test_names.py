"""One word, one meaning: a public name is defined in one module, unless a package's protocol asks each for it."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

IVR = Path(__file__).resolve().parents[2] / "ivr"
MODULES = sorted(IVR.rglob("*.py"))

VERBS = {"Dial", "Enqueue", "Gather", "Hangup", "Pause", "Play", "Record", "Say"}
"""What a turn answers with (`engine/verbs.py`), and the element of the same name that the carrier plays."""
COMMANDS = {"build", "check", "list_", "off", "on", "show"}
"""Subcommands: the function has the name that is typed."""
PROTOCOLS = {
    "RULE": {"flow/rules"},
    "amount": {"speech/itn"},
    "cardinal": {"speech/verbalize"},
    "check": {"flow/rules", "cli"},
    "command": {"cli"},
    "connect": {"stores"},
    "corrected": {"speech/itn"},
    "day": {"speech/itn"},
    "exists": {"stores"},
    "key": {"speech/itn"},
    "keys": {"speech/itn"},
    "language": {"speech/verbalize"},
    "main": {"cli", "loadtest", "speech/tts"},
    "render": {"diagnostics", "diagnostics/formats"},
    "routes": {"web", "channels/twilio"},
}
"""Names that a package asks each of its modules for, and the rooms that do."""


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def room(path: Path) -> str:
    return path.relative_to(IVR).parent.as_posix()


def public_names(module: ast.Module):
    for node in module.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            names = [node.name]
        elif isinstance(node, ast.Assign):
            names = [target.id for target in node.targets if isinstance(target, ast.Name)]
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names = [node.target.id]
        else:
            continue
        yield from (name for name in names if not name.startswith("_"))


def is_meant(name: str, paths: list[Path]) -> bool:
    rooms = {room(path) for path in paths}
    if name in VERBS and rooms == {"engine", "carrier"}:
        return True
    if name in COMMANDS and "cli" in rooms:
        others = [path for path in paths if room(path) != "cli"]
        return len(others) <= 1 or {room(path) for path in others} <= PROTOCOLS.get(name, set())
    return rooms <= PROTOCOLS.get(name, set())


def test_a_public_name_is_defined_once_or_is_a_protocol_of_its_package():
    homes: dict[str, list[Path]] = defaultdict(list)
    for path in MODULES:
        for name in set(public_names(tree(path))):
            homes[name].append(path)
    twice = {
        name: [path.relative_to(IVR).as_posix() for path in paths]
        for name, paths in homes.items()
        if len(paths) > 1 and not is_meant(name, paths)
    }
    assert not twice


def test_the_list_of_meant_names_holds_no_name_that_is_gone():
    defined: dict[str, int] = defaultdict(int)
    for path in MODULES:
        for name in set(public_names(tree(path))):
            defined[name] += 1
    assert not [name for name in {*VERBS, *COMMANDS, *PROTOCOLS} if defined[name] < 2]
