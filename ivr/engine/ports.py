"""The ports of the engine, as protocols. The sibling packages implement them, and `app.py` connects them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from .inputs import Input
from .verbs import Closing


class Lookup(Protocol):
    """Asks a back end over the network."""

    def __call__(self, source: str, question: Mapping[str, Any], *, deadline: float, key: str) -> Mapping[str, Any]:
        """Answer within `deadline` seconds.

        `source` is "bank.balance" and the like; `key` is the same when the same turn is run again, so that a back end
        can refuse to act twice. Raises LookupFailed when the back end is slow, gone, faulty or knows no such thing.
        """


class Verbalize(Protocol):
    """Converts a typed value to words that a voice can read."""

    def __call__(self, value: Any, kind: str, argument: str, language: str) -> str:
        """Return the spoken words. Raises ValueError for a value that its kind cannot read."""


class InverseNormalize(Protocol):
    """Converts spoken words to keys (inverse text normalisation). Pure; secret entries are never passed to it."""

    def __call__(self, text: str, language: str, entry: str = "keys", today: date | None = None) -> str | None:
        """Return the keys by which an answer would have been typed as this kind of entry, or None.

        `entry` is "keys" for menus (digits, or one * or #), "key" where one key is wanted, or the name of a collected
        entry that is no secret. `today` is what "tomorrow" counts from.
        """


class Understand(Protocol):
    """Selects the offer that the caller meant. Pure and deterministic.

    It is a port because it hears near sounds, and the table of sounds is a foreign library's.
    """

    def __call__(self, said: str, offers: Sequence[Sequence[str]], language: str, *, whole: bool = False) -> int | None:
        """Return the index of the offer whose phrases were clearly said; None for none of them, or more than one.

        What is said beside a phrase does not matter, unless `whole`; a phrase that is negated was not said.
        """


@dataclass(frozen=True)
class Event:
    """One journal row. It never holds a value that a caller typed."""

    kind: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Saved:
    """A live call in a store: opaque bytes, the turn number, and the reply to the request `key`.

    `repeated` is the kept reply, if the call was loaded for a repeated request.
    """

    call_id: str
    turn: int
    key: str
    call: bytes
    reply: bytes
    ended: bool = False
    repeated: bytes | None = None


@dataclass(frozen=True)
class JournalRow:
    """One appended row: `at` is a Unix time, `data` is JSON text."""

    call_id: str
    turn: int
    at: float
    kind: str
    data: str


@dataclass(frozen=True)
class DocumentChange:
    """The JSON text of one document before and after a change; None if there is no document."""

    collection: str
    key: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class KeptReply:
    """The reply to a request of a call that has ended, kept for repeats from the Unix time `at` on."""

    call_id: str
    key: str
    turn: int
    at: float
    reply: bytes


@dataclass(frozen=True)
class Changes:
    """The changes of one unit of work, which are written at once or not at all.

    `call` is the turn of a call, `expected` the turn number that must be stored now (None: the call must be new). `at`
    is the Unix time from which the reply that this turn replaces is kept for repeats. `board` rows are written if the
    last write of the board is still `seen`; empty rows check nothing.
    """

    call: Saved | None = None
    expected: int | None = None
    at: float = 0.0
    rows: Sequence[JournalRow] = ()
    documents: Sequence[DocumentChange] = ()
    board: Mapping[str, bytes | None] = field(default_factory=dict)
    seen: int = 0
    replies: Sequence[KeptReply] = ()


class CallStore(Protocol):
    """Stores calls. A turn is one durable write; ended calls and journal rows are append-only.

    The contract is held by `tests/contract/test_call_stores.py`, which runs over every store.
    """

    def lease(self, call_id: str, *, within: float = ..., key: str | None = None) -> AbstractContextManager[None]:
        """Hold the only right to change this call, over all threads, processes and machines that share the store.

        Taking the lease, and every wait of this thread for the store inside it, may last `within` seconds. After that
        it raises StoreError. With `key`, the next thing is `load` for that request: a store over the network reads the
        call along with the lease.
        """

    def waiting(self, seconds: float) -> AbstractContextManager[None]:
        """Bound every wait of this thread for the store inside the block; StoreError is raised otherwise.

        A nearer bound outside of the block still holds.
        """

    def reading(self) -> AbstractContextManager[None]:
        """Let every read of this thread inside the block see one state, where the store has transactions.

        It is one transaction. Nothing may be written inside it.
        """

    def load(self, call_id: str, key: str = "") -> Saved | None:
        """Return the live or ended call, or None.

        `repeated` holds the reply that the request `key` of this call got, if it was answered before: as the newest
        one, or as any other until `forget_replies` has taken it.
        """

    def commit(self, changes: Changes) -> bool:
        """Write all changes in one transaction; at a conflict write nothing and return False.

        A conflict is a turn that is not `expected`, a document that was changed since it was read, or a later write of
        the board. An ended call moves to the append-only past and cannot be written again. The reply that a turn
        replaces is kept under its key.
        """

    def save(self, saved: Saved, rows: Sequence[JournalRow], *, expected: int | None) -> bool:
        """Commit a turn and its journal rows, and nothing else."""

    def forget_replies(self, before: float, *, limit: int = 1000) -> int:
        """Delete at most `limit` replies of ended calls from before a time; return their number."""

    def journal(self, call_id: str | None = None, *, after: int = 0, limit: int = 1000) -> Sequence[JournalRow]:
        """Read journal rows in the order written, of one call or of all; skip the first `after` of those there are."""

    def calls(self, *, live: bool, limit: int = 100, oldest: bool = False) -> Sequence[str]:
        """Return the ids of live or past calls, the newest first; or of the oldest live ones, the oldest first."""

    def prune(self, before: float, *, limit: int = 1000) -> int:
        """Delete journal rows from before a time, and ended calls that have none left; return the number of rows.

        Only this method deletes from the past, at most `limit` rows at once.
        """

    def live(self) -> int:
        """Count the calls that have not ended."""

    def keep_release(self, version: str, files: Mapping[str, str]) -> None:
        """Store the flow files of a release under its content hash, unless the version is stored already."""

    def release(self, version: str) -> Mapping[str, str] | None:
        """Return the flow files of a version, which is their content hash; None for an unknown version."""

    def ping(self) -> None:
        """Check that the store can be read and written. Raises StoreError with the reason if it cannot."""

    def close(self) -> None:
        """Release files and connections."""


@dataclass(frozen=True)
class Incoming:
    """One request from a carrier, understood. `turn` is the turn it answers (None: the call arrives).

    `key` is equal for the same request sent again and differs for any other; it reveals nothing that was typed.
    `caller` and `called` come with every request, for a call that the store has lost.
    """

    call_id: str
    turn: int | None
    input: Input
    key: str
    caller: str = ""
    called: str = ""


class Renderer(Protocol):
    """Renders a turn's reply for one carrier; `speaks` is true if the carrier has a voice of its own."""

    @property
    def speaks(self) -> bool:
        """Return whether the carrier can say a text; otherwise every prompt must be a sound."""

    def render(self, closing: Closing, *, turn: int) -> bytes:
        """Write the document. `turn` is the number that the request answering this document must carry."""


Document = Mapping[str, Any]
"""JSON: text, whole numbers, true/false, null, lists and maps of these. Never a secret in clear."""


class Vault(Protocol):
    """Holds what callers typed in secret, and codes sent to them, outside of the store's data, logs and backups.

    What is put is sealed. An entry is gone after `drop`, and soon after its end; it may be gone before, such as after a
    crash of the machine, and callers then type again. The contract is held by `tests/contract/test_vaults.py`.
    """

    def put(self, key: str, data: bytes, until: float) -> None:
        """Keep an entry until a Unix time; it replaces one of the same key. Raises StoreError."""

    def read(self, key: str) -> bytes | None:
        """Return an entry; None if there is none. Raises StoreError."""

    def drop(self, key: str) -> None:
        """Erase an entry, if there is one. Raises StoreError."""

    def drop_expired(self, now: float) -> int:
        """Erase the entries that have ended at a Unix time; return their number. Raises StoreError."""


class Documents(Protocol):
    """Stores small JSON documents by collection and key, such as tickets, tries and preferences.

    The contract is held by `tests/contract/test_documents.py`, which runs over every store.
    """

    @property
    def vault(self) -> Vault:
        """The vault beside the documents."""

    def get(self, collection: str, key: str) -> Document | None:
        """Return a document; None if there is none."""

    def text(self, collection: str, key: str) -> str | None:
        """Return the JSON text of a document; None if there is none."""

    def change(
        self, collection: str, key: str, update: Callable[[Document | None], Document | None]
    ) -> Document | None:
        """Change one document atomically over all threads and processes; return the new one.

        `update` gets the document or None and returns the new one, or None to delete it. It must be quick and pure: it
        may run more than once. An exception from it changes nothing.
        """

    def keys(self, collection: str, *, after: str = "", prefix: str = "", limit: int = 1000) -> Sequence[str]:
        """Return at most `limit` keys, sorted, that are greater than `after` and begin with `prefix`."""


KEPT_WRITES = 4096
"""The writes for which a board keeps the marks of deleted rows. A reader that is further behind begins at 0."""


class Board(Protocol):
    """Rows that many processes read and change together: the waiters and agents of the queue.

    Every write has a number, one higher than the one before. A reader keeps what it has read and asks only for what was
    written since; a writer says which write it has seen last. The contract is held by `tests/contract/test_boards.py`.
    """

    def rows_since(self, write: int) -> tuple[int, Mapping[str, bytes | None]]:
        """Return the number of the last write, and the rows written after `write`; None marks a deleted row."""

    def write_rows(self, rows: Mapping[str, bytes | None], *, seen: int) -> bool:
        """Write all rows at once if the last write is still `seen`, else write nothing and return False.

        No rows are no write.
        """


class Calls(Protocol):
    """Places and moves calls at the carrier, outside of turns."""

    @property
    def places(self) -> bool:
        """Whether calls can be placed; else they can only be moved."""

    def move(self, call_id: str, *, at: float) -> None:
        """Let a call that waits ask for its next turn now; `at` is the Unix time. Raises CarrierFailed."""

    def ending_of(self, call_id: str) -> str:
        """Return how a call ended, in the carrier's word; an empty text while it goes on.

        Raises CarrierFailed if the carrier does not say.
        """

    def place(self, number: str, leg: str, *, timeout: int) -> str:
        """Ring an agent's number for at most `timeout` seconds; return the call's id.

        `leg` is the id of the agent's leg in the queue. Raises CarrierFailed, `unsure` if the telephone may ring all
        the same.
        """
