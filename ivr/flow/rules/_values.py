"""Find the values that flows set, and the secrets among them, for rules."""

from __future__ import annotations

from collections.abc import Mapping

from ivr.flow.evaluation import SCHEME_OF_A_CARD
from ivr.flow.model import Flow, Step
from ivr.flow.paths_read import Path
from ivr.flow.standing_values import STANDING_VALUES
from ivr.secret import SECRET_KINDS

from ._rule import Parts


def names_set(flow: Flow) -> frozenset[str]:
    """Return every name that a flow can read."""
    steps = {name for step in flow.steps.values() for name in step.sets()}
    return frozenset(STANDING_VALUES) | steps | set(flow.parameters)


def readable_in(step: Step, names: frozenset[str]) -> frozenset[str]:
    """Return the names that a step can read, including `item` if it loops over a list."""
    return names | {"item"} if step.for_one_item() is not step else names


BY_NAME = ("desks", "hours")
"""The standing values that have parts for each desk and for each block of opening hours."""


def is_value_by_name(path: Path, of: str) -> bool:
    """Return whether a path names one value of one desk or block of hours, such as `desks.vip.open`."""
    return path[0] == of and len(path) == 3 and f"NAME.{path[2]}" in STANDING_VALUES[of]


def secrets_of(flow: Flow, parts: Parts) -> Mapping[str, str]:
    """Return the variables of a flow that hold a secret, with its kind.

    They were collected as one, assigned from one, or passed by a flow that runs this one.
    """
    return parts.once("secrets", lambda: _secrets_everywhere(parts.flows))[flow.name]


def _secrets_everywhere(flows: Mapping[str, Flow]) -> Mapping[str, Mapping[str, str]]:
    """Return the secrets of every flow, passed on between flows until nothing changes."""
    passed: dict[str, dict[str, str]] = {name: {} for name in flows}
    # Flows run one another in any order, so the search goes on until a round adds no secret.
    while True:
        secrets = {name: _secrets_in(flow, passed[name]) for name, flow in flows.items()}
        before = {name: dict(names) for name, names in passed.items()}
        for name, flow in flows.items():
            for nested in filter(None, (step.nested() for step in flow.steps.values())):
                for parameter, value in nested.values.items() if nested.name in flows else ():
                    for path in value.paths():
                        if reads_secret(path, secrets[name]):
                            passed[nested.name][parameter] = secrets[name][path[0]]
        if passed == before:
            return secrets


def _secrets_in(flow: Flow, passed: Mapping[str, str]) -> dict[str, str]:
    secrets = dict(passed) | {
        name: holds for step in flow.steps.values() for name, holds in step.sets().items() if holds in SECRET_KINDS
    }
    copies = [pair for step in flow.steps.values() for pair in step.assigns().items()]
    # A copy of a copy is a secret, too, in any order of the steps.
    while more := {
        name: secrets[path[0]]
        for name, value in copies
        for path in value.paths()
        if name not in secrets and reads_secret(path, secrets)
    }:
        secrets |= more
    return secrets


def reads_secret(path: Path, secrets: Mapping[str, str]) -> bool:
    """Return whether a path leads to a secret, and not to a part of it that may be read."""
    return path[0] in secrets and (secrets[path[0]], *path[1:]) != SCHEME_OF_A_CARD
