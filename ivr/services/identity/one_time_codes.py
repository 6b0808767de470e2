"""One-time codes by text message: made, sent, used once. Only the message has the code in clear; the store has none."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ivr.crypto import Seal
from ivr.engine.ports import Document, Documents
from ivr.engine.service_ports.identity import CodeChecked, CodeSent
from ivr.engine.service_ports.sms import SendMessage, SmsPort
from ivr.engine.telephone import one_spelling
from ivr.errors import LookupFailed, StoreError
from ivr.secret import Secret
from ivr.settings.identity import CODE_DIGITS, DAY, MINUTE, Limits

from .idempotency import IdempotentAnswer, remember, stored_answer
from .pseudonyms import number_key
from .weak_pins import weakness

CODES = "identity.codes"
TEXTS: Mapping[str, str] = MappingProxyType(
    {
        "zh-CN": "【示范银行】验证码{code}{purpose}，{minutes}分钟内有效，请在通话中输入。"
        "切勿告诉他人，银行人员不会索取。",
        "en-US": "Demo Bank: your code{purpose} is {code}, valid for {minutes} minutes. Key it in during your call. "
        "Tell no one; our staff never ask for it.",
    }
)
"""The text of the message by language. It must have `{code}`; it may have `{purpose}` and `{minutes}`."""
PURPOSES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "zh-CN": {
            "identity": "（核实身份）",
            "pin_change": "（修改查询密码）",
            "transfer": "（转账）",
            "loss": "（挂失）",
        },
        "en-US": {
            "identity": " to verify who you are",
            "pin_change": " to change your query PIN",
            "transfer": " to transfer money",
            "loss": " to report a card lost",
        },
    }
)
"""The words for each purpose of a code, by language. Other purposes are left out of the message."""

_Record = dict[str, Any]


class Codes:
    """Sends and checks one-time codes. Sent and used codes are kept by number in the shared store."""

    def __init__(
        self, documents: Documents, seal: Seal, limits: Limits, messenger: SmsPort | None, texts: Mapping[str, str]
    ) -> None:
        self._documents, self._seal, self._limits = documents, seal, limits
        self._messenger, self._texts = messenger, texts

    def send(self, number: str, language: str, purpose: str, key: str, now: float, *, decoy: bool = False) -> CodeSent:
        """Make a code and send it. A code counts even if its sending fails, because it may have arrived.

        A decoy does the same for any name, and is not sent.

        Raises LookupFailed after too many codes, and when the message cannot be sent.
        """
        if self._messenger is None:
            raise LookupFailed("no text messages can be sent from here")
        number = one_spelling(number)
        answer = self._reserve(number, key, int(now))
        entry = self._opened(answer["sealed"])
        if entry is None:
            raise LookupFailed("the code that was sent has gone meanwhile")
        code = entry[0]
        if decoy:
            return CodeSent(**answer)
        text = Secret("otp", self._text(language, purpose, code))
        message = SendMessage(number=number, text=text, purpose=f"code {purpose}".strip())
        self._messenger.send(message, key=f"{key}:code", now=now)
        return CodeSent(**answer)

    def _text(self, language: str, purpose: str, code: str) -> str:
        spoken = language if language in self._texts else "zh-CN"
        minutes = max(1, round(self._limits.code_seconds / MINUTE))
        what_for = PURPOSES.get(spoken, {}).get(purpose, "")
        return self._texts[spoken].format(code=code, purpose=what_for, minutes=minutes)

    def check(self, sealed: str, typed: str, number: str, key: str, at: int) -> CodeChecked:
        """Compare a typed code in constant time. A try is counted before that; a code is right once at most."""
        caller = number_key(self._seal, one_spelling(number))
        code, expires, owner = self._opened(sealed) or ("", 0, caller)
        # Compared before the record is read, also for an unknown code: no way through this function takes less time.
        right = hmac.compare_digest(code.encode(), typed.encode("utf-8", "replace"))
        right &= hmac.compare_digest(owner, caller)
        mark = self._seal.fingerprint(b"identity code\0" + sealed.encode())
        seen: list[IdempotentAnswer] = []

        def update(stored: Document | None) -> _Record:
            record = _opened(stored, at)
            answer = stored_answer(record, key)
            if answer is None:
                answer = self._judge(record, mark, right=right, expired=at >= expires)
                remember(record, key, answer)
            seen.append(answer)
            return record

        self._documents.change(CODES, owner, update)
        # The code is of no more use; "expired" goes by itself, "wrong" may be tried again.
        if seen[-1]["reason"] in ("", "used", "tries"):
            self._documents.vault.drop(sealed)
        return CodeChecked(**seen[-1])

    def _judge(self, record: _Record, mark: str, *, right: bool, expired: bool) -> IdempotentAnswer:
        state = record["codes"].get(mark, {"tries": 0, "used": False, "at": 0})
        if state["used"]:
            reason = "used"
        elif state["tries"] >= self._limits.code_tries:
            reason = "tries"
        elif expired or not state["at"]:
            reason = "expired"
        else:
            state = {**state, "tries": state["tries"] + 1, "used": right}
            record["codes"] = {**record["codes"], mark: state}
            reason = "" if right else "wrong"
        return {"verified": not reason, "reason": reason}

    def _reserve(self, number: str, key: str, at: int) -> IdempotentAnswer:
        """Count a code and keep it in the vault, so that a repeated question sends the same code."""
        owner, expires = number_key(self._seal, number), at + self._limits.code_seconds
        sealed = f"otp.{secrets.token_hex(16)}"
        entry = self._seal.close(f"{_fresh_code()}.{expires}.{owner}".encode(), sealed.encode())
        # Before the document, which names it: a code that is named and not there could not be sent.
        self._documents.vault.put(sealed, entry, expires)
        new: IdempotentAnswer = {"sealed": sealed, "expires": expires, "sent_to_tail": number[-4:]}
        mark = self._seal.fingerprint(b"identity code\0" + sealed.encode())
        seen: list[IdempotentAnswer] = []

        def update(stored: Document | None) -> _Record:
            record = _opened(stored, at)
            if (before := stored_answer(record, key)) is not None:
                seen.append(before)
                return record
            self._refuse_too_many(record, at)
            seen.append(new)
            record["codes"] = {**record["codes"], mark: {"tries": 0, "used": False, "at": at}}
            return remember(record, key, new)

        self._documents.change(CODES, owner, update)
        # The question was asked before, so the code of that time is sent again, and this one is superfluous.
        if seen[-1] is not new:
            self._documents.vault.drop(sealed)
        return seen[-1]

    def _refuse_too_many(self, record: _Record, at: int) -> None:
        sent = [state["at"] for state in record["codes"].values()]
        if len(sent) >= self._limits.codes_a_day:
            raise LookupFailed("this number had too many codes today")
        if sum(1 for t in sent if at - t <= 10 * MINUTE) >= self._limits.codes_in_ten_minutes:
            raise LookupFailed("this number had too many codes just now")

    def _opened(self, sealed: str) -> tuple[str, int, str] | None:
        """Return the code, its time of expiry and the key of its number; None if it was used or has expired."""
        entry = self._documents.vault.read(sealed)
        if entry is None:
            return None
        try:
            code, expires, owner = self._seal.reopen(entry, sealed.encode()).decode().split(".")
        except StoreError:
            raise LookupFailed("the code that was sent cannot be opened any more") from None
        return code, int(expires), owner


def _opened(stored: Document | None, at: int) -> _Record:
    """Return the codes of a number without those more than a day old."""
    record: _Record = dict(stored) if stored else {"codes": {}}
    record["codes"] = {mark: state for mark, state in record["codes"].items() if at - state["at"] <= DAY}
    return record


def _fresh_code() -> str:
    # Codes that are easily guessed are drawn again.
    while weakness(code := f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"):
        pass
    return code
