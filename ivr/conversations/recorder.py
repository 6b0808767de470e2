"""Save a call as a conversation file, for editors. Must not save secrets that a real caller may have typed."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ivr.carrier.carrier_options import CallResult
from ivr.carrier.terminal.notes import Notes
from ivr.errors import IvrError
from ivr.yamlfile.writer import written

_DEMO_CALLERS = re.compile(r"\+861380000000\d")


class NotKept(IvrError):
    """A call cannot be saved as a conversation; the text says why."""


def saving_to(file: Path, *, caller: str, flow: str, called: str = "") -> Callable[[Notes, CallResult], str]:
    """Return a function that saves a finished call to `file` and returns a sentence about the result."""

    def save(notes: Notes, result: CallResult) -> str:
        if result.ended_by == "caller":
            notes.did(hang_up=True)
        try:
            long_numbers = keep(notes, file, caller=caller, flow=flow, called=called)
        except NotKept as refused:
            return str(refused)
        warning = " Six or more digits stand in it as typed: never keep a real number there." if long_numbers else ""
        return f"Kept as {file}; play it with: ivr test {file}{warning}"

    return save


def keep(notes: Notes, file: Path, *, caller: str, flow: str, called: str = "") -> bool:
    """Write the conversation; return whether it contains long numbers. Raises NotKept.

    Keys are written as typed, so a call is refused if six or more digits were pressed in one turn, unless the caller is
    a customer of the demo bank.
    """
    notes.did()
    # A developer who tries the real bank types real numbers, and the file is meant to be committed.
    if notes.many_digits and not _DEMO_CALLERS.fullmatch(caller):
        raise NotKept(
            "This call is not kept: six or more digits were typed in it, and they could be a real PIN or card. "
            f"Only calls from the demo numbers +861380000000x are kept with them, not from {caller}."
        )
    if not notes.turns:
        raise NotKept("This call is not kept: nothing was heard and nothing was done in it.")
    head: dict[str, Any] = {"conversation": file.stem.replace("_", " ").replace("-", " ")}
    head |= {"flow": flow} if flow else {}
    head |= {"to": called} if called else {}
    text = written(head | {"from": caller, "turns": notes.turns})
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise NotKept(f"This call is not kept: {file} cannot be written ({error.strerror}).") from None
    return notes.many_digits
