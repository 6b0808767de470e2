"""Answer questions from the samples of lookups.yaml: for the simulator and for tests, without any service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ivr.errors import LookupFailed
from ivr.flow.outside_services import Lookups, SampleAnswer
from ivr.secret import Secret


class SampleLookup:
    """The engine's `Lookup` port over sample answers: the first sample that fits what is asked.

    A question whose samples all ask for something else has no such thing; one without samples fails.
    """

    def __init__(self, lookups: Lookups) -> None:
        self._questions = lookups.questions

    def __call__(self, source: str, question: Mapping[str, Any], *, deadline: float, key: str) -> Mapping[str, Any]:
        """Answer from a sample. Raises LookupFailed."""
        declared = self._questions.get(source)
        if declared is None:
            raise LookupFailed("this question is not in lookups.yaml")
        if not declared.samples:
            raise LookupFailed("this question has no sample answer in lookups.yaml")
        sample = next((sample for sample in declared.samples if _fits(sample, question)), None)
        if sample is None or sample.outcome == "missing":
            raise LookupFailed("the sample is: no such thing", missing=True)
        if sample.outcome == "error":
            raise LookupFailed("the sample is: a fault")
        return sample.answer


def _fits(sample: SampleAnswer, question: Mapping[str, Any]) -> bool:
    return all(_plain(question.get(name)) == value for name, value in sample.asked.items())


def _plain(value: Any) -> str:
    if isinstance(value, Secret):
        return value.reveal()
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
