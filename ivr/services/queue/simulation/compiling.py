"""Machine code of `play_day` and all that it calls, by Numba: one caller takes a fraction of a microsecond.

The functions of the live queue have no decorator: each is compiled here, as it is, with the functions that it calls.
The machine code is kept beside this file or in the user's cache, under a name that changes with the source of all of
them, since Numba itself watches only one file.
"""

from __future__ import annotations

import functools
import hashlib
import inspect
from collections.abc import Callable
from types import FunctionType
from typing import Any, cast

import numba

from . import day
from .tables import DayCallers, Played, Tables

_IN_CALLERS = numba.njit(cache=True, inline="always")
"""Makes a function a part of those that call it: to hand arrays over costs more than what most functions do."""


@functools.cache
def compiled_day() -> Callable[[DayCallers, Tables], Played]:
    """Return `play_day` as machine code. The first call compiles it, which takes some seconds."""
    play = cast("FunctionType", day.play_day)
    sources = "".join(inspect.getsource(module) for module in _modules(play, set()))
    digest = hashlib.blake2b(sources.encode(), digest_size=8).hexdigest()
    return cast("Callable[[DayCallers, Tables], Played]", _compiled(play, digest, {}))


def _compiled(function: FunctionType, digest: str, ready: dict[FunctionType, Any]) -> Any:
    if function not in ready:
        callees = {name: _compiled(callee, digest, ready) for name, callee in _callees(function).items()}
        # A copy with its own globals: the functions of the live queue must stay plain Python.
        copy = FunctionType(function.__code__, {**function.__globals__, **callees}, function.__name__)
        copy.__module__, copy.__qualname__ = function.__module__, f"{function.__name__}_{digest}"
        ready[function] = _IN_CALLERS(copy) if function is not day.play_day else numba.njit(cache=True)(copy)
    return ready[function]


def _callees(function: FunctionType) -> dict[str, FunctionType]:
    """Return the functions of this project that a function calls, by the names that it calls them."""
    named = ((name, function.__globals__.get(name)) for name in function.__code__.co_names)
    return {name: value for name, value in named if isinstance(value, FunctionType) and _is_ours(value)}


def _is_ours(function: FunctionType) -> bool:
    return function.__module__.partition(".")[0] == __name__.partition(".")[0]


def _modules(function: FunctionType, seen: set[FunctionType]) -> list[Any]:
    """Return the modules of a function and of all that it calls, each once, in a fixed order."""
    seen.add(function)
    for callee in _callees(function).values():
        if callee not in seen:
            _modules(callee, seen)
    names = sorted({each.__module__ for each in seen})
    return [inspect.getmodule(next(each for each in seen if each.__module__ == name)) for name in names]
