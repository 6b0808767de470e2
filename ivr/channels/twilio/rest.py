"""One POST to Twilio's REST API: bounded in time and number, and nothing that was sent is told in any error.

Why not the carrier's own client: it keeps connections, and when a kept one has silently ended nobody knows whether a
request was carried out. Here each request has a connection of its own.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import urllib3
from urllib3 import exceptions as faults

from ivr.errors import IvrError
from ivr.settings import Hidden

API = "https://api.twilio.com"
API_SECONDS = 5.0
_LARGEST_ANSWER = 64 << 10
_MOST_AT_ONCE = 16


class NotAsked(IvrError):
    """The request surely did not reach Twilio."""


class NotAnswered(IvrError):
    """Twilio gave no answer that one can rely on; what was asked for may have been done."""


@dataclass(frozen=True)
class RestAnswer:
    """What Twilio answered: the status, the id of what was made or changed, and a short reason for a refusal."""

    status: int
    sid: str = ""
    why: str = ""

    @property
    def refused(self) -> bool:
        """Whether Twilio surely did nothing."""
        return 400 <= self.status < 500


class RestAccount:
    """Posts for one account, at most `most_at_once` requests at a time, each within `seconds`."""

    def __init__(
        self,
        sid: str,
        token: Hidden,
        *,
        api: str = API,
        seconds: float = API_SECONDS,
        most_at_once: int = _MOST_AT_ONCE,
    ) -> None:
        self._sid, self._token, self._seconds = sid, token, seconds
        self._base = f"{api}/2010-04-01/Accounts/{sid}"
        self._free = threading.BoundedSemaphore(most_at_once)

    def post(self, resource: str, form: Mapping[str, str]) -> RestAnswer:
        """Post a form to a resource of the account, such as `Messages.json`. Raises NotAsked or NotAnswered."""
        if not self._free.acquire(blocking=False):
            raise NotAsked("too many requests to Twilio are under way at once")
        try:
            return _read(*self._posted(f"{self._base}/{resource}", form).result(self._seconds))
        except (faults.NewConnectionError, faults.ConnectTimeoutError, faults.SSLError):
            raise NotAsked("Twilio cannot be reached") from None
        except (TimeoutError, faults.ReadTimeoutError):
            raise NotAnswered(f"Twilio did not answer within {self._seconds:g} s") from None
        except (faults.HTTPError, OSError, ValueError):
            raise NotAnswered("Twilio broke off its answer") from None

    def _posted(self, url: str, form: Mapping[str, str]) -> Future[tuple[int, bytes]]:
        """Post in a thread that can be left behind: no other bound covers a name look-up and each single byte."""
        future: Future[tuple[int, bytes]] = Future()

        def run() -> None:
            try:
                future.set_result(self._post(url, form))
            except Exception as fault:
                future.set_exception(fault)
            finally:
                self._free.release()

        threading.Thread(target=run, name="ivr-asks-twilio", daemon=True).start()
        return future

    def _post(self, url: str, form: Mapping[str, str]) -> tuple[int, bytes]:
        headers = urllib3.make_headers(basic_auth=f"{self._sid}:{self._token.reveal()}")
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        with urllib3.PoolManager(timeout=self._seconds, retries=False) as pool:
            response = pool.urlopen(
                "POST", url, body=urlencode(form), headers=headers, redirect=False, preload_content=False
            )
            try:
                return response.status, response.read(_LARGEST_ANSWER)
            finally:
                response.close()


def _read(status: int, body: bytes) -> RestAnswer:
    """Read an answer: an id, or a refusal with Twilio's own number for it; none of its words."""
    try:
        told: Any = json.loads(body)
    except ValueError:
        told = None
    found = told if isinstance(told, dict) else {}
    sid, code = found.get("sid"), found.get("code")
    return RestAnswer(
        status,
        sid if status in (200, 201) and isinstance(sid, str) and sid.isalnum() else "",
        f"error {code}" if isinstance(code, int) else f"status {status}",
    )
