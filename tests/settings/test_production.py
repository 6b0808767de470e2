"""Which settings are not good enough for a server that other machines reach, each named, none shown."""

from __future__ import annotations

import secrets

import pytest

from ivr.errors import SettingsError
from ivr.settings import Settings
from ivr.settings.production import production_faults, public_host

STRONG = "9f3c51d0a7e84b26c1d95e0f7a3b8264"
KEY = "3b7d02e94c6f18a5d0e2b79c4f615a83"


def faults(**env: str) -> list[str]:
    return list(production_faults(Settings.from_environment({"TWILIO_AUTH_TOKEN": STRONG, "IVR_KEY": KEY, **env})))


def test_strong_secrets_have_no_fault() -> None:
    assert faults(IVR_API_TOKEN=secrets.token_hex(32), IVR_METRICS_TOKEN=secrets.token_urlsafe(24)) == []


def test_random_secrets_are_never_taken_for_samples() -> None:
    assert not [fault for _ in range(500) for fault in faults(IVR_KEY=secrets.token_hex(16))]


def test_a_key_is_needed_and_is_not_the_carriers_token() -> None:
    assert "IVR_KEY is not set" in faults(IVR_KEY="")[0]
    assert "is the carrier's token" in faults(IVR_KEY=STRONG)[0]


@pytest.mark.parametrize("variable", ["TWILIO_AUTH_TOKEN", "IVR_KEY", "IVR_API_TOKEN", "IVR_METRICS_TOKEN"])
@pytest.mark.parametrize(
    "weak",
    [
        "your_auth_token_your_auth_token", "changeme-changeme-changeme", "x" * 32, "0" * 32, "abab" * 8,
        "example-secret-token-password",
    ],
)  # fmt: skip
def test_a_sample_is_refused_by_the_name_of_its_variable(variable: str, weak: str) -> None:
    (fault,) = faults(**{variable: weak})
    assert fault.startswith(variable)
    assert weak not in fault


def test_a_short_token_is_refused_by_name() -> None:
    assert faults(TWILIO_AUTH_TOKEN="9f3c51d0a7e84b26")[0].startswith("TWILIO_AUTH_TOKEN is shorter than 24")


@pytest.mark.parametrize("variable", ["TWILIO_AUTH_TOKEN", "IVR_KEY", "IVR_API_TOKEN"])
@pytest.mark.parametrize("quoted", [f'"{STRONG}"', f"'{STRONG}'", f"{STRONG}'"])
def test_a_secret_in_quotation_marks_is_refused_everywhere(variable: str, quoted: str) -> None:
    with pytest.raises(SettingsError, match=f"{variable}: it stands in quotation marks") as refusal:
        Settings.from_environment({variable: quoted})
    assert STRONG not in str(refusal.value)


def test_the_host_that_the_carrier_requests_is_that_of_the_public_address() -> None:
    assert public_host(Settings()) == ""
    assert public_host(Settings(public_url="https://ivr.bank.example:8443")) == "ivr.bank.example"
