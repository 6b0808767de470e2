"""What is advised for a value that every flow can read is a kind that there is, for a value that there is."""

from __future__ import annotations

from ivr.flow.standing_values import SPOKEN_AS, STANDING_VALUES, kind_to_advise
from ivr.speech.verbalize.kinds import VALUE_KINDS


def test_kinds_are_advised_only_for_values_that_there_are():
    paths = {f"{name}.{part}" for name, parts in STANDING_VALUES.items() for part in parts}
    assert set(SPOKEN_AS) <= paths
    assert set(SPOKEN_AS.values()) <= set(VALUE_KINDS)


def test_the_name_of_another_value_tells_its_kind_or_text_is_advised():
    assert kind_to_advise("account.balance") == "amount"
    assert kind_to_advise("branch.phone") == "phone"
    assert kind_to_advise("branch.name") == "text"
