"""Conversations as data: the caller's acts and the expected prompts. `reader` reads the files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from ivr.carrier import addresses
from ivr.carrier.caller import DeskAnswer, DialStatus
from ivr.diagnostics.problem import Place

CODE = "{code}"
"""Placeholder among keys for the one-time code of the newest text message."""

TurnAct = Literal["press", "choose", "say", "wait", "record", "dial", "agent", "hang_up"]


Facts = Callable[[str], Mapping[str, object]]
"""Returns the state of a call, where the server runs in this process."""


class NotInFlow(Exception):
    """The call is at a step that has no such choice, or the step says no such words; the text is for editors."""


@dataclass(frozen=True)
class Bank:
    """The bank's faults during a conversation, which the runner in this process sets."""

    gone: bool = False
    slow_ms: int = 0
    fail_rate: float = 0.0


@dataclass(frozen=True)
class ScriptedAnswer:
    """How a question to an outside service is answered: with these fields beside the usual ones, or not at all.

    The answer takes `slow` seconds.
    """

    place: Place
    outcome: Literal["answer", "missing", "error"] = "answer"
    fields: Mapping[str, Any] = field(default_factory=dict)
    slow: float = 0.0


@dataclass(frozen=True)
class StepPrompt:
    """The text that a step says first, with some of its values by path."""

    step: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"the text of step {self.step}"


@dataclass(frozen=True)
class Staff:
    """An agent: signed on at the start of the conversation and free `free_after` seconds later, or signed off."""

    name: str
    desks: tuple[str, ...]
    number: str
    free_after: float = 0.0
    signed_off: bool = False


@dataclass(frozen=True)
class Earlier:
    """A caller who called `ahead` seconds before: one entry of `press` a prompt, then a wait, and a talk of seconds.

    With `hangs_up` the caller hangs up so many seconds after the call began.
    """

    caller: str
    flow: str
    to: str
    ahead: float
    press: Sequence[str] = "0"
    talk: float = 120.0
    hangs_up: float = 0.0


@dataclass(frozen=True)
class Announced:
    """An announcement during the conversation: a prepared text of line.yaml, or texts by language. For tests only.

    `until` is the Unix time of its end; None for no end. `lines` and `callers` limit it as `ivr announce on` does.
    """

    slot: str
    preset: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)
    until: float | None = None
    lines: tuple[str, ...] = ()
    drill: bool = False
    callers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Expectation:
    """An expectation, with its place in the file. `value` is text, a list or a map of text, or None.

    `name` is the fact that is checked, if any.
    """

    place: Place
    value: object
    name: str = ""


@dataclass(frozen=True)
class ConversationTurn:
    """One turn: the expected prompts, then at most one act of the caller, then expected facts. Times are in seconds.

    `text_message` is text that the newest text message must contain. `agent` is the behaviour of an agent whose
    telephone rings, and `agent_hears` text that the agent must have heard; `patience` is the maximum time that the
    caller waits, for any number of documents. `bank` is the state of the bank after the act, `answers` are those of
    outside services from then on. `at` is the step at which the caller acts; `choose` names a choice there, which is
    taken by its key, or by its words.
    """

    place: Place
    hear: tuple[Expectation, ...] = ()
    hear_not: tuple[Expectation, ...] = ()
    text_message: tuple[Expectation, ...] = ()
    act: TurnAct | None = None
    press: str = field(default="", repr=False)
    choose: str = ""
    by_word: bool = False
    at: Expectation | None = None
    say: str = field(default="", repr=False)
    confidence: float | None = None
    record: float = 0.0
    dial: DialStatus = "completed"
    talk: float = 30.0
    agent: DeskAnswer = DeskAnswer()
    agent_hears: tuple[Expectation, ...] = ()
    patience: float | None = None
    leaves: bool = False
    after: float | None = None
    repeat: bool = False
    secret: bool = False
    expect: Mapping[str, Expectation] = field(default_factory=dict)
    bank: Bank | None = None
    answers: Mapping[str, ScriptedAnswer] = field(default_factory=dict)


@dataclass(frozen=True)
class Conversation:
    """One conversation. `at` is the Unix time it begins; `weight` is its share of a load test's calls.

    `agents` are signed on before it, and the callers of `before` call earlier. `desks` replaces the opening hours of
    desks, both by their names in line.yaml.
    """

    place: Place
    title: str
    flow: str
    turns: tuple[ConversationTurn, ...]
    to: str = ""
    caller: str = "+8613800000001"
    at: float | None = None
    weight: float = 1.0
    bank: Bank = Bank()
    answers: Mapping[str, ScriptedAnswer] = field(default_factory=dict)
    agents: tuple[Staff, ...] = ()
    before: tuple[Earlier, ...] = ()
    announced: tuple[Announced, ...] = ()
    desks: Mapping[str, str] = field(default_factory=dict)
    secret: bool = False

    @property
    def faulty_bank(self) -> bool:
        """Return whether a service answers otherwise than usual at any time of the call."""
        return self.bank != Bank() or bool(self.answers) or any(turn.bank or turn.answers for turn in self.turns)

    @property
    def by_meaning(self) -> bool:
        """Return whether it can be played only with the flows at hand."""
        prompts = [
            expectation for turn in self.turns for expectation in turn.hear if isinstance(expectation.value, StepPrompt)
        ]
        return bool(prompts) or any(turn.choose or turn.at for turn in self.turns)

    @property
    def path(self) -> str:
        """Return the path of the webhook for the call's arrival."""
        return addresses.voice(self.flow)
