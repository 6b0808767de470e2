"""What `ivr doctor` looks at: one check a file here, named after its kind. Checks change nothing and ask no secret."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Literal

from ivr.discovery import kinds_in

if TYPE_CHECKING:
    from ivr.flow.model import Release
    from ivr.settings import Settings

FindingLevel = Literal["fine", "note", "warning", "error"]
"""`note` is for knowing, `warning` for what callers would miss, `error` for what keeps calls from being taken."""


@dataclass(frozen=True)
class Finding:
    """One line of the report: what was looked at, how it is, and what to do about it."""

    level: FindingLevel
    what: str
    text: str
    cure: str = ""


@dataclass(frozen=True)
class Deployment:
    """What the checks look at. `env` is the environment that the settings were read from."""

    settings: Settings
    env: Mapping[str, str] = field(default_factory=dict, repr=False)

    @cached_property
    def release(self) -> Release | None:
        """The flows, or None where they cannot be used."""
        from ivr.flow.loader import inspect
        from ivr.session.step_registry import catalogue

        return inspect(self.settings.flows, catalogue())[0]

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that the flows speak, as their tags, each once."""
        flows = self.release.flows.values() if self.release else ()
        return tuple(dict.fromkeys(language for flow in flows for language in flow.languages))


class Check(ABC):
    """One thing to look at. `order` puts the checks in order, the lowest first."""

    kind: ClassVar[str]
    order: ClassVar[int]

    @abstractmethod
    def findings(self, deployment: Deployment) -> Iterator[Finding]:
        """Yield what there is to tell."""


def checks() -> list[Check]:
    """Return every check, in order."""
    kinds = kinds_in(sys.modules[__name__], Check)  # type: ignore[type-abstract]
    return sorted((check() for check in kinds.values()), key=lambda check: (check.order, check.kind))


def examine(deployment: Deployment) -> Iterator[tuple[str, Finding]]:
    """Yield the findings of every check with its kind. A check that breaks is a finding itself."""
    for check in checks():
        try:
            for finding in check.findings(deployment):
                yield check.kind, finding
        except Exception as fault:  # the others are still to be heard
            yield check.kind, Finding("error", check.kind, f"this could not be looked at: {type(fault).__name__}")
