"""The exception families. What callers do is never an exception, see `engine/inputs.py`. Standard library only."""

from __future__ import annotations

from .diagnostics.problem import Problem, in_order


class IvrError(Exception):
    """The root of everything that this package raises on purpose."""


class FlowError(IvrError):
    """Flow files cannot be used. `problems` holds every finding of the run, sorted by place."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = in_order(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class SettingsError(IvrError):
    """A deployment setting is missing or cannot be used; the text says which and what to set."""


class ChannelError(IvrError):
    """A request from a carrier cannot be taken."""


class BadSignature(ChannelError):
    """The request was not signed by the carrier; nothing may be read from it."""


class BadRequest(ChannelError):
    """The request is authentic but lacks what every call request carries."""


class NoRecording(ChannelError):
    """What a caller said cannot be fetched from the carrier, or not in time; the text never holds an address."""


class StoreError(IvrError):
    """The call store cannot be read or written."""


class LookupFailed(IvrError):
    """A back end did not answer in time, was gone, or answered with a fault. `missing` tells "no such thing" apart."""

    def __init__(self, reason: str, *, missing: bool = False) -> None:
        self.missing = missing
        super().__init__(reason)


class CarrierFailed(IvrError):
    """The carrier did not place or move a call when asked; the text says why, without numbers.

    `unsure` tells that it may have done so all the same: it gave no answer that one can rely on.
    """

    def __init__(self, reason: str, *, unsure: bool = False) -> None:
        self.unsure = unsure
        super().__init__(reason)


class VoiceFailed(IvrError):
    """A voice cannot speak a text, or not in time; the next voice is to."""


class ModelError(IvrError):
    """A speech model cannot be fetched or installed; the text says why and what to do."""


class FlowStuck(IvrError):
    """A turn ran past the hop limit or its step is gone; the caller is apologised to and transferred."""
