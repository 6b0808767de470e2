"""The carrier's end of the line: signed posts to a running server, and an environment without settings of ours."""

from __future__ import annotations

import http.client
import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import pytest
from twilio.request_validator import RequestValidator

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def clean_environment() -> Callable[..., dict[str, str]]:
    """Return the environment without settings of ours, but with the flows of the repository."""

    def clean(**more: str) -> dict[str, str]:
        own = ("IVR_", "TWILIO_", "PROMETHEUS_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(own)}
        folders = {"IVR_FLOWS": str(ROOT / "flows"), "IVR_AUDIO": str(ROOT / "audio")}
        return kept | folders | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"} | more

    return clean


@pytest.fixture(scope="session")
def post() -> Callable[..., tuple[int, str, str]]:
    """Send one signed request as the carrier does; give status, type and body."""

    def send(url: str, path: str, token: str, **form: str) -> tuple[int, str, str]:
        form = {"CallSid": "CA" + "5" * 32, "From": "anonymous", "To": "+861055550000", **form}
        signature = RequestValidator(token).compute_signature(url + path, form)
        headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
        return exchange(url, "POST", path, urlencode(form), headers)

    return send


@pytest.fixture(scope="session")
def get() -> Callable[[str, str], tuple[int, str, str]]:
    """Ask a running server; give status, type and body."""
    return lambda url, path: exchange(url, "GET", path)


def exchange(
    url: str, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None
) -> tuple[int, str, str]:
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.headers.get("Content-Type", ""), answer.read().decode()
    finally:
        connection.close()
