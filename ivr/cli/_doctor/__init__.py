"""The checks of `ivr doctor`, one file each, named after its kind. A check must not change anything."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Literal

from ivr.discovery import kinds_in
from ivr.settings.extras import not_installed

if TYPE_CHECKING:
    from ivr.flow.model import Release
    from ivr.services.publishing.publication import Publication
    from ivr.settings import Settings

FindingLevel = Literal["fine", "note", "warning", "error"]
"""`note` informs, `warning` is a loss for callers, `error` prevents calls from being taken."""


@dataclass(frozen=True)
class Finding:
    """One line of the report: what was checked, the result, and the cure."""

    level: FindingLevel
    what: str
    text: str
    cure: str = ""


@dataclass(frozen=True)
class Deployment:
    """The deployment under check. `env` is the environment from which the settings were read."""

    settings: Settings
    env: Mapping[str, str] = field(default_factory=dict, repr=False)

    @cached_property
    def release(self) -> Release | None:
        """The flows, or None if they cannot be used."""
        from ivr.flow.loader import inspect
        from ivr.session.step_registry import catalogue

        return inspect(self.settings.flows, catalogue())[0]

    @cached_property
    def publication(self) -> Publication:
        """The publication of the store; nothing if there is none yet. Raises StoreError."""
        from ivr.cli._published import publication_of

        return publication_of(self.settings)

    @property
    def languages(self) -> tuple[str, ...]:
        """The language tags of the flows, each once."""
        flows = self.release.flows.values() if self.release else ()
        return tuple(dict.fromkeys(language for flow in flows for language in flow.languages))


class Check(ABC):
    """One check. Checks run by `order`, the lowest first."""

    kind: ClassVar[str]
    order: ClassVar[int]

    @abstractmethod
    def findings(self, deployment: Deployment) -> Iterator[Finding]:
        """Yield the findings."""


def checks() -> list[Check]:
    """Return every check, in order."""
    kinds = kinds_in(sys.modules[__name__], Check)  # type: ignore[type-abstract]
    return sorted((check() for check in kinds.values()), key=lambda check: (check.order, check.kind))


def examine(deployment: Deployment) -> Iterator[tuple[str, Finding]]:
    """Yield the findings of every check with its kind. A check that raises becomes a finding itself."""
    for check in checks():
        try:
            for finding in check.findings(deployment):
                yield check.kind, finding
        except ModuleNotFoundError as fault:
            yield check.kind, Finding("error", check.kind, not_installed(fault.name or ""))
        except Exception as fault:  # the other checks must still run
            yield check.kind, Finding("error", check.kind, f"this check failed: {type(fault).__name__}")
