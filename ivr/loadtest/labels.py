"""Names of steps for reports: what the caller had heard and does. Typed numbers are never shown."""

from __future__ import annotations

import re

from ..phone.conversation import Conversation, Turn

LONGEST = 18
_DIGIT = "[0-9〇零一二三四五六七八九幺]"
_NUMBER = re.compile(f"{_DIGIT}(?:[ ,.-]?{_DIGIT}){{2,}}")
_PLAIN = {"wait": "silence", "hang_up": "hang up", "record": "leave a message"}


def masked(words: str) -> str:
    """Hide every number of three digits or more, written or spoken."""
    return _NUMBER.sub("•••", words)


def step_names(conversation: Conversation) -> list[str]:
    """Name each deed of a conversation, so that conversations that do the same at the same place share the name."""
    names = []
    heard = ""
    for number, turn in enumerate(conversation.turns, 1):
        heard = next((str(wish.value) for wish in turn.hear), heard)
        if turn.deed is not None:
            place = f"after {_short(heard)}" if heard else f"in turn {number}"
            names.append(f"{_doing(turn, secret=turn.secret or conversation.secret)} {place}")
            heard = ""
    return names


def _doing(turn: Turn, *, secret: bool) -> str:
    if turn.deed == "press":
        if len(turn.press) == 1:
            return "press a key" if secret else f"press {turn.press}"
        return f"press {len(turn.press)} keys"
    if turn.deed == "say":
        return "say something" if secret else f"say {_short(turn.say)}"
    return f"desk {turn.dial}" if turn.deed == "dial" else _PLAIN[turn.deed or "wait"]


def _short(words: str) -> str:
    words = masked(" ".join(words.split()))
    return words if len(words) <= LONGEST else words[: LONGEST - 1] + "…"
