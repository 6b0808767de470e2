"""`ivr test`: play conversations in virtual time against the real webhooks in this process, with a demo bank."""

from __future__ import annotations

import logging
import os
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ._accept import accept as accepted
from ._back_ends import BANK, bank_option, in_simulator
from ._options import write_json
from ._test_json import CallerChoice, as_json_of
from ._test_report import Progress, report_coverage, report_result
from ._ways import WatchedWays, report_mutants, write_drafts

if TYPE_CHECKING:
    from ivr.app import Ivr
    from ivr.carrier.clock import Clock, VirtualClock
    from ivr.carrier.transport import Transport
    from ivr.conversations.model import Bank, Conversation, ConversationTurn, ScriptedAnswer
    from ivr.conversations.result import ConversationResult
    from ivr.conversations.scripted_lookup import ScriptedLookup
    from ivr.demo.bank.serving import BackgroundBank
    from ivr.diagnostics.problem import Place
    from ivr.engine.ports import CallStore
    from ivr.flow.model import Release

CONVERSATIONS_FOLDER = Path("tests/conversations")
BASE_URL = "http://ivr.invalid"
MONDAY_AT_TEN = 1_795_399_200.0
"""The start of conversations without a time: 2026-11-23T10:00+08:00."""
NOWHERE = "http://127.0.0.1:1"


@dataclass
class Wired:
    """Bank, engine and webhooks in this process. With `gone`, a second engine whose bank is unreachable."""

    bank: BackgroundBank
    build: Callable[[bool, Release | None], tuple[Ivr, ScriptedLookup]]
    token: str
    _scripted: list[ScriptedLookup] = field(default_factory=list)
    _ivrs: dict[bool, tuple[Ivr, Transport]] = field(default_factory=dict)
    _staged: list[Ivr] = field(default_factory=list)

    def ivr(self, gone: bool = False) -> tuple[Ivr, Transport]:
        """Return the engine and a transport to its webhooks; built on first use."""
        if gone not in self._ivrs:
            self._ivrs[gone] = self._open(gone)
        return self._ivrs[gone]

    def staged(self, conversation: Conversation, now: float) -> tuple[Ivr, Transport]:
        """Return an engine for this conversation only, with its announcements and opening hours."""
        from ivr.conversations.staging import announce, with_hours

        release = with_hours(self.ivr()[0].release, conversation.desks)
        ivr, transport = self._open(conversation.bank.gone, release)
        self._staged.append(ivr)
        announce(ivr.store, release.line, conversation, now)
        return ivr, transport

    def _open(self, gone: bool, release: Release | None = None) -> tuple[Ivr, Transport]:
        from ivr.carrier.transport import WsgiTransport
        from ivr.web import web_app

        built, scripted = self.build(gone, release)
        self._scripted.append(scripted)
        return built, WsgiTransport(web_app(built))

    def script(self, answers: Mapping[str, ScriptedAnswer], *, more: bool = False) -> None:
        """Let questions be answered as a conversation wants them."""
        for scripted in self._scripted:
            scripted.script(answers, more=more)

    def choices(self) -> tuple[frozenset[CallerChoice], dict[CallerChoice, Place]]:
        """Return the choices that calls took, and all choices of the flows."""
        taken = frozenset[CallerChoice]().union(*(ivr.choices_taken() for ivr in self._all()))
        return taken, self.ivr()[0].choices_there()

    def stores(self) -> list[CallStore]:
        """Return the stores of all engines."""
        return [ivr.store for ivr in self._all()]

    def close(self) -> None:
        """Close stores and voices."""
        for ivr in self._all():
            ivr.close()

    def _all(self) -> list[Ivr]:
        return [*(ivr for ivr, _ in self._ivrs.values()), *self._staged]


def new_token() -> str:
    """Return a random token."""
    return secrets.token_hex(16)


