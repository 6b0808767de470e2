"""Sample answers fit what their question gives. Faults and lines: tests/broken_flows/lookups_wrong_samples."""

from __future__ import annotations

import pytest

from ivr.flow.questions import ANSWER_KINDS, AnswerField
from ivr.flow.sample_answers import sample_faults
from ivr.speech.verbalize import VALUE_KINDS
from ivr.yamlfile.source import Mapping, read_text


def faults_of(value: str, kind: str) -> list[str]:
    node = read_text(f"it: {value}\n", "lookups.yaml")[0]
    assert isinstance(node, Mapping)
    return [cure for _, _, cure in sample_faults(node, {"it": AnswerField(kind, "", (), kind=kind)})]


@pytest.mark.parametrize("kind", sorted({*ANSWER_KINDS, *VALUE_KINDS} - {"list", "map"}))
def test_the_sample_in_each_cure_fits_and_nonsense_does_not(kind: str) -> None:
    cures = faults_of("'??'", kind)
    for cure in cures:
        assert faults_of(cure.removeprefix("As in it: "), kind) == []
    assert bool(cures) == (kind not in {"text", "name", "desk", "range", "id_tail"})


def test_a_field_that_is_not_there_this_time_fits() -> None:
    assert faults_of("~", "amount") == []
