"""Locust's own fast client making the requests of one call, signed, as a tester would write it. Run by `load`."""

from __future__ import annotations

import base64
import hmac
import json
import os
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from locust import FastHttpUser, events, task

TOKEN = os.environ["TWILIO_AUTH_TOKEN"].encode()
REQUESTS = [
    (path, dict(parse_qsl(body, keep_blank_values=True)))
    for path, body in json.loads(Path(os.environ["BENCH_REQUESTS"]).read_text(encoding="utf-8"))
]
TURNS = sum("status" not in path for path, _ in REQUESTS)


class Caller(FastHttpUser):
    """Makes one call after another."""

    @task
    def call(self) -> None:
        """Make the requests of one call under a name of its own."""
        # The identifier is new for each call and part of what is signed, so each request is signed anew, as ours are.
        call_sid = f"CA{os.urandom(16).hex()}"
        for path, recorded in REQUESTS:
            form = {**recorded, "CallSid": call_sid}
            text = f"{self.host}{path}" + "".join(name + form[name] for name in sorted(form))
            signature = base64.b64encode(hmac.digest(TOKEN, text.encode(), "sha1")).decode()
            self.client.post(path, data=form, headers={"X-Twilio-Signature": signature})


_began = 0.0


@events.test_start.add_listener
def _started(**_: Any) -> None:
    global _began
    # Counted from the start of the test: Locust's imports are no part of a turn.
    _began = time.process_time()


@events.test_stop.add_listener
def _stopped(environment: Any, **_: Any) -> None:
    total = environment.stats.total
    if total.num_failures:
        raise RuntimeError(f"{total.num_failures} requests failed")
    # Reports of status are requests, but no turns.
    turns = total.num_requests * TURNS / len(REQUESTS)
    print(f"us a turn {(time.process_time() - _began) / turns * 1e6:.2f}")
