"""What a caller may do: only keys that a telephone has, and nothing typed or said is shown."""

from __future__ import annotations

import pytest

from ivr.carrier.caller import DTMF_KEYS, HeardPause, HeardText, Press, Speak, Stretch


@pytest.mark.parametrize("keys", ["", "A", "1 2", "１", "12+"])
def test_keys_that_no_telephone_has_cannot_be_pressed(keys: str) -> None:
    with pytest.raises(ValueError, match="keys are 0-9"):
        Press(keys)


def test_every_key_of_a_telephone_can_be_pressed() -> None:
    assert Press("0123456789*#").keys == "0123456789*#"
    assert len(DTMF_KEYS) == 12


def test_what_is_typed_or_said_is_not_shown() -> None:
    assert "135790" not in repr(Press("135790"))
    assert "my card" not in repr(Speak("my card"))


def test_a_stretch_lasts_as_long_as_its_prompts() -> None:
    prompts = (HeardText("a", "en-US", 1.5), HeardPause(0.5))
    assert Stretch(0.0, prompts, None).seconds == 2.0
    assert Stretch(0.0, (), None).seconds == 0
