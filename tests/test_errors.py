"""Errors: one root, flow problems in the order of their places."""

from __future__ import annotations

import inspect

from ivr import errors
from ivr.diagnostics.problem import Place, Problem


def test_every_exception_of_the_package_has_the_same_root() -> None:
    classes = [cls for _, cls in inspect.getmembers(errors, inspect.isclass) if issubclass(cls, Exception)]
    assert len(classes) > 5
    assert all(issubclass(cls, errors.IvrError) for cls in classes)


def test_a_flow_error_tells_all_problems_sorted_and_once() -> None:
    late, early = Problem(Place("b.yaml", 2, 1), "r", "m"), Problem(Place("a.yaml", 9, 1), "r", "m")
    fault = errors.FlowError([late, early, late])
    assert fault.problems == [early, late]
    assert str(fault) == f"{early}\n{late}"


def test_what_is_missing_and_what_is_unsure_is_told_apart() -> None:
    assert errors.LookupFailed("no such account", missing=True).missing
    assert not errors.LookupFailed("down").missing
    assert errors.CarrierFailed("no reliable answer", unsure=True).unsure
