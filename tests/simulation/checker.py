"""An independent checker: it sees what becomes durable and what the carrier gets, and not how that comes about.

What must hold, whatever goes wrong:

- a turn whose reply the carrier got is stored, and the turns of a call follow each other by one;
- one request has one reply, however often it is sent, and is taken once;
- a call begins once and ends once, and its journal has a record of each turn;
- nothing that a call asks for is done twice: changes at the bank, complaints, tasks;
- every reply leads on, and no call ends by a fault of ours;
- no PIN stands open in the store, a reply or the log, and the key opens none of journal, documents and ended calls;
- what the queue promises (`queue_checker`).
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import msgspec

from ivr.carrier.carrier_options import CallResult
from ivr.carrier.transport import CarrierAnswer
from ivr.channels.twilio.apology import HELD
from ivr.crypto import Seal
from ivr.engine.inputs import LOST
from ivr.engine.ports import Changes, JournalRow
from ivr.errors import StoreError
from ivr.secret import SECRET_KINDS, Secret
from ivr.services.tasks import TASKS
from ivr.services.tickets.service import TICKETS
from ivr.session.call_codec import CallCodec
from ivr.session.turn_records import TURN_ROW
from ivr.stores._memory_vault import MemoryVault

from .bank import BankDeed
from .faults import MOST_FAILURES, Request
from .queue_checker import QueueChecker

LEADS_ON = re.compile(rb"<(?:Gather|Record|Dial|Enqueue|Redirect|Hangup)\b")
TO_A_PERSON = re.compile(rb"<(?:Dial|Redirect)\b")
SOUND = re.compile(rb"<(?:Say|Play)\b")
HANGS_UP = re.compile(rb"<Response>\s*<Hangup\s*/>")
SEALED = re.compile(rf"(?:{'|'.join(SECRET_KINDS)})\.[A-Za-z0-9_=-]{{38,}}")
TURNS = re.compile(r"/twilio/(?:voice|turn)\b")
MOST_VIOLATIONS = 20
EFFECTS = {TICKETS: "ticket", TASKS: ""}
"""Collections of what a call asks for, and the kind of journal row that each of them comes with, if any."""


@dataclass
class CallHistory:
    """What is durable of one call."""

    turn: int | None = None
    ended: bool = False
    replies: dict[str, bytes] = field(default_factory=dict)
    late: set[bytes] = field(default_factory=set)
    rows: Counter[str] = field(default_factory=Counter)
    recorded: list[int] = field(default_factory=list)


class Checker:
    """Collects violations; the world tells it of everything. `secrets` are what callers typed."""

    def __init__(
        self,
        apologies: Iterable[bytes],
        secrets: Iterable[str],
        queue: QueueChecker,
        seal: Seal,
        trace: Callable[..., None] = lambda *_texts: None,
    ) -> None:
        self.violations: list[str] = []
        self._trace, self._seal = trace, seal
        self._codec = CallCodec(seal, MemoryVault())  # the key, and none of the workers' vault
        self.calls: dict[str, CallHistory] = defaultdict(CallHistory)
        self.documents: dict[tuple[str, str], str] = {}
        self.queue = queue
        self.queue.report = self.report
        self.cut: set[str] = set()
        self.out_of_reach: set[str] = set()
        self.sorry = self.acknowledged = 0
        self.on_line: set[str] = set()
        self._board_writes = 0
        self._placed: set[str] = set()
        self.clock_jumped = False
        """Whether replies may be forgotten early: a server that starts believes its clock, and hangs up on a repeat."""
        self._apologies = frozenset(apologies)
        self._first_answers: dict[int, bytes] = {}
        self._secrets = tuple(secrets)
        self._secret = re.compile("|".join(rf"(?<![0-9A-Za-z]){secret}(?![0-9A-Za-z])" for secret in secrets))

    def report(self, what: str) -> None:
        if len(self.violations) < MOST_VIOLATIONS:
            self.violations.append(what)

    # what becomes durable

    def committed(self, changes: Changes) -> None:
        self._trace(msgspec.msgpack.encode(changes))
        saved = changes.call
        if saved is not None:
            self._took_turn(changes)
            self._look(saved.call.decode("latin-1"), f"the stored call {saved.call_id}")
            # The attacker of this check has store and key: what they open together must hold no PIN either.
            opened = msgspec.json.encode(self._codec.thaw(saved.call), enc_hook=_revealed).decode()
            self._look(opened, f"what the key opens of the stored call {saved.call_id}")
        for row in changes.rows:
            self._noted(row)
        # Replies of requests that came too late for a turn are kept beside the turns, and the carrier may get them.
        for reply in changes.replies:
            self.calls[reply.call_id].late.add(self._codec.open_reply(reply.reply))
        for document in changes.documents:
            # The checker keeps its own copy, and so notices a store that compares wrongly, too.
            if document.before != self.documents.get((document.collection, document.key)):
                self.report(f"the document {document.collection}/{document.key} was changed since it was read")
            self.wrote_document(document.collection, document.key, document.after)
        if changes.board:
            self.wrote_board(changes.board, changes.seen)

    def wrote_document(self, collection: str, key: str, text: str | None) -> None:
        self._trace(collection.encode(), key.encode(), (text or "").encode())
        if text is None:
            self.documents.pop((collection, key), None)
        else:
            self._look(text, f"the document {collection}/{key}")
            self._open_all(text, f"the document {collection}/{key}")
            self.documents[collection, key] = text

    def wrote_board(self, rows: Mapping[str, bytes | None], seen: int) -> None:
        self._trace(msgspec.msgpack.encode(rows))
        # Counted here and not read from the store: writes must follow each other by one.
        if seen != self._board_writes:
            self.report(f"write {self._board_writes + 1} of the board was made on what write {seen} had left")
        self._board_writes += 1
        for name, body in rows.items():
            if body is not None:
                self._look(body.decode(), f"the row {name} of the board")
        self.queue.wrote(rows)

    def logged(self, text: str) -> None:
        self._look(text, "the log")

    def _took_turn(self, changes: Changes) -> None:
        saved = changes.call
        assert saved is not None
        call = self.calls[saved.call_id]
        # Both numbers are checked: the one that the session expected, and the one that it wrote.
        if changes.expected != call.turn or saved.turn != (call.turn or 0) + 1:
            self.report(f"{saved.call_id}: turn {saved.turn} follows turn {call.turn}")
        if call.ended:
            self.report(f"{saved.call_id}: a turn after the end")
        call.turn, call.ended = saved.turn, saved.ended
        if saved.ended:
            self.queue.ended.add(saved.call_id)
        reply = self._codec.open_reply(saved.reply)
        self._look(reply.decode(), f"a reply of {saved.call_id}")
        # By identity: the key is new if the stored object is this very reply. An end may be written twice with equal
        # words.
        before = call.replies.setdefault(saved.key, reply)
        if before is not reply and not (saved.ended and before == reply):
            self.report(f"{saved.call_id}: one request was taken twice, at last as turn {saved.turn}")

    def _noted(self, row: JournalRow) -> None:
        call = self.calls[row.call_id]
        self._look(row.data, f"the journal of {row.call_id}")
        self._open_all(row.data, f"the journal of {row.call_id}")
        # A caller whom the server takes for lost while the carrier still plays the call would find a dead line.
        if row.kind == "ended" and row.call_id in self.on_line and json.loads(row.data).get("reason") == LOST:
            self.report(f"{row.call_id}: ended as lost, with its caller on the line")
        if row.kind == TURN_ROW:
            call.recorded.append(row.turn)
        else:
            call.rows[row.kind] += 1

    # what the carrier gets

    def answered(self, request: Request, answer: CarrierAnswer) -> None:
        # The carrier plays its own error message and hangs up on any other status.
        if answer.status not in (200, 204):
            self.report(f"{request.call}: {request.url} was answered with status {answer.status}")
            return
        document = answer.body
        # Sounds belong to no call, and reports of status want no document.
        if not document or not request.call:
            return
        self.acknowledged += 1
        self._look(document.decode(), f"a document for {request.call}")
        if not TURNS.search(request.url):
            return
        if not LEADS_ON.search(document):
            self.report(f"{request.call}: a document leads nowhere: {document.decode()[:200]}")
        if self._is_sorry(document):
            self.sorry += 1
            if not SOUND.search(document) or not TO_A_PERSON.search(document):
                self.report(f"{request.call}: an apology without a word or a way to a person")
            return
        call = self.calls[request.call]
        # By identity, since two requests of a call may be equal byte for byte, as two silences at one step are not
        # repeats.
        first = self._first_answers.setdefault(id(request), document)
        is_late = call.ended and self.clock_jumped and HANGS_UP.search(document)
        if first != document and not is_late:
            self.report(f"{request.call}: {request.url} got two different answers")
        # A caller must hear nothing that the store does not know: a later repeat would otherwise be told something
        # else.
        is_kept = document in call.late or any(document == reply for reply in call.replies.values())
        if not is_kept and not (call.ended and HANGS_UP.search(document)):
            self.report(f"{request.call}: the carrier got an answer to {request.url} that is not stored")

    def unanswered(self, request: Request, attempts: int) -> None:
        """Note a request that the carrier gave up after all attempts; it then asks for the fallback."""
        # A check of the simulation itself: planned faults leave attempts over, so giving up earlier means wrong
        # addresses.
        if attempts <= MOST_FAILURES:
            self.report(f"{request.call}: the carrier was to try {request.url} only {attempts} times")
        (self.out_of_reach if "/fallback" in request.url else self.cut).add(request.call)

    def call_begins(self, call: str) -> None:
        self.on_line.add(call)

    def call_ended(self, result: CallResult) -> None:
        self.on_line.discard(result.call_sid)
        if result.call_sid in self.out_of_reach:
            return  # every attempt at the last resort failed, too: no document of ours was to be had
        if result.ended_by in ("fault", "limit"):
            self.report(f"{result.call_sid}: ended by {result.ended_by}: {'; '.join(map(str, result.faults))}")
        elif result.faults and result.call_sid not in self.cut:
            self.report(f"{result.call_sid}: the carrier finds {'; '.join(map(str, result.faults))}")

    def placed(self, leg: str) -> None:
        """Note that the carrier was told to ring an agent's leg for a call back."""
        if leg in self._placed:
            self.report(f"the leg {leg} was rung twice")
        self._placed.add(leg)

    def _is_sorry(self, document: bytes) -> bool:
        return HELD.encode() in document or document in self._apologies

    # the end

    def check_live(self, live: Iterable[str]) -> None:
        """Check calls that are live although the carrier has reported their end."""
        for call_id in live:
            self.report(f"{call_id}: the carrier reported its end, but it has not ended")

    def finish(self, live: int, deeds: Iterable[BankDeed]) -> None:
        """Check what must hold when all is over."""
        if live:
            self.report(f"{live} calls have not ended")
        for call_id, call in self.calls.items():
            if call.turn is None:
                continue
            if call.rows["started"] != 1 or call.rows["ended"] != 1:
                self.report(f"{call_id}: begun {call.rows['started']} times, ended {call.rows['ended']} times")
            lost = call.turn == len(call.recorded) + 1 and call.ended  # the end of a lost call may have no record
            if call.recorded != list(range(1, call.turn + 1)) and not lost:
                self.report(f"{call_id}: records of the turns {call.recorded}, but {call.turn} turns")
        self._check_deeds(deeds)
        self._check_effects()
        self.queue.finish()

    def _check_deeds(self, deeds: Iterable[BankDeed]) -> None:
        keys: dict[tuple[int, str, bytes], set[str]] = defaultdict(set)
        for deed in deeds:
            keys[id(deed.request), deed.name, deed.body].add(deed.key)
        # Two keys for one change in one request: the bank could not know the second as a repeat.
        for (_, name, _), acts in keys.items():
            if len(acts) > 1:
                self.report(f"the bank was told {len(acts)} times to {name} in one request")

    def _check_effects(self) -> None:
        # A ticket comes with a row of its call's journal in one transaction; more tickets than rows were made twice.
        made: Counter[tuple[str, str]] = Counter()
        for (collection, _), text in self.documents.items():
            if collection in EFFECTS:
                made[collection, json.loads(text).get("call", "")] += 1
        for (collection, call_id), count in made.items():
            kind = EFFECTS[collection]
            if kind and call_id and count > self.calls[call_id].rows[kind]:
                self.report(f"{call_id}: {count} {collection}, but {self.calls[call_id].rows[kind]} in the journal")

    def _open_all(self, text: str, where: str) -> None:
        """Look at what the holder of the key can open."""
        for sealed in SEALED.findall(text):
            with suppress(StoreError):  # some are sealed with a key that is gone
                self._look(self._seal.open(sealed).reveal(), f"what the key opens of {where}")

    def _look(self, text: str, where: str) -> None:
        # The plain search is fast and rules out nearly all texts; the pattern excludes digits within longer numbers.
        if any(secret in text for secret in self._secrets) and self._secret.search(text):
            self.report(f"a PIN stands in {where}")


def _revealed(value: Any) -> str:
    return value.reveal() if isinstance(value, Secret) else str(value)
