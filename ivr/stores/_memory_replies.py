"""The replies of earlier turns, in the memory of this process. Its methods need the store's lock."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count

from ivr.engine.ports import KeptReply, Saved


@dataclass(frozen=True)
class _Replaced:
    number: int
    at: float
    reply: bytes


class MemoryReplies:
    """Replies by call and key. A heap holds those of ended calls, the oldest on top."""

    def __init__(self) -> None:
        self._numbers = count()
        self._replies: dict[str, dict[str, _Replaced]] = {}
        self._past: list[tuple[int, str, str]] = []

    def keep(self, replaced: Saved, at: float) -> None:
        """Keep the reply of a turn that the next turn replaces."""
        self._replies.setdefault(replaced.call_id, {})[replaced.key] = _Replaced(
            next(self._numbers), at, replaced.reply
        )

    def keep_late(self, kept: KeptReply) -> None:
        """Keep the reply of an ended call, unless one with its key is kept already."""
        replies = self._replies.setdefault(kept.call_id, {})
        if kept.key not in replies:
            replies[kept.key] = _Replaced(next(self._numbers), kept.at, kept.reply)
            heappush(self._past, (replies[kept.key].number, kept.call_id, kept.key))

    def find(self, call_id: str, key: str) -> bytes | None:
        """Return the reply to a request; None if none is kept."""
        replaced = self._replies.get(call_id, {}).get(key)
        return replaced.reply if replaced else None

    def end(self, call_id: str) -> None:
        """Mark the replies of an ended call as ones that `forget` may delete."""
        for key, replaced in self._replies.get(call_id, {}).items():
            heappush(self._past, (replaced.number, call_id, key))

    def drop(self, call_id: str) -> None:
        """Delete all replies of a call."""
        self._replies.pop(call_id, None)

    def forget(self, before: float, limit: int) -> int:
        """Delete the oldest replies of ended calls, up to the first that is not old enough; return their number."""
        gone = 0
        while self._past and gone < limit:
            _, call_id, key = self._past[0]
            replaced = self._replies.get(call_id, {}).get(key)
            # An entry of the heap whose reply was pruned with its call is dropped on the way.
            if replaced is not None and replaced.at >= before:
                break
            heappop(self._past)
            if replaced is not None:
                gone += 1
                self._take(call_id, key)
        return gone

    def _take(self, call_id: str, key: str) -> None:
        replies = self._replies[call_id]
        del replies[key]
        if not replies:
            del self._replies[call_id]
