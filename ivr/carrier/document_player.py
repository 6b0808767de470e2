"""Fetch and play the TwiML documents of one call, one after another. Subclasses play the verbs.

Must not start threads, wait, or know flows and the engine.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NoReturn

from .caller import Gone
from .carrier_options import CarrierOptions, EndedBy
from .requests import Carrier, ExchangeWatch, PhoneLine, Purpose, derived_sid, new_sid, resolved_url
from .side_requests import SideRequests
from .transport import Transport
from .twiml import (
    OWN_RULE,
    Dial,
    Enqueue,
    Gather,
    Hangup,
    Leave,
    Party,
    Pause,
    Play,
    Record,
    Redirect,
    Reject,
    Say,
    TwimlDocument,
    TwimlFault,
    TwimlPrompt,
    Verb,
)
from .twiml_parser import falls_silent, parse_twiml

if TYPE_CHECKING:
    from .recordings import CarrierRecordings


class CallOver(Exception):
    """The call has ended, by the server or by a rule; with `ran_out` because a document had no further verb."""

    def __init__(self, by: EndedBy, status: str = "completed", *, ran_out: bool = False) -> None:
        self.by = by
        self.status = status
        self.ran_out = ran_out


@dataclass(eq=False)
class NextDocument(Exception):
    """The call continues with another document."""

    purpose: Purpose
    url: str
    method: str
    extra: Mapping[str, str] = field(default_factory=dict)
    repeat: bool = False


class DocumentPlayer(ABC):
    """The documents of one call. Use it once."""

    def __init__(
        self,
        line: PhoneLine,
        transport: Transport,
        *,
        call_sid: str | None = None,
        carrier_options: CarrierOptions | None = None,
        watch: ExchangeWatch | None = None,
        recordings: CarrierRecordings | None = None,
    ) -> None:
        self.call_sid = call_sid or new_sid("CA")
        self._line = line
        self._carrier_options = carrier_options or CarrierOptions()
        self._carrier = Carrier(line, transport, self.call_sid, watch)
        self._transport = transport
        self._watch = watch
        self._recordings = recordings
        self.faults: list[TwimlFault] = []
        self.side_requests = SideRequests(self._carrier, self.faults)
        self._url = ""
        self._documents = 0
        self._sids = 0
        self._hops = 0
        self._status = "ringing"
        self._began = 0.0

    @abstractmethod
    def _now(self) -> float:
        """Return Unix seconds."""

    @abstractmethod
    def _prompts(self, prompts: Sequence[TwimlPrompt]) -> None:
        """Play prompts that only a hang-up can interrupt."""

    @abstractmethod
    def _gather(self, gather: Gather) -> None:
        """Gather keys or speech; raise NextDocument if there is a result."""

    @abstractmethod
    def _record(self, record: Record) -> None:
        """Record the caller; raise NextDocument."""

    @abstractmethod
    def _dial(self, dial: Dial) -> None:
        """Connect the caller with a party."""

    @abstractmethod
    def _enqueue(self, enqueue: Enqueue) -> None:
        """Put the caller into the carrier's queue."""

    def _run(self, step: NextDocument) -> NoReturn:
        """Play one document after another; only an exception ends it."""
        while True:
            try:
                document = self._fetch(step)
                self.side_requests.flush()
                self._play(document)
                raise CallOver("server", ran_out=True)
            except NextDocument as following:
                step = following
            except TwimlFault as fault:
                step = self._fallback(fault, step)

    def _taken(self) -> bool:
        """Play the document of a dialled party; return whether the party takes the call."""
        if not self._line.voice_url:
            return True
        self._began, self._status = self._now(), "in-progress"
        try:
            self._run(NextDocument("voice", self._line.voice_url, "POST"))
        except CallOver as over:
            return over.ran_out
        except Gone:
            return False

    def _fallback(self, fault: TwimlFault, failed: NextDocument) -> NextDocument:
        self.faults.append(fault)
        # A fallback that fails has no fallback: the carrier plays its own error message and hangs up.
        if not self._line.fallback_url or failed.purpose == "fallback":
            raise CallOver("fault", "failed" if self._status == "ringing" else "completed")
        extra = {"ErrorCode": str(fault.number), "ErrorUrl": fault.url or failed.url}
        return NextDocument("fallback", self._line.fallback_url, "POST", extra)

    def _fetch(self, step: NextDocument) -> TwimlDocument:
        self._hops += 1
        # Twilio documents no limit, so two documents that redirect to each other would keep a call for hours.
        if self._hops > self._carrier_options.hops:
            raise TwimlFault(OWN_RULE, f"{self._hops - 1} documents in a row without a sound: an endless loop")
        if self._now() - self._began > self._carrier_options.most_seconds:
            raise CallOver("limit")
        answer, self._url = self._carrier.ask(
            step.purpose, step.method, step.url, step.extra, status=self._status, repeat=step.repeat
        )
        document = parse_twiml(answer.body, status=answer.status, content_type=answer.content_type, url=self._url)
        self._documents += 1
        self.faults += document.warnings
        if falls_silent(document) and not self._line.parent:
            message = "dead air: a caller who stays silent is cut off, since no verb continues or ends the call"
            self.faults.append(TwimlFault(OWN_RULE, message, url=self._url, fatal=False))
        return document

    def _play(self, document: TwimlDocument) -> None:
        for place, verb in enumerate(document.verbs):
            if isinstance(verb, Reject) and place == 0 and self._status == "ringing":
                raise CallOver("server", "busy" if verb.reason == "busy" else "no-answer")
            # These two delay the answer; any other verb answers the call.
            if not (isinstance(verb, Redirect | Pause) and self._status == "ringing"):
                self._status = "in-progress"
            self._verb(verb)

    def _verb(self, verb: Verb) -> None:
        if isinstance(verb, Say | Play | Pause):
            self._prompts((verb,))
        elif isinstance(verb, Gather):
            self._gather(verb)
        elif isinstance(verb, Record):
            self._record(verb)
        elif isinstance(verb, Dial):
            self._dial(verb)
        elif isinstance(verb, Enqueue):
            self._enqueue(verb)
        elif isinstance(verb, Redirect):
            raise self._next("redirect", verb.url, verb.method)
        elif isinstance(verb, Hangup | Leave | Reject):
            raise CallOver("server")

    def _next(
        self,
        purpose: Purpose,
        url: str | None,
        method: str,
        extra: Mapping[str, str] | None = None,
        again: bool = False,
    ) -> NextDocument:
        return NextDocument(purpose, resolved_url(self._url, url) if url else self._url, method, extra or {}, again)

    def _new_sid(self, kind: str) -> str:
        self._sids += 1
        return derived_sid(kind, self.call_sid, self._sids)

    def _leg_line(self, party: Party) -> PhoneLine:
        """Return the line of a dialled party: its document, its status callback, and this call as its parent."""
        return replace(
            self._line,
            voice_url=resolved_url(self._url, party.url) if party.url else "",
            status_url=resolved_url(self._url, party.status_callback) if party.status_callback else "",
            fallback_url="",
            called=party.number,
            direction="outbound-dial",
            parent=self.call_sid,
        )

    def _last_word(self, step: NextDocument) -> NoReturn:
        """Report the end of a verb after the caller has hung up; the answer is ignored."""
        self._carrier.ask(step.purpose, step.method, step.url, step.extra, status="completed", repeat=step.repeat)
        raise Gone

    def _recording(self, callback: str | None, source: str, seconds: float, sound: bytes = b"") -> dict[str, str]:
        sid = self._new_sid("RE")
        url = f"{self._carrier_options.recordings}/{self._line.account}/Recordings/{sid}"
        if self._recordings is not None:
            url = self._recordings.keep(sid, sound)
        facts = {"RecordingUrl": url, "RecordingSid": sid, "RecordingDuration": str(round(seconds))}
        if callback:
            more = {"RecordingStatus": "completed", "RecordingChannels": "1", "RecordingSource": source}
            where = resolved_url(self._url, callback)
            # The file is ready later than the action is requested, as at the carrier.
            self.side_requests.later(lambda: self.side_requests.tell("recording", where, facts | more, self._status))
        return facts
