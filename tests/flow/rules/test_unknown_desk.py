"""What `line.yaml` names must be defined there."""

from __future__ import annotations

import pytest

from ivr.errors import FlowError
from ivr.session.step_registry import catalogue
from tests.strict_releases import strict_release

from .rule_findings import AGENT, LINE


def test_a_broken_line_hides_no_fault_of_a_flow():
    flow = f"flow: it\nstart: helo\nsteps:\n  hello:\n    say: 您好。\n    next: bye\n{AGENT}"
    with pytest.raises(FlowError) as refused:
        strict_release({"it.yaml": flow, "line.yaml": LINE.replace("desk: general", "desk: genral")}, catalogue())
    assert [problem.rule for problem in refused.value.problems] == ["unknown-step", "unknown-desk"]
