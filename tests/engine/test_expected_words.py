"""Every choice has its share of the hints."""

from ivr.engine.expected_words import MOST_HINTS, hints_of


def test_labels_come_first_then_further_phrases_in_turns():
    assert hints_of([("a", "a2", "a3"), ("b",), ("c", "c2", "a")]) == ("a", "b", "c", "a2", "c2", "a3")


def test_a_choice_with_many_phrases_takes_no_other_its_share():
    many = tuple(f"m{number}" for number in range(2 * MOST_HINTS))
    hints = hints_of([many, ("last", "words")])
    assert len(hints) == MOST_HINTS
    assert {"last", "words"} < set(hints)
