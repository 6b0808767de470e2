"""Requests that the carrier did not send: A8 unsigned and changed ones, A9 those that were overheard and sent again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from unittest.mock import patch

from ivr.carrier.requests import signature
from ivr.channels.twilio.channel import TwilioChannel
from ivr.engine.journal import journal_rows
from ivr.stores.memory import MemoryStore
from tests.attacks.hotline import BASE, TOKEN, VICTIM, Hotline, twin

FORM = {"CallSid": "CA" + "f" * 32, "From": VICTIM.number, "To": "+861055550000", "CallStatus": "ringing"}
PATH = "/twilio/voice/main_menu"
PATHS = (PATH, "/twilio/turn/1", "/twilio/status", "/twilio/fallback", "/twilio/agent/leg1", "/twilio/agent/leg1/ended")


def forge(hotline: Hotline) -> list[str]:
    """A8: send requests with no signature, a wrong one, or one that was made for something else."""
    achieved = []
    for path in PATHS:
        right = signature(TOKEN, BASE + path, FORM)
        forgeries: list[tuple[str, Mapping[str, str], Mapping[str, str]]] = [
            ("no signature", FORM, {}),
            ("an empty signature", FORM, {"X-Twilio-Signature": ""}),
            ("another token", FORM, {"X-Twilio-Signature": signature("0" * 32, BASE + path, FORM)}),
            ("another body", {**FORM, "From": "+8613800000002"}, {"X-Twilio-Signature": right}),
            ("a further field", {**FORM, "Digits": "1"}, {"X-Twilio-Signature": right}),
            ("another path", FORM, {"X-Twilio-Signature": signature(TOKEN, BASE + "/twilio/voice", FORM)}),
            ("another host", FORM, {"X-Twilio-Signature": signature(TOKEN, "http://evil.test" + path, FORM)}),
            (
                "a forged forwarded host",
                FORM,
                {
                    "X-Twilio-Signature": signature(TOKEN, "http://evil.test" + path, FORM),
                    "X-Forwarded-Host": "evil.test",
                    "X-Original-URL": path,
                },
            ),
        ]
        for what, form, headers in forgeries:
            answer = hotline.post(path, form, headers)
            if answer.status != 403:
                achieved.append(f"{what} at {path}: status {answer.status}")
    return achieved + [f"a journal row: {row.kind}" for row in journal_rows(hotline.store)]


def replay(hotline: Hotline) -> list[str]:
    """A9: send every request of a finished call again, at once, an hour later, and the next day."""
    sent: list[tuple[str, Mapping[str, str], Mapping[str, str], bytes]] = []
    post = hotline.post

    def recorded(path, form, headers=None):
        headers = {
            "X-Twilio-Signature": signature(TOKEN, f"{BASE}{path}", form),
            "I-Twilio-Idempotency-Token": f"token {len(sent)}",
        }
        answer = post(path, form, headers)
        sent.append((path, form, headers, answer.body))
        return answer

    hotline.post = recorded  # type: ignore[method-assign]
    hotline.call().press("3", VICTIM.id_number[-4:], VICTIM.pin, "1", "9").hang_up()
    hotline.post = post  # type: ignore[method-assign]
    before, asked, achieved = len(list(journal_rows(hotline.store))), len(hotline.bank.asked), []
    for later in (0.0, 3590.0, 90_000.0):
        hotline.now += later
        for path, form, headers, document in sent:
            answer = post(path, form, headers)
            hangs_up = b"<Hangup" in answer.body and b"<Gather" not in answer.body
            if later < 3600 and answer.body != document:
                achieved.append(f"{path} got another answer {later:.0f} s later")
            elif answer.body != document and not hangs_up:
                achieved.append(f"{path} goes on {later:.0f} s later")
    after = len(list(journal_rows(hotline.store)))
    return (
        achieved
        + ([f"{after - before} rows"] if after > before else [])
        + ([f"{len(hotline.bank.asked) - asked} questions to the bank"] if len(hotline.bank.asked) > asked else [])
    )


def test_a_request_without_the_carriers_signature_changes_nothing(hotline, shipped):
    assert forge(hotline) == []
    believing = patch.object(TwilioChannel, "is_signed_as_sent", lambda *_: True)
    with twin(believing, patch.object(TwilioChannel, "verify", lambda *_: None)):
        assert forge(Hotline(shipped))


def test_a_request_that_is_sent_again_does_nothing_again(hotline, shipped):
    assert replay(hotline) == []
    load = MemoryStore.load

    def forgetful(self, call_id, key=""):
        saved = load(self, call_id, key)
        return replace(saved, repeated=None) if saved else None

    with twin(patch.object(MemoryStore, "load", forgetful)):
        assert replay(Hotline(shipped))
