"""Services on other machines are asked over https, with proof of who asks; all else is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.backends.exposure import exposed_services
from ivr.flow.loader import load
from ivr.flow.outside_services import Lookups
from ivr.session.step_registry import catalogue

FLOWS = Path(__file__).parents[2] / "flows"
DECLARED = "    address: {setting: IVR_BANK_URL}\n"


def exposed(tmp_path: Path, url: str, more: str = "") -> list[str]:
    """Return the faults of the shipped services with the bank at `url` and `more` lines of its declaration."""
    for file in FLOWS.glob("*.yaml"):
        text = file.read_text(encoding="utf-8")
        (tmp_path / file.name).write_text(text.replace(DECLARED, DECLARED + more, 1), encoding="utf-8")
    settings = {"IVR_BANK_URL": url, "IVR_BANK_TOKEN": "9f3c51d0a7e84b26", "IVR_BANK_CERTIFICATE": "client.pem"}
    lookups = load(tmp_path, catalogue()).lookups
    return list(exposed_services(lookups, lambda name: settings.get(name, ""), ""))


@pytest.mark.parametrize(
    "more",
    [
        "    token: {setting: IVR_BANK_TOKEN}\n",
        "    certificate: {setting: IVR_BANK_CERTIFICATE}\n",
        "    headers: {X-Api-Key: {setting: IVR_BANK_TOKEN}}\n",
    ],
)
def test_https_with_a_token_a_key_or_a_certificate_is_fine(tmp_path: Path, more: str) -> None:
    assert exposed(tmp_path, "https://core.bank.example", more) == []


def test_a_bank_over_http_or_without_proof_is_named_with_the_cure(tmp_path: Path) -> None:
    plain, unproved = exposed(tmp_path, "http://core.bank.example")
    assert '"bank" is asked over http' in plain
    assert "token: {setting: IVR_BANK_TOKEN}" in unproved


@pytest.mark.parametrize("url", ["http://127.0.0.1:8081", "http://localhost:8081", "http://[::1]:8081", ""])
def test_a_bank_on_this_machine_and_one_that_is_not_set_are_fine(tmp_path: Path, url: str) -> None:
    assert exposed(tmp_path, url) == []


def test_without_lookups_the_bank_of_the_setting_is_judged() -> None:
    lookups = Lookups()
    assert not lookups.declared
    assert len(list(exposed_services(lookups, lambda _: "", "http://core.bank.example"))) == 2
    assert not list(exposed_services(lookups, lambda _: "", "http://127.0.0.1:1"))
