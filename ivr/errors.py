"""The exceptions of this package. Callers' input never raises (see `engine/inputs.py`). Must not import ivr."""

from __future__ import annotations

from .diagnostics.problem import Problem, in_order


class IvrError(Exception):
    """Base class of every exception that this package raises on purpose."""


class FlowError(IvrError):
    """The flow files cannot be used. `problems` lists every problem of the run, sorted by place."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = in_order(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class SettingsError(IvrError):
    """A deployment setting is missing or invalid; the text says which one and what to set."""


class ChannelError(IvrError):
    """A request from a carrier cannot be processed."""


class BadSignature(ChannelError):
    """The request has no valid signature of the carrier; nothing in it may be used."""


class BadRequest(ChannelError):
    """The request is authentic but lacks a parameter that every call request has."""


class NoRecording(ChannelError):
    """A recording cannot be fetched from the carrier, or not in time; the text never contains its address."""


class StoreError(IvrError):
    """The call store cannot be read or written."""


class StoreBusy(StoreError):
    """The call store cannot be read or written now, but may be soon: other processes keep it locked."""


class LookupFailed(IvrError):
    """A back end was unreachable, too slow, or answered with an error. `missing` marks "no such thing".

    `later` marks a question that was not asked, because this turn has no time left; the next one has.
    """

    def __init__(self, reason: str, *, missing: bool = False, later: bool = False) -> None:
        self.missing, self.later = missing, later
        super().__init__(reason)

    @property
    def outcome(self) -> str:
        """The name of the outcome in the journal: missing, later or failed."""
        return "missing" if self.missing else "later" if self.later else "failed"


class CarrierFailed(IvrError):
    """The carrier did not place or redirect a call; the text says why, without telephone numbers.

    `unsure` means that it may have done so all the same: it gave no reliable answer.
    """

    def __init__(self, reason: str, *, unsure: bool = False) -> None:
        self.unsure = unsure
        super().__init__(reason)


class VoiceFailed(IvrError):
    """A voice cannot speak a text, or not in time; the next voice is tried."""


class ModelError(IvrError):
    """A speech model cannot be downloaded or installed; the text says why and what to do."""


class FlowStuck(IvrError):
    """A turn exceeded the hop limit, or its step no longer exists; the caller hears an apology and is transferred."""
