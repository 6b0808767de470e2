"""Format problems for people and programs, one module per format, discovered by name. Must not print.

A format module offers `render(problems, report) -> str`.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pkgutil import iter_modules

from . import formats
from .problem import Problem
from .report import Report

FORMATS: tuple[str, ...] = tuple(sorted(module.name for module in iter_modules(formats.__path__)))


def render(format: str, problems: Sequence[Problem], report: Report) -> str:  # noqa: A002
    """Format problems in one of FORMATS. Raises ValueError for any other name."""
    if format not in FORMATS:
        raise ValueError(f"unknown report format {format!r}; formats are {', '.join(FORMATS)}")
    text: str = import_module(f"{formats.__name__}.{format}").render(problems, report)
    return text
