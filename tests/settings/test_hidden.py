"""Secrets among the settings are never shown."""

from __future__ import annotations

from ivr.settings import Hidden, masked_address


def test_tokens_compare_without_being_shown() -> None:
    assert Hidden("a") == Hidden("a") != Hidden("b")
    assert Hidden("a") != "a"
    assert str(Hidden()) == "''"


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
