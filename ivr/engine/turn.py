"""The current turn: the interface of steps to read, say, set and wait. It exists only inside `Engine.turn`."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any, TypeVar

from msgspec.structs import replace as changed

from ivr.errors import LookupFailed
from ivr.flow.answer_values import with_plain_values
from ivr.flow.expressions import Expression
from ivr.flow.model import Choice, Flow, Hotline
from ivr.flow.outside_services import LOOKUP_SECONDS, Lookups
from ivr.flow.profiles import Profile
from ivr.flow.reach import ChoiceReach
from ivr.flow.text import Template, Text
from ivr.secret import SHOWN, Secret, masked

from .asking import AnyQuestion, BankLookup, ask
from .business_hours import DeskValues
from .call import Call, CallerRecord, Frame, ProvenIdentity, Values
from .call_values import CallValues
from .ports import Event, InverseNormalize, Understand, Verbalize
from .release_cache import ReleaseCache
from .scratch import S, Scratch
from .service_ports.memory import KeepPreferences
from .service_ports.question import A, Question, check_classes
from .turn_cache import TurnCache
from .verbs import Closing, Dial, Hangup, InputMode, Pause, Prompt, Say

IDENTITY_SECONDS = 600.0
"""The time for which a verified caller stays verified without an input (voice-menu practice: ten minutes)."""

RATES = (0.7, 1.3)
"""The slowest and fastest rate that callers may choose, as a share of the profile's rate."""

LONGEST_PATH = 12
"""The most choices that are kept for an agent."""

TAIL_OF_A_CARD = ("card_tail", "pan")
"""The only value kind by which a secret is read aloud, and the only kind of secret that is."""

_T = TypeVar("_T")
_TWO_POINTS = re.compile(r"(?<!\.)\.\.(?!\.)")


@dataclass(frozen=True)
class Services:
    """The functions that a turn may call. They neither wait nor change anything.

    `input_mode` returns the usual input mode of a language.
    """

    verbalize: Verbalize
    inverse_normalize: InverseNormalize
    understand: Understand
    display_format: Verbalize
    input_mode: Callable[[str], InputMode] = lambda _language: "carrier"


class _UnreadableError(ValueError):
    """A value is not of the kind that the flow names."""


