"""The catalogue: kinds of steps by the keys and values that name them in flow files."""

from __future__ import annotations

import pytest

from ivr.flow.catalogue import step_key, step_options
from ivr.session.step_registry import catalogue
from ivr.yamlfile.source import Mapping, read_text

CATALOGUE = catalogue()


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("collect: digits", "collect"),
        ("collect: speech", "collect_speech"),
        ("collect: one_of", "collect_one_of"),
        ("collect: speach", "collect"),
        ("collect: [speech]", "collect"),
        ("menu: []", "menu"),
    ],
)
def test_a_key_names_its_kind_and_where_it_has_several_its_value_tells(written: str, kind: str) -> None:
    block, _ = read_text(written, "step.yaml")
    assert isinstance(block, Mapping)
    assert CATALOGUE.step_of(*block.entries[0]).kind == kind


def test_kinds_that_share_a_key_are_offered_once() -> None:
    assert len([key for key in CATALOGUE.step_keys if key.startswith("collect")]) == 1
    assert len(CATALOGUE.step_keys) < len(CATALOGUE.steps)


def test_the_key_of_a_kind_comes_first_among_its_keys() -> None:
    assert all(step_options(cls)[0].key == step_key(cls) for cls in CATALOGUE.steps.values())


def test_own_services_are_no_names_for_services_outside() -> None:
    assert {"identity", "queue", "tickets"} <= set(CATALOGUE.lookup_types.reserved)
