from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import urllib3

from ivr.demo.bank.serving import BackgroundBank

NOON = 1795233600.0
"""2026-11-21, 12:00 in China."""


@dataclass
class Client:
    """Asks a bank over real HTTP, as the engine does."""

    url: str
    pool: urllib3.PoolManager

    def send(self, name: str, body: Any, *, key: str | None = None) -> tuple[int, dict[str, Any]]:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"} | ({"Idempotency-Key": key} if key is not None else {})
        reply = self.pool.request("POST", f"{self.url}/{name}", body=data, headers=headers, retries=False, timeout=5)
        return reply.status, reply.json()

    def ask(self, name: str, body: Mapping[str, Any], *, key: str | None = None) -> dict[str, Any]:
        status, answer = self.send(name, body, key=key)
        assert status == 200, answer
        return answer


@pytest.fixture
def bank() -> Iterator[BackgroundBank]:
    with BackgroundBank(clock=lambda: NOON) as running:
        yield running


@pytest.fixture
def pool() -> Iterator[urllib3.PoolManager]:
    with urllib3.PoolManager(maxsize=8) as shared:
        yield shared


@pytest.fixture
def client(bank: BackgroundBank, pool: urllib3.PoolManager) -> Client:
    return Client(bank.url, pool)
