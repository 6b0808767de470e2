"""The manual is fresh, complete, and every sample in it is read without a problem."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from ivr.flow.fields import Block, options
from ivr.flow.hotline import DeskFields, LineFields, SiteFields, WaitingFields
from ivr.flow.loader import FlowFields, inspect, read_flow
from ivr.flow.profiles import Profile, profiles
from ivr.flow.reference import PROFILE_WORDS, manual
from ivr.flow.routes import DOES, ChoiceFields
from ivr.flow.rule_summaries import GROUPS, RULES
from ivr.flow.schema import manual_text
from ivr.flow.standing_values import STANDING_VALUES
from ivr.session.step_registry import catalogue
from ivr.yamlfile.source import read_text

ROOT = Path(__file__).parents[2]
README = ROOT / "flows" / "README.md"
LANGUAGE = catalogue()
MANUAL = manual(LANGUAGE)
CODE = re.compile(r"```yaml\n(.*?)```", re.DOTALL)
RULE_AT = {"Problem": 1, "problem": 1, "Slip": 0, "_refuse": 1, "report": 1, "in_quotes": 3}
"""Where the calls that make a finding take its rule."""


def test_the_manual_beside_the_flows_is_fresh(request):
    if request.config.getoption("--update-golden"):
        README.write_text(MANUAL, encoding="utf-8")
    assert README.read_text("utf-8") == MANUAL, "run: pytest tests/flow/test_reference.py --update-golden"


def test_no_place_was_left_open():
    assert "[[" not in re.sub(r"`[^`]*`", "", CODE.sub("", MANUAL))


@pytest.mark.parametrize("kind", sorted(LANGUAGE.steps))
def test_the_sample_of_a_step_kind_is_read_without_a_problem(kind):
    (sample,) = CODE.findall(manual_text(LANGUAGE.steps[kind]))
    body = "".join(f"  {line}\n" for line in sample.splitlines())
    node, problems = read_text(f"flow: sample\nstart: x\nsteps:\n{body}", "sample.yaml")
    assert node is not None
    flow, found = read_flow(node, "sample", LANGUAGE)
    assert not problems + found
    assert flow is not None
    assert kind in {step.kind for step in flow.steps.values()}


def test_the_complete_flow_of_the_introduction_has_no_problem(tmp_path):
    blocks = CODE.findall(MANUAL)
    (flow,) = (block for block in blocks if block.startswith("flow: "))
    (line,) = (block for block in blocks if block.startswith("lines:"))
    (tmp_path / "branch_hours.yaml").write_text(flow, encoding="utf-8")
    line = re.sub("main_menu|elderly_simple", "branch_hours", line).replace("language: en-US", "hours: counter")
    (tmp_path / "line.yaml").write_text(line, encoding="utf-8")
    release, problems = inspect(tmp_path, LANGUAGE)
    assert problems == []
    assert release is not None


def test_everything_that_can_be_written_is_in_the_manual():
    keys = {wish.key for cls in LANGUAGE.steps.values() for wish in options(cls)}
    names = [
        *keys,
        *(": ".join(cls.written_as or (kind,)) for kind, cls in LANGUAGE.steps.items()),
        *DOES,
        *RULES,
        *profiles(),
        *(f"{a}.{b}" for a in STANDING_VALUES for b in STANDING_VALUES[a]),
    ]
    assert not [name for name in names if f"`{name}`" not in MANUAL]
    assert not [kind for kind in LANGUAGE.spoken_kinds if f"| `{kind}" not in MANUAL]


def blocks(kind: object) -> Iterator[type]:
    """Yield what a kind of value holds that has keys of its own, to the deepest."""
    if isinstance(kind, Block):
        yield kind.cls
        for wish in options(kind.cls):
            yield from blocks(wish.kind)
    elif inner := getattr(kind, "of", None):
        yield from blocks(inner)


def test_every_key_of_every_block_has_its_line_in_the_manual():
    tops = [LineFields, FlowFields, ChoiceFields, *LANGUAGE.steps.values()]
    found = {*tops, *(one for cls in tops for wish in options(cls) for one in blocks(wish.kind))}
    assert {WaitingFields, SiteFields, DeskFields} <= found
    lines = [(wish.key, wish.help) for cls in found for wish in options(cls)]
    assert [key for key, told in lines if not re.search(rf"\| `{key}` \|[^\n]*{re.escape(told)}", MANUAL)] == []


def test_every_figure_of_a_profile_is_explained():
    assert set(PROFILE_WORDS) == {spec.name for spec in fields(Profile)} - {"name"}


def test_no_rule_is_listed_twice():
    assert sum(map(len, GROUPS.values())) == len(RULES)


def rules_in(path: Path) -> set[str]:
    """Return the rules that a module gives to findings, and whatever else looks like one."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            given = node.args[RULE_AT[name] : RULE_AT[name] + 1] if name in RULE_AT else []
            found |= {one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)}
            found |= {part.value for one in given if isinstance(one, ast.IfExp) for part in (one.body, one.orelse)}
        if isinstance(node, ast.Assign) and any(getattr(target, "id", "") == "rule" for target in node.targets):
            found |= {node.value.value} if isinstance(node.value, ast.Constant) else set()
    return found


def test_every_rule_that_the_code_gives_is_listed():
    modules = [path for room in ("flow", "yamlfile", "conversations") for path in (ROOT / "ivr" / room).rglob("*.py")]
    given = set().union(*map(rules_in, modules)) | {"merge-key"}
    assert given - set(RULES) == set()


def test_every_listed_rule_is_in_the_code():
    rooms = [path for room in ("flow", "yamlfile", "conversations") for path in (ROOT / "ivr" / room).rglob("*.py")]
    source = "".join(path.read_text("utf-8") for path in rooms if path.name != "rule_summaries.py")
    assert not [rule for rule in RULES if f'"{rule}"' not in source]