@dataclass
class Turn:
    """The current call, and the reply of this turn so far."""

    call: Call
    flow: Flow
    line: Hotline
    services: Services
    now: float
    prompts: list[Prompt] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    closing: Closing | None = None
    hops: int = 0
    found_closed: set[str] = field(default_factory=set)
    release_cache: ReleaseCache = field(default_factory=ReleaseCache)
    reach: ChoiceReach = field(default_factory=lambda: ChoiceReach({}))
    lookups: Lookups = Lookups()
    _cache: TurnCache = field(default_factory=TurnCache)

    @property
    def profile(self) -> Profile:
        """The figures of the active flow."""
        return self.flow.profile

    @property
    def frame(self) -> Frame:
        """The active frame."""
        return self.call.frames[-1]

    def scratch_as(self, kind: type[S]) -> S:
        """Return the active step's scratch; every field has its default when the step is entered."""
        return kind.read(self.call.frame.scratch)

    def change_frame(self, **changes: Any) -> None:
        """Change the active frame."""
        frames = self.call.frames
        self.call = changed(self.call, frames=(*frames[:-1], changed(frames[-1], **changes)))

    def change(self, **changes: Any) -> None:
        """Change the call."""
        self.call = changed(self.call, **changes)

    def change_facts(
        self, *, caller: Values | None = None, reason: str | None = None, card: Values | None = None
    ) -> None:
        """Change the facts that flows read; arguments that are None change nothing."""
        new = {"caller": caller, "reason": reason, "card": card}
        values = {name: value for name, value in new.items() if value is not None}
        self.change(facts=changed(self.call.facts, **values))

    @property
    def caller(self) -> CallerRecord:
        """The fields of the caller that the engine reads."""
        caller = self.call.facts.caller
        return self._cache.once("caller", (caller,), lambda: CallerRecord.read(caller))

    def change_caller(self, caller: CallerRecord) -> None:
        """Change fields of the caller; further fields of the bank stay."""
        self.change_facts(caller=caller.merged_into(self.call.facts.caller))

    def remember(self, scratch: Scratch) -> None:
        """Keep scratch for the active step's next turn; fields that are not declared in it stay."""
        self.change_frame(scratch=scratch.merged_into(self.frame.scratch))

    def set(self, name: str, value: Any, *, proof: int = 0) -> None:
        """Set a variable of the active flow. With `proof` it is read only by a caller who has proved that level."""
        proven = {other: level for other, level in self.frame.proven.items() if other != name}
        self.change_frame(
            values={**self.frame.values, name: value}, proven={**proven, name: proof} if proof else proven
        )

    def note(self, kind: str, /, **data: Any) -> None:
        """Write a journal row. Never pass what a caller typed."""
        frame = self.call.frames[-1]
        self.events.append(Event(kind, {"flow": frame.flow, "step": frame.step, **data}))

    # variables for expressions and texts

    def values(self, **more: Any) -> Mapping[str, Any]:
        """Return the variables that the active flow can read, by name."""
        values = self._cache.once("values", (self.call,), self._values)
        if not more:
            return values
        values = CallValues(values, self.call, self.line, self.now)
        values.update(more)
        return values

    def _values(self) -> CallValues:
        facts = self._readable(self.call.facts.values(proved=self.owns_number))
        return CallValues({**facts, **self._readable(self.frame.values)}, self.call, self.line, self.now)

    def once(self, key: Hashable, compose: Callable[[], _T]) -> _T:
        """Return what `compose` returned for a key, composed anew only after what texts read has changed."""
        read = (self.frame.values, self.call.facts, self.call.identity, self.call.language)
        return self._cache.once(key, read, compose)

    def proof_of(self, name: str) -> int:
        """Return the level that a variable needs to be read."""
        return self.frame.proven.get(name, 1 if name == "card" else 0)

    def proof_behind(self, expression: Expression) -> int:
        """Return the identity level that is needed to read the value of an expression."""
        return max((self.proof_of(path[0]) for path in expression.paths()), default=0)

    def _readable(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the variables without those whose proof has expired."""
        if not any(self.proof_of(name) > self.level for name in values):
            return values
        return {name: value for name, value in values.items() if self.proof_of(name) <= self.level}

    @cached_property
    def _local(self) -> datetime:
        return self.line.calendar.local(self.now)

    @property
    def today(self) -> date:
        """The current day at the line."""
        return self._local.date()

    @property
    def level(self) -> int:
        """The current identity level."""
        return self.call.identity.level_at(self.now)

    @property
    def owns_number(self) -> bool:
        """Return whether a proved caller is the customer whom the bank knows by this number, if it knows one."""
        return self.level > 0 and self.caller.customer in ("", self.call.identity.customer)

    @property
    def may_keep_choices(self) -> bool:
        """Return whether choices may be kept for this number: it is not another person's, by proof or attestation A."""
        return self.owns_number or self.call.attestation == "A"

    def verified(self, level: int, customer: str, by: str = "") -> None:
        """Raise the caller's identity level. Variables that were proved for another customer are deleted."""
        if self.call.identity.customer not in ("", customer):
            self.change(frames=tuple(map(_without_proven, self.call.frames)))
        self.change(identity=ProvenIdentity(level, customer, self.now + IDENTITY_SECONDS, by or self.call.identity.by))

    def record_choice(self, choice: str) -> None:
        """Note a choice that the caller took, in the editor's words, for the agent."""
        self.change(path=(*self.call.path, choice)[-LONGEST_PATH:])

    def record_entry(self, name: str, value: str | Secret) -> None:
        """Note an entry for the agent, masked if necessary."""
        shown = masked(value)
        if shown:
            self.change(typed={**self.call.typed, name: shown})

    # speaking

    def say(self, text: Text, *, barge_in: bool = True, pace: float = 1.0, **more: Any) -> None:
        """Say an editor's text in the caller's language, values filled in."""
        language = text.language_for(self.call.language)
        self.say_words(self.words(text, **more), language=language, barge_in=barge_in, pace=pace)

    def words(self, text: Text, **more: Any) -> str:
        """Return an editor's text in the caller's language, values filled in.

        If a value cannot be read, the text is replaced by a phrase that says so, because a sentence about money must
        not have a gap.
        """
        language = text.language_for(self.call.language)
        template = text.by_language[language]
        if template.fixed is not None:
            return template.fixed
        try:
            return self._filled(template, self._aloud_in(language), more)
        except _UnreadableError:
            return self.line.phrases.phrase(language, "unreadable")

    def written(self, text: Text, **more: Any) -> str:
        """Return an editor's text as written on a screen. Raises ValueError for a value that cannot be written."""
        language = text.language_for(self.call.language)
        return self._filled(text.by_language[language], self._put_by(self.services.display_format, language), more)

    def _filled(self, template: Template, put: Callable[[Any, str, str], str], more: Mapping[str, Any]) -> str:
        if any(self.proof_of(name) > self.level for name in template.names):
            self.note("unreadable", as_kind="unproven")
            raise _UnreadableError
        values = self.values(**more)
        if missing := template.missing(values):
            self.note("unreadable", missing=missing)
            raise _UnreadableError
        # A value may end with the point of an abbreviation, as nine a.m. does.
        return _TWO_POINTS.sub(".", template.fill(values, put))

    def _aloud_in(self, language: str) -> Callable[[Any, str, str], str]:
        return self._put_by(self.services.verbalize, language)

    def _put_by(self, put: Verbalize, language: str) -> Callable[[Any, str, str], str]:
        def aloud(value: Any, kind: str, argument: str) -> str:
            if isinstance(value, Secret):
                if (kind, value.kind) != TAIL_OF_A_CARD:
                    return ""  # refused when the flow was checked; a hole in that check must still not speak it
                value = masked(value)[-SHOWN["pan"] :]
            try:
                return put(value, kind, argument, language)
            except ValueError:
                self.note("unreadable", as_kind=kind)
                raise _UnreadableError from None

        return aloud

    def phrase(self, key: str, /, *, language: str | None = None, barge_in: bool = True, **values: str) -> None:
        """Say one of the engine's own phrases."""
        language = self.line.phrases.language_of(language or self.call.language)
        self.say_words(self.line.phrases.phrase(language, key, **values), language=language, barge_in=barge_in)

    def say_words(self, words: str, *, language: str | None = None, barge_in: bool = True, pace: float = 1.0) -> None:
        """Say words as they are, at a share of the caller's rate."""
        if words.strip():
            rate = round(self.profile.rate * self.call.rate * pace, 2)
            self.prompts.append(Say(words, language or self.call.language, rate, barge_in))

    def pause(self, seconds: float) -> None:
        """Be silent for a while; nothing for 0."""
        if seconds:
            self.prompts.append(Pause(seconds))

    def speak_at(self, factor: float) -> None:
        """Change the speaking rate within its bounds, for this call and the next."""
        slowest, fastest = RATES
        self.change(rate=min(fastest, max(slowest, round(self.call.rate * factor, 2))))
        self.keep_for_next_call(rate=str(self.call.rate))

    def keep_for_next_call(self, *, rate: str = "", reason: str = "") -> None:
        """Keep preferences of the caller, if there is a number. A failure changes nothing in this call."""
        with suppress(LookupFailed):
            self.ask(KeepPreferences(number=self.call.caller, call=self.call.id, rate=rate, reason=reason))

    def set_preferences(self, *, profile: str, frequent: str) -> None:
        """Apply preferences that the caller has just chosen to this call."""
        if not profile and not frequent:
            return
        caller = replace(self.caller, profile=profile or self.caller.profile)
        if profile == "elderly" or frequent == "off":
            caller = replace(caller, frequent=[])
        self.change_caller(caller)

    def set_reason(self, reason: str) -> None:
        """Note the reason of the call; the last one counts."""
        self.change_facts(reason=reason)
        self.note("reason", reason=reason)
        self.keep_for_next_call(reason=reason)

    def no_less_urgent_than(self, priority: str) -> None:
        """Raise the caller's priority in the queue to this one."""
        caller = self.caller
        urgent = max(caller.priority, priority, key=self.line.waiting.head_start)
        self.change_caller(replace(caller, priority=urgent))

    # asking the bank and our own services

    def ask(self, question: Question[A], *, deadline: float = LOOKUP_SECONDS) -> A:
        """Ask a service of our own, which has `deadline` seconds.

        Raises LookupFailed; notes the outcome without any value.
        """
        if isinstance(question, KeepPreferences):
            self.set_preferences(profile=question.profile, frequent=question.frequent)
            if question.is_callers_choice and not self.may_keep_choices:
                raise LookupFailed("a shown number is no proof: nothing is kept of it", missing=True)
        answer: A = self._answer_to(question, deadline, noted=question.noted)
        return answer

    def lookup(self, source: str, question: Mapping[str, Any], *, deadline: float | None = None) -> Mapping[str, Any]:
        """Ask an outside service, which has `deadline` seconds, or the declared ones.

        Raises LookupFailed; notes the outcome without any value.
        """
        declared = self.lookups.questions.get(source)
        if declared is not None:
            try:
                question = declared.declared.fitted(question)
            except LookupFailed as error:
                self.note("lookup", source=source, outcome="failed", reason=str(error))
                raise
        deadline = deadline or (declared.deadline if declared else LOOKUP_SECONDS)
        answer = self._answer_to(BankLookup(source, question), deadline, noted=True)
        return with_plain_values(answer, declared.declared.answer if declared else {}, self.line.calendar.local)

    def _answer_to(self, question: AnyQuestion, deadline: float, *, noted: bool) -> Any:
        key = f"{self.call.id}:{self.call.turn}:{self.hops}"
        try:
            check_classes(question, self.line.classes)
            answer = ask(question, key, deadline)
        except LookupFailed as error:
            if noted:
                self.note("lookup", source=question.source, outcome=error.outcome, reason=str(error))
            raise
        if noted:
            self.note("lookup", source=question.source, outcome="ok")
        return answer

    # closing the turn

    def close(self, closing: Closing) -> None:
        """Close the turn by a verb, after the prompts so far."""
        self.closing = replace(closing, prompts=(*self.prompts, *closing.prompts))

    def dial(self, desk: str, number: str = "") -> None:
        """Close the turn by dialling a desk, or a number instead of its own."""
        target = self.line.desks.get(desk) or self.line.desks[self.line.desk]
        self.close(Dial((), number or target.number, target.timeout))

    def desk_open(self, desk: str) -> bool:
        """Return whether a desk is open now."""
        return desk not in self.line.desks or bool(DeskValues(self.line, self._local)[desk]["open"])

    def hang_up(self, reason: str = "completed") -> None:
        """Close the turn by ending the call."""
        self.change(ended=reason)
        self.close(Hangup())

    # choices

    def offered(self, choice: Choice) -> bool:
        """Return whether a choice is available now."""
        return choice.when is None or choice.when.holds(self.values())

    def offered_set(self, *conditional: Choice) -> tuple[object, ...]:
        """Return the cache key of values that depend on the flow, the language and the available choices."""
        return (self.flow.name, self.call.language, *map(self.offered, conditional))


def _without_proven(frame: Frame) -> Frame:
    kept = {name: value for name, value in frame.values.items() if name not in frame.proven}
    return changed(frame, values=kept, proven={})
