from __future__ import annotations

import copy
import json
import pickle

import pytest

from ivr.secret import SECRET_KINDS, Secret

PIN = Secret("pin", "135790")


@pytest.mark.parametrize("kind", SECRET_KINDS)
def test_a_secret_prints_as_its_kind(kind: str) -> None:
    secret = Secret(kind, "135790")
    shown = [str(secret), repr(secret), f"{secret}", f"{secret:>20}", "%s" % secret, f"{[secret]}"]  # noqa: UP031
    assert all(f"<{kind}>" in text for text in shown)
    assert not any("135790" in text for text in shown)


def test_an_unknown_kind_is_refused_without_showing_the_value() -> None:
    with pytest.raises(ValueError, match="pin, pan, otp, id") as caught:
        Secret("password", "135790")
    assert "135790" not in str(caught.value)


def test_secrets_compare_with_secrets_and_text() -> None:
    assert Secret("pin", "135790") == PIN
    assert PIN == "135790"
    assert PIN != "135791"
    assert Secret("pin", "13579") != PIN
    assert PIN != 135790
    assert Secret("id", "１２") == "１２"


def test_a_secret_cannot_become_a_key_a_pickle_or_json() -> None:
    with pytest.raises(TypeError):
        hash(PIN)
    with pytest.raises(TypeError, match="pickled"):
        pickle.dumps(PIN)
    with pytest.raises(TypeError) as caught:
        json.dumps({"pin": PIN})
    assert "135790" not in str(caught.value)


def test_a_secret_cannot_be_taken_apart() -> None:
    with pytest.raises(TypeError):
        iter(PIN)  # type: ignore[call-overload]
    with pytest.raises(TypeError):
        len(PIN)  # type: ignore[arg-type]
    assert not hasattr(PIN, "__dict__")


def test_copies_are_the_secret_itself() -> None:
    assert copy.copy(PIN) is PIN
    assert copy.deepcopy({"pin": PIN})["pin"] is PIN


def test_reveal_is_the_only_way_to_the_value() -> None:
    assert PIN.reveal() == "135790"