@contextmanager
def wired(
    clock: Callable[[], float] = time.time,
    *,
    sleep: Callable[[float], None] = time.sleep,
    token: str = "",
    more: Mapping[str, str] | None = None,
    banks: Mapping[str, str] | None = None,
    flows: Release | None = None,
) -> Iterator[Wired]:
    """Start a demo bank and connect an engine: store in memory, own token, flows and audio as configured.

    `flows` is the release to play; without it, it is read from the configured folder.
    `more` are further settings by variable. Without them, every prompt is spoken as text, even if it has a recording,
    so that its words can be compared. `banks` are addresses of services that are asked instead of their samples.
    """
    from ivr.app import build
    from ivr.conversations.scripted_lookup import ScriptedLookup
    from ivr.demo.bank.serving import BackgroundBank
    from ivr.flow.loader import load
    from ivr.session.step_registry import catalogue
    from ivr.settings import VARIABLES, Settings

    token = token or new_token()
    names = ("IVR_FLOWS", "IVR_AUDIO", "IVR_MODELS")
    kept = {name: os.environ[name] for name in names if name in os.environ}

    def build_with(gone: bool, release: Release | None = None) -> tuple[Ivr, ScriptedLookup]:
        # Nothing else of the environment: a developer's token or store must not decide whether a test passes.
        env = {"IVR_TTS": "cloud", **kept, **(more or {})}
        env |= {"IVR_STORE": "memory:", VARIABLES["auth_token"]: token, "IVR_PUBLIC_URL": BASE_URL}
        settings = Settings.from_environment({**env, "IVR_BANK_URL": NOWHERE if gone else bank.url})
        release = release or flows or load(settings.flows, catalogue())
        asked_at = {**(banks or {}), **({BANK: NOWHERE} if gone else {})}
        scripted = ScriptedLookup(in_simulator(release.lookups, bank.url, asked_at, settings.named), sleep)
        return build(settings, clock=clock, release=release, lookup=scripted), scripted

    with BackgroundBank(clock=clock) as bank:
        whole = Wired(bank, build_with, token)
        try:
            whole.ivr()
            yield whole
        finally:
            whole.close()


def _chosen(conversations: Sequence[Conversation], text: str) -> list[Conversation]:
    wanted = text.casefold()
    return [
        conversation
        for conversation in conversations
        if wanted in f"{conversation.place.file} {conversation.flow} {conversation.title}".casefold()
    ]


def _set_bank(bank: BackgroundBank, state: Bank) -> None:
    bank.faults(slow_ms=state.slow_ms, fail_rate=state.fail_rate)


@click.command(short_help="Play the conversations and check what callers hear.")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path), metavar="[PATH]...")
@click.option("-k", "text", metavar="TEXT", default="", help="Only conversations with TEXT in file, flow or title.")
@click.option("-v", "--verbose", is_flag=True, help="Print transcripts.")
@click.option("--coverage", is_flag=True, help="Print each way that no conversation takes, with its line.")
@click.option("--write-missing", type=click.Path(path_type=Path), metavar="FILE", help="Draft conversations for them.")
@click.option(
    "--mutate", type=int, metavar="N", default=0, help="Change the flows in N places; print what none notices."
)
@click.option("--table", "as_table", is_flag=True, help="Print keys, prompts and seconds of each call.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.option(
    "--accept", is_flag=True, help="Replace texts that are no longer heard by what is heard, after a look at them."
)
@click.option("--yes", is_flag=True, help="With --accept: write without asking.")
@bank_option
def command(
    paths: tuple[Path, ...],
    text: str,
    verbose: bool,
    as_table: bool,
    as_json: bool,
    accept: bool,
    yes: bool,
    coverage: bool,
    write_missing: Path | None,
    mutate: int,
    banks: tuple[tuple[str, str], ...],
) -> None:
    """Play the conversations in files or folders (default: tests/conversations) and check what callers hear.

    \b
    Example:
      ivr test
      ivr test tests/conversations/main_menu.yaml -k balance --verbose
      ivr test tests/conversations/kinds_of_callers --table
      ivr test --accept
      ivr test --coverage --write-missing tests/conversations/drafts.yaml
      ivr test --mutate 40

    Calls go through the real webhooks with signatures, in this process and in virtual time. The demo bank answers, or
    the samples of lookups.yaml, or the service at an address of --bank. At the end the choices that no conversation
    takes are listed, and how many ways of each flow are taken. The exit code is 1 if a conversation fails.
    """  # noqa: D301
    from ivr.conversations.effort import effort_table
    from ivr.conversations.reader import read_conversations

    if not paths and not CONVERSATIONS_FOLDER.is_dir():
        raise click.UsageError(f"there is no folder {CONVERSATIONS_FOLDER} here; name the files or folders to play")
    conversations = _chosen(read_conversations(paths or (CONVERSATIONS_FOLDER,)), text)
    if not conversations:
        raise click.UsageError(f"no conversation has {text!r} in its file, flow or title")
    if accept:
        files = dict.fromkeys(Path(conversation.place.file) for conversation in conversations)
        passes = accepted(files, lambda copies: play_all(read_conversations(copies), banks=dict(banks))[0], sure=yes)
        raise click.exceptions.Exit(int(not passes))
    began, show = time.perf_counter(), None if as_json or as_table else Progress(verbose)
    watched = WatchedWays()
    played, taken, there = play_all(conversations, banks=dict(banks), show=show, watch=watched)
    missing = {outcome: place for outcome, place in there.items() if outcome not in taken}
    # Of a part of the conversations, what is not taken says nothing.
    whole_run = not (text or as_table) and all(path.is_dir() for path in paths)
    if as_json:
        write_json(as_json_of(played, there, missing))
    else:
        if as_table:
            click.echo("\n".join(effort_table(played)))
        report_result(played, missing if whole_run else {}, len(there), time.perf_counter() - began)
        if whole_run or coverage:
            report_coverage(watched.there, watched.taken, every_way=coverage)
    if write_missing:
        write_drafts(watched, write_missing)
    if mutate:
        report_mutants(watched, mutate)
    if not all(conversation.passed for conversation in played):
        raise click.exceptions.Exit(1)


