"""What the rules find in one small flow beside a sound `line.yaml`."""

from __future__ import annotations

from collections.abc import Mapping

from ivr.errors import FlowError
from ivr.flow.loader import inspect_files
from ivr.session.step_registry import catalogue
from tests.strict_releases import strict_release

LINE = 'lines: {default: it}\ndesks: {general: "+861085550100"}\ndesk: general\n'
AGENT = "  agent:\n    transfer: general\n    otherwise: bye\n  bye:\n    hangup: 再见。\n"


def findings(steps: str, top: str = "", **files: str) -> list[str]:
    try:
        release = strict_release(_files(steps, top, files), catalogue())
    except FlowError as refused:
        return [problem.rule for problem in refused.problems]
    assert "it" in release.flows
    return []


def warnings(steps: str, top: str = "", **files: str) -> list[str]:
    return [problem.rule for problem in inspect_files(_files(steps, top, files), catalogue())[1]]


def _files(steps: str, top: str, more: Mapping[str, str]) -> dict[str, str]:
    flow = f"flow: it\nstart: hello\n{top}steps:\n{steps}{AGENT}"
    return {"it.yaml": flow, "line.yaml": LINE, **{f"{name}.yaml": text for name, text in more.items()}}
