"""An engine for telephone voice menus. These names are the public Python API; each is imported on first use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .app import build, create_app
    from .diagnostics.problem import Problem
    from .errors import FlowError, IvrError
    from .settings import Settings

__all__ = ["FlowError", "IvrError", "Problem", "Settings", "build", "create_app"]

_HOMES = {
    "FlowError": "errors",
    "IvrError": "errors",
    "Problem": "diagnostics.problem",
    "Settings": "settings",
    "build": "app",
    "create_app": "app",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # Imported on use: `import ivr` by a tool that wants one error class must not load Flask and the voices.
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
