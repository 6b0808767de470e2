"""What the rules find in one small flow beside a sound `line.yaml`."""

from __future__ import annotations

from ivr.errors import FlowError
from ivr.flow.loader import reload
from ivr.session.step_registry import catalogue

LINE = 'lines: {default: it}\ndesks: {general: "+861085550100"}\ndesk: general\n'
AGENT = "  agent:\n    transfer: general\n    otherwise: bye\n  bye:\n    hangup: 再见。\n"


def findings(steps: str, top: str = "", **files: str) -> list[str]:
    flow = f"flow: it\nstart: hello\n{top}steps:\n{steps}{AGENT}"
    named = {f"{name}.yaml": text for name, text in files.items()}
    try:
        release = reload({"it.yaml": flow, "line.yaml": LINE, **named}, catalogue())
    except FlowError as refused:
        return [problem.rule for problem in refused.problems]
    assert "it" in release.flows
    return []
