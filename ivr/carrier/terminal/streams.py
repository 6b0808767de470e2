"""Input and output of the terminal phone: any pair of streams, or a terminal with line editing. Must not know calls."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Protocol, TextIO

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession


class Terminal(Protocol):
    """Shows lines and asks for one."""

    def show(self, line: str) -> None:
        """Show a line."""

    def ask(self, prompt: str) -> str | None:
        """Ask for a line; None when the input has ended."""


class Streams:
    """Plain streams, so that input can be piped. Lines that are read are also shown."""

    def __init__(self, source: TextIO | None = None, target: TextIO | None = None) -> None:
        self._source = source or sys.stdin
        self._target = target or sys.stdout

    def show(self, line: str) -> None:
        """Write a line at once."""
        self._target.write(f"{line}\n")
        self._target.flush()

    def ask(self, prompt: str) -> str | None:
        """Read a line."""
        line = self._source.readline()
        if not line:
            return None
        self.show(prompt + line.rstrip("\r\n"))
        return line.rstrip("\r\n")


class Console:
    """A terminal with line editing. Ctrl-D and Ctrl-C end the input."""

    def __init__(self) -> None:
        from prompt_toolkit import PromptSession
        from prompt_toolkit.history import DummyHistory

        # No history, since a line may be a PIN.
        self._session: PromptSession[str] = PromptSession(history=DummyHistory(), reserve_space_for_menu=0)

    def show(self, line: str) -> None:
        """Print a line."""
        print(line, flush=True)

    def ask(self, prompt: str) -> str | None:
        """Read a line with line editing."""
        try:
            return self._session.prompt(prompt)
        except (EOFError, KeyboardInterrupt):
            return None


def terminal() -> Terminal:
    """Return a terminal with line editing if input and output are terminals, else plain streams."""
    return Console() if sys.stdin.isatty() and sys.stdout.isatty() else Streams()
