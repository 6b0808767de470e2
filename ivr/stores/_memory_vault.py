"""A vault in the memory of one process."""

from __future__ import annotations


class MemoryVault:
    """The Vault of a store in memory. Each change is one operation on a dictionary, which threads may share."""

    def __init__(self) -> None:
        self._entries: dict[str, tuple[float, bytes]] = {}

    def put(self, key: str, data: bytes, until: float) -> None:
        """Keep an entry until a Unix time."""
        self._entries[key] = (until, data)

    def read(self, key: str) -> bytes | None:
        """Return an entry; None if there is none."""
        return self._entries[key][1] if key in self._entries else None

    def drop(self, key: str) -> None:
        """Erase an entry, if there is one."""
        self._entries.pop(key, None)

    def drop_expired(self, now: float) -> int:
        """Erase the entries that have ended; return their number."""
        ended = [key for key, (until, _) in list(self._entries.items()) if until <= now]
        for key in ended:
            self.drop(key)
        return len(ended)
