"""Which secrets are still needed from a step on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ivr.flow.loader import load, reload
from ivr.flow.secrets_needed import secrets_needed
from ivr.session.step_registry import catalogue
from tests.engine.fixtures import AGENT, LINE

CHANGE = f"""
flow: test
start: main
steps:
  main: {{menu: [{{label: 改密码, goto: ask_old}}]}}
  ask_old: {{collect: pin, as: old, prompt: 请输入旧密码。, next: ask_new}}
  ask_new: {{collect: pin, as: fresh, prompt: 请输入新密码。, next: copy}}
  copy: {{set: {{again: fresh}}, next: ask_again}}
  ask_again: {{collect: pin, as: repeated, prompt: 请再输入一遍。, next: compare}}
  compare: {{branch: [{{when: repeated == again, goto: change}}, {{goto: ask_new}}]}}
  change: {{lookup: {{from: bank.change, as: done, with: {{pin: old}}, on_error: bye}}, next: main}}
{AGENT}
"""


def needed_in(text: str) -> Mapping[str, frozenset[str]]:
    return secrets_needed(reload({"line.yaml": LINE, "test.yaml": text}, catalogue()).flows)["test"]


def test_a_secret_is_needed_from_where_it_is_typed_to_the_last_step_that_reads_it() -> None:
    needed = needed_in(CHANGE)
    assert {name: set(names) for name, names in needed.items() if names} == {
        "ask_new": {"old"},
        "copy": {"old", "fresh"},
        "ask_again": {"old", "again"},
        "compare": {"old", "again", "repeated"},
        "change": {"old"},
    }


def test_a_flow_without_secrets_needs_none() -> None:
    assert needed_in(f"flow: test\nstart: main\nsteps:\n  main: {{hangup: 好。}}\n{AGENT}") == {}


def test_no_shipped_flow_needs_a_secret_where_callers_choose_what_to_do_next() -> None:
    release = load(Path(__file__).parents[2] / "flows", catalogue())
    needed = secrets_needed(release.flows)
    assert any(needed.values())
    for flow in release.flows.values():
        assert not needed[flow.name].get(flow.main_menu), flow.name
        assert not needed[flow.name].get(flow.agent), flow.name
