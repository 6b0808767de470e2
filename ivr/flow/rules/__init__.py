"""Rules that check flows and `line.yaml` after each was read. Each rule is one module, discovered by its name."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from importlib import import_module
from pkgutil import iter_modules

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow, Hotline
from ivr.yamlfile.source import Mapping

from ._rule import Hear, HeardSpeech, Parts, Rule, RuleManual, nothing_heard

__all__ = [
    "Hear",
    "HeardSpeech",
    "Parts",
    "Rule",
    "RuleManual",
    "all_rules",
    "check_line",
    "check_parts",
    "judge_line",
    "judge_parts",
    "nothing_heard",
]


@functools.cache
def all_rules() -> tuple[Rule, ...]:
    """Return every rule of this folder, sorted by id. Raises ValueError if a module and its rule differ in name."""
    # A file with an underscore holds what rules share. Every other file is a rule, and needs no entry in a list.
    names = sorted(module.name for module in iter_modules(__path__) if not module.name.startswith("_"))
    rules = tuple(import_module(f"{__name__}.{name}").RULE for name in names)
    for name, rule in zip(names, rules, strict=True):
        if rule.id != name.replace("_", "-"):
            raise ValueError(f"{__name__}.{name} holds the rule {rule.id!r}; file and rule must be called the same")
    return rules


def check_parts(parts: Parts) -> list[Problem]:
    """Return the problems inside each flow, and those between flows and `line.yaml`, with which no flow can be used."""
    return _check(parts, [rule for rule in all_rules() if rule.at_load])


def judge_parts(parts: Parts) -> list[Problem]:
    """Return what callers will feel, by the rules that are for editors and publishing only."""
    problems = _check(parts, [rule for rule in all_rules() if not rule.at_load])
    return problems + (
        judge_line(parts.line, parts.line_node) if parts.line and isinstance(parts.line_node, Mapping) else []
    )


def check_line(line: Hotline, node: Mapping) -> list[Problem]:
    """Return the problems of `line.yaml` alone with which it cannot be used."""
    return [problem for rule in all_rules() if rule.line and rule.at_load for problem in rule.line(line, node)]


def judge_line(line: Hotline, node: Mapping) -> list[Problem]:
    """Return what callers will feel of `line.yaml` alone, by the rules that are for editors and publishing only."""
    return [problem for rule in all_rules() if rule.line and not rule.at_load for problem in rule.line(line, node)]


def _check(parts: Parts, rules: Sequence[Rule]) -> list[Problem]:
    problems = [problem for flow in parts.flows.values() for problem in _check_flow(flow, parts, rules)]
    for rule in rules:
        problems += rule.parts(parts) if rule.parts else ()
    return problems


def _check_flow(flow: Flow, parts: Parts, rules: Sequence[Rule]) -> Iterator[Problem]:
    # A step that could not be read may set any value and lead anywhere; findings about the rest would be guesses.
    usable = [rule for rule in rules if rule.flow and not (rule.whole and flow.unread)]
    broken = set[str]()
    # Rules with `unless` come last: they need the results of the others.
    for rule in sorted(usable, key=lambda rule: bool(rule.unless)):
        if rule.flow and not rule.unless & broken:
            for problem in rule.flow(flow, parts):
                broken.add(problem.rule)
                yield problem
