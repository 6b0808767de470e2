"""The services outside of the engine that `lookups.yaml` declares: where they are, and which questions they answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from ivr.diagnostics.problem import Place

from .questions import DeclaredQuestion

LOOKUP_SECONDS = 2.0
"""The seconds for one answer of a service, unless lookups.yaml or the step sets another time."""

DEMO_BANK = "demo_bank"
"""The value of `stand_in` for a service that the demo bank stands for in the simulator."""

Outcome = Literal["answer", "missing", "error"]
"""How a question ends: with an answer, with "no such thing", or with a fault."""


@dataclass(frozen=True)
class SettingOrText:
    """A text, or the name of the setting that holds it."""

    text: str = ""
    setting: str = ""


@dataclass(frozen=True)
class SampleAnswer:
    """The answer of the simulator to a question that is asked with the values of `asked`."""

    asked: Mapping[str, str]
    outcome: Outcome
    answer: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class OutsideQuestion:
    """A question to an outside service, and how it is asked over HTTP. `deadline` is in seconds."""

    name: str
    declared: DeclaredQuestion
    method: Literal["GET", "POST"]
    path: str
    deadline: float
    samples: tuple[SampleAnswer, ...] = ()


@dataclass(frozen=True)
class OutsideService:
    """An outside service. `certificate` is the path of a PEM file with the client's certificate and key.

    `probe` is the question that `ivr doctor` asks. `stand_in` tells what answers in the simulator instead of samples.
    """

    name: str
    address: SettingOrText
    questions: Mapping[str, OutsideQuestion]
    token: SettingOrText | None = None
    headers: Mapping[str, SettingOrText] = field(default_factory=dict)
    certificate: SettingOrText | None = None
    probe: str = ""
    stand_in: str = ""
    place: Place | None = field(default=None, compare=False)

    def texts(self) -> Iterator[SettingOrText]:
        """Yield what may be held by settings."""
        yield self.address
        yield from (text for text in (self.token, self.certificate, *self.headers.values()) if text)


@dataclass(frozen=True)
class Lookups:
    """All outside services; `declared` is false if the folder has no lookups.yaml, so that any may be asked."""

    services: Mapping[str, OutsideService] = field(default_factory=dict)
    declared: bool = False

    @cached_property
    def questions(self) -> Mapping[str, OutsideQuestion]:
        """Every question by its name in flows, such as "bank.balance"."""
        return {
            f"{service.name}.{question.name}": question
            for service in self.services.values()
            for question in service.questions.values()
        }

    def settings(self) -> frozenset[str]:
        """Return the variables that hold addresses, tokens and headers, and those that name files with them."""
        texts = (text for service in self.services.values() for text in service.texts() if text.setting)
        return frozenset(name for text in texts for name in (text.setting, f"{text.setting}_FILE"))

    def may_ask(self, source: str) -> bool:
        """Return whether a question can be answered at all: if nothing is declared, all can."""
        return not self.declared or source in self.questions
