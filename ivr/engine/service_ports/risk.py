"""The question whether the bank warns of a number or customer."""

from __future__ import annotations

from typing import Annotated, ClassVar, Protocol

from .field_types import FLAG, CarrierTextType
from .question import Answer, Question


class RiskStatus(Answer, frozen=True, kw_only=True):
    """Whether a mark holds."""

    at_risk: Annotated[bool, FLAG, "whether the bank warns of the number or the customer"]


class AskRisk(Question[RiskStatus], frozen=True, kw_only=True):
    """Return whether the bank warns of fraud with this number or customer."""

    source: ClassVar[str] = "risk.status"
    number: Annotated[str, CarrierTextType(), "the number that calls"] = ""
    customer: Annotated[str, CarrierTextType(), "the customer"] = ""


class RiskPort(Protocol):
    """The service "risk"."""

    def status(self, question: AskRisk, *, key: str, now: float) -> RiskStatus:
        """Return whether there is a current mark."""
