"""A bank in this process that answers from a table and counts what it was asked."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field

BANK = {
    "bank.caller": {"customer": "C0001", "segment": "standard", "age": 40},
    "bank.verify": {"verified": True, "customer": "C0001", "card": {"tail": "0128"}},
    "bank.balance": {"balance": "12345.67", "card": {"tail": "0128"}, "status": "active"},
    "bank.report_loss": {"reference": "12345678"},
}


@dataclass
class Bank:
    """Answers from a table, and counts what it was asked by its key."""

    asked: Counter[tuple[str, str]] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, source: str, question: object, *, deadline: float, key: str) -> dict[str, object]:
        with self.lock:
            self.asked[source, key] += 1
        if source == "bank.account":
            return {"account": f"A{key.partition(':')[0]}"}
        if source == "bank.verify" and question["pin"].reveal() != "135790":  # type: ignore[index]
            return {"verified": False}
        return dict(BANK.get(source, {}))
