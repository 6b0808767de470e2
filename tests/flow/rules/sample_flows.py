"""The samples of rules as whole flows, in a folder with a `line.yaml`."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from ivr.diagnostics.problem import Problem
from ivr.flow.loader import check_folder
from ivr.session.step_registry import catalogue

LINE = 'lines: {default: sample}\ndesks: {general: "+861085550100"}\ndesk: general\n'
PERSON = "  agent:\n    transfer: general\n    next: bye\n    otherwise: bye\n"
BYE = "  bye:\n    hangup: 再见。\n"
BYE_IN_TWO = "  bye:\n    hangup: {zh-CN: 再见。, en-US: Goodbye.}\n"
LANGUAGE = catalogue()
TODAY = date(2026, 11, 30)


def as_flow(sample: str) -> str:
    """Return a sample as a flow file: with its name, its start, a person and an end, as far as it has none."""
    head, _, steps = sample.partition("steps:\n")
    first = next(line.strip().partition(":")[0] for line in steps.splitlines() if line.startswith("  "))
    body, _, tail = steps.partition("\nglobals:")
    name = "" if "flow: " in head else "flow: sample\n"
    start = "" if "start: " in head else f"start: {first}\n"
    bye = BYE_IN_TWO if "en-US" in sample else BYE
    parts = [f"{name}{start}{head}steps:\n{body.rstrip()}\n"]
    parts += [PERSON] if "\n  agent:" not in f"\n{steps}" else []
    parts += [bye] if "\n  bye:" not in f"\n{steps}" else []
    parts += [f"globals:{tail}"] if tail else []
    return "".join(parts)


def files_of(sample: str) -> dict[str, str]:
    """Return the files of a sample by name, the sample itself first; `line` and `lookups` stay as they are."""
    flow, *others = sample.split("# file: ")
    files = {"sample": as_flow(flow)}
    for other in others:
        name, _, text = other.partition("\n")
        files[name] = text if name in ("line", "lookups") else as_flow(text)
    return files


def judged(folder: Path, files: dict[str, str]) -> list[Problem]:
    """Return what `ivr check` finds in files beside a line.yaml, warnings included."""
    for name, text in {"line": LINE, **files}.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return check_folder(folder, LANGUAGE, TODAY)[1]


def marked(files: dict[str, str]) -> list[tuple[str, int]]:
    """Return the files and the numbers of the lines that are marked."""
    lines = ((name, number, line) for name, text in files.items() for number, line in enumerate(text.splitlines(), 1))
    return [(f"{name}.yaml", number) for name, number, line in lines if line.rstrip().endswith("# here")]
