"""Values of languages without a reader of their own: as figures, or refused."""

from __future__ import annotations

import pytest

from ivr.speech.verbalize import VALUE_KINDS, Reader, argument_fault


@pytest.mark.parametrize(
    ("value", "kind", "argument", "words"),
    [
        ("0128", "digits", "", "0 1 2 8"),
        ("12.5", "number", "", "12.5"),
        (3, "count", "personas", "3 personas"),
        ("2.1", "percent", "", "2.1%"),
        ("Calle Mayor", "text", "", "Calle Mayor"),
    ],
)
def test_figures_are_left_to_the_voice(value, kind, argument, words):
    assert Reader()(value, kind, argument, "es-US") == words


@pytest.mark.parametrize("kind", sorted(VALUE_KINDS))
def test_every_other_kind_is_refused_without_the_value(kind):
    fault = argument_fault(kind, "personas" if kind == "count" else "", "es-US")
    needs_words = kind in ("amount", "date", "datetime", "duration", "ordinal", "range", "time")
    assert ("needs" in fault or "need words" in fault) == needs_words or VALUE_KINDS[kind].argument == "required"
