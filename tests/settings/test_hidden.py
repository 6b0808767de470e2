"""Secrets among the settings are never shown."""

from __future__ import annotations

from ivr.settings import Hidden, masked_address
from ivr.settings.hidden import HiddenVariables


def test_tokens_compare_without_being_shown() -> None:
    assert Hidden("a") == Hidden("a") != Hidden("b")
    assert Hidden("a") != "a"
    assert str(Hidden()) == "''"


def test_variables_are_read_by_name_and_not_shown() -> None:
    variables = HiddenVariables({"IVR_KEY": "8s3cret"})
    assert (variables["IVR_KEY"], variables.get("IVR_STORE"), len(variables)) == ("8s3cret", None, 1)
    assert "8s3cret" not in f"{variables} {variables!r}"


def test_a_password_in_an_address_is_not_shown_however_it_is_written() -> None:
    for address in (
        "postgresql://ivr:8s3cret@db/ivr",
        "postgresql://ivr:8s/3cret@db/ivr",
        "postgresql://ivr:8s@3cret@db/ivr",
        "postgresql://db/ivr?password=8s3cret&sslmode=require",
    ):
        shown = masked_address(address)
        assert "cret" not in shown
        assert "db/ivr" in shown
    assert masked_address("sqlite:///var/ivr.db") == "sqlite:///var/ivr.db"