def _refuse_unknown(conversations: Sequence[Conversation], release: Release) -> None:
    """Raise FlowError for conversations that name what the flows do not have; they would play something else."""
    from ivr.conversations.release_check import conversation_problems
    from ivr.errors import FlowError

    if problems := conversation_problems(conversations, release):
        raise FlowError(problems)


def play_all(
    conversations: Sequence[Conversation],
    *,
    flows: Release | None = None,
    banks: Mapping[str, str] | None = None,
    show: Callable[[ConversationResult], None] | None = None,
    checked: bool = True,
    watch: WatchedWays | None = None,
) -> tuple[list[ConversationResult], frozenset[CallerChoice], dict[CallerChoice, Place]]:
    """Play conversations against a release, or the configured flows; return the results and choices taken, and all.

    `show` receives each result at once, `watch` the ways that each call takes. Raises FlowError for conversations that
    name what the flows do not have, unless they are played unchecked, for what they hear.
    """
    from ivr.carrier.clock import VirtualClock

    clock = VirtualClock(MONDAY_AT_TEN)
    with _server_faults() as faults, wired(clock.now, sleep=clock.sleep, banks=banks, flows=flows) as whole:
        if checked:
            _refuse_unknown(conversations, whole.ivr()[0].release)
        played = []
        for conversation in conversations:
            played.append(faults.judge(play_one(whole, clock, conversation)))
            if watch is not None:
                watch.note(conversation, whole)
            if show is not None:
                show(played[-1])
        return played, *whole.choices()


def play_one(whole: Wired, clock: VirtualClock, conversation: Conversation) -> ConversationResult:
    """Play one conversation with its bank, its participants and its time."""
    from ivr.conversations.flow_words import FlowWords
    from ivr.conversations.participants import with_participants
    from ivr.conversations.play import play_conversation
    from ivr.stores.memory import MemoryStore

    whole.bank.reset()
    _set_bank(whole.bank, conversation.bank)
    whole.script({})
    begins = MONDAY_AT_TEN if conversation.at is None else conversation.at
    clock.set(begins)
    if conversation.announced or conversation.desks:
        ivr, transport = whole.staged(conversation, begins)
    else:
        ivr, transport = whole.ivr(conversation.bank.gone)
        if isinstance(ivr.store, MemoryStore):
            # One engine for all conversations: building it takes longer than playing one.
            ivr.store.forget()  # preferences, tries and complaints of one conversation must not affect the next

    whole.script(conversation.answers)

    def switched(turn: ConversationTurn) -> None:
        if turn.bank:
            _set_bank(whole.bank, turn.bank)
        if turn.answers:
            whole.script(turn.answers, more=True)

    def plays(time: Clock) -> ConversationResult:
        return play_conversation(
            conversation,
            transport,
            time,
            base_url=BASE_URL,
            token=whole.token,
            facts=ivr.session.facts,
            inbox=ivr.texts_sent,
            back_ends=switched,
            flow_words=FlowWords(ivr.release, ivr.session.facts, ivr.services.verbalize),
        )

    return with_participants(ivr.queue, conversation, clock, transport, plays, base_url=BASE_URL, token=whole.token)


class _Faults(logging.Handler):
    """Collects the faults that the server logs."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Store the line."""
        self.lines.append(record.getMessage())

    def judge(self, played: ConversationResult) -> ConversationResult:
        """Fail a conversation in which the server logged a fault, even if the caller heard the expected prompts."""
        from ivr.conversations.result import FailedExpectation

        place = played.conversation.place
        # Callers hear an apology and a person for many faults, so that a conversation could pass over one.
        faults = tuple(FailedExpectation(place, f"the server logged a fault: {line}") for line in self.lines)
        self.lines.clear()
        return replace(played, failures=played.failures + faults)


@contextmanager
def _server_faults() -> Iterator[_Faults]:
    faults = _Faults()
    log = logging.getLogger("ivr")
    log.addHandler(faults)
    try:
        yield faults
    finally:
        log.removeHandler(faults)
