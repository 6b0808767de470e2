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
    parts = [f"flow: sample\nstart: {first}\n{head}steps:\n{body.rstrip()}\n"]
    parts += [PERSON] if "\n  agent:" not in f"\n{steps}" else []
    bye = BYE_IN_TWO if "en-US" in sample else BYE
    parts += [bye] if "\n  bye:" not in f"\n{steps}" else []
    parts += [f"globals:{tail}"] if tail else []
    return "".join(parts)


def judged(folder: Path, flow: str, **files: str) -> list[Problem]:
    """Return what `ivr check` finds in a flow and further files, warnings included."""
    for name, text in {"sample": flow, "line": LINE, **files}.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return check_folder(folder, LANGUAGE, TODAY)[1]


def marked(flow: str) -> list[int]:
    """Return the numbers of the lines that are marked."""
    return [number for number, line in enumerate(flow.splitlines(), 1) if line.rstrip().endswith("# here")]
