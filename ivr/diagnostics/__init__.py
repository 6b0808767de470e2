"""Format problems for people and programs, one module per format, discovered by name. Must not print.

A format module offers `render(problems, sources) -> str`; `sources` maps a file name, as problems call it, to its text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from pkgutil import iter_modules

from . import formats
from .problem import Problem

FORMATS: tuple[str, ...] = tuple(sorted(module.name for module in iter_modules(formats.__path__)))


def render(
    format: str,  # noqa: A002
    problems: Sequence[Problem],
    sources: Mapping[str, str],
    *,
    colour: bool = False,
) -> str:
    """Format problems in one of FORMATS. Raises ValueError for any other name. Only `text` has colours."""
    if format not in FORMATS:
        raise ValueError(f"unknown report format {format!r}; formats are {', '.join(FORMATS)}")
    options = {"colour": colour} if format == "text" else {}
    report: str = import_module(f"{formats.__name__}.{format}").render(problems, sources, **options)
    return report
