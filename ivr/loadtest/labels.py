"""Name steps for reports, by the question and the caller's act. Must not show typed numbers."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from ivr.conversations.model import Conversation, ConversationTurn

_LONGEST = 30
_DIGIT = "[0-9〇零一二三四五六七八九幺]"
_NUMBER = re.compile(f"{_DIGIT}(?:[ ,.-]?{_DIGIT}){{2,}}")
_STOP = re.compile(r"[。！？!?]|\.(?:\s|$)")
_PLAIN = {"wait": "silence", "hang_up": "hang up", "record": "leave a message"}


def masked_digits(words: str) -> str:
    """Mask every number of three digits or more, written or spoken."""
    return _NUMBER.sub("•••", words)


def deed_names(conversation: Conversation) -> tuple[str, ...]:
    """Return a name for each act of a conversation."""
    acting = (turn for turn in conversation.turns if turn.act is not None)
    return tuple(_doing(turn, secret=turn.secret or conversation.secret) for turn in acting)


@lru_cache(maxsize=1024)
def asked(words: str) -> str:
    """Return the beginning of the last sentence heard, masked: the question to the caller."""
    sentences = [sentence.strip() for sentence in _STOP.split(words)]
    return _short(next((sentence for sentence in reversed(sentences) if sentence), ""))


def _doing(turn: ConversationTurn, *, secret: bool) -> str:
    if turn.act == "press":
        if len(turn.press) == 1:
            return "press a key" if secret else f"press {turn.press}"
        return f"press {len(turn.press)} keys"
    if turn.act == "say":
        return "say something" if secret else f"say {_short(turn.say)}"
    return f"desk {turn.dial}" if turn.act == "dial" else _PLAIN[turn.act or "wait"]


def _short(words: str) -> str:
    return fitted(masked_digits(" ".join(words.split())), _LONGEST).rstrip()


def width(words: str) -> int:
    """Return the width in terminal columns; a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in words)


def fitted(words: str, columns: int) -> str:
    """Cut or pad words to exactly `columns` terminal columns."""
    if width(words) > columns:
        while width(words) > columns - 1:
            words = words[:-1]
        words += "…"
    return words + " " * (columns - width(words))
