"""Write the TwiML of agents' legs, and of customers who are called back."""

from __future__ import annotations

from collections.abc import Sequence

from ivr.engine.verbs import Prompt

from .paths import with_retries
from .prompts import clean_text, speak
from .twiml import leg_address, party, recorded
from .xml import Attributes, element, response, text

FIRST_WAIT, SECOND_WAIT = 4, 6
"""Seconds to wait for the agent's key after the first whisper, and after its repetition."""


class AgentDocuments:
    """The documents of agents' legs; `prefix` goes before every address."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix

    def whisper(self, leg: str, prompts: Sequence[Prompt]) -> bytes:
        """Play the whisper and gather one key; after silence repeat it once, then continue without a key."""
        key = f"{leg_address(self._prefix, leg)}/key"
        asked = "".join(self._asked(prompts, key, seconds) for seconds in (FIRST_WAIT, SECOND_WAIT))
        # A gather without input requests nothing: the redirect tells that the agent pressed no key.
        return response(asked + element("Redirect", {"method": "POST"}, text(with_retries(f"{key}?silent=1"))))

    def connected(self) -> bytes:
        """Return the empty document, which connects agent and caller."""
        return response("")

    def farewell(self, prompts: Sequence[Prompt]) -> bytes:
        """Play prompts and hang up."""
        return response(speak(prompts, self._prefix)[0] + element("Hangup", {}))

    def words(self, prompts: Sequence[Prompt]) -> bytes:
        """Play prompts to the customer who is called back; the leg is connected afterwards."""
        return response(speak(prompts, self._prefix)[0])

    def rings(
        self,
        leg: str,
        prompts: Sequence[Prompt],
        number: str,
        *,
        caller: str,
        timeout: int,
        record: bool,
        language: str,
    ) -> bytes:
        """Dial a customer from an agent's leg; `caller` is the number shown."""
        there = leg_address(self._prefix, leg)
        how: Attributes = {
            "action": with_retries(f"{there}/called"),
            "method": "POST",
            "timeout": timeout,
            "callerId": clean_text(caller) or None,
            **(recorded(there) if record else {}),
        }
        greeted: Attributes = {
            "url": with_retries(f"{there}/customer?language={clean_text(language)}{'&recorded=1' if record else ''}"),
            "method": "POST",
        }
        return response(speak(prompts, self._prefix)[0] + element("Dial", how, party(number, greeted)))

    def _asked(self, prompts: Sequence[Prompt], key: str, seconds: int) -> str:
        how: Attributes = {
            "action": with_retries(key),
            "method": "POST",
            "input": "dtmf",
            "numDigits": 1,
            # Else a pound key would end the gather without a digit, and look like no key at all.
            "finishOnKey": "",
            "timeout": seconds,
        }
        return element("Gather", how, speak(prompts, self._prefix)[0])
