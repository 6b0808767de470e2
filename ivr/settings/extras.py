"""The optional dependencies of the distribution, and the commands that install them."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

EXTRAS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "speech": ("espeakng_loader", "miniaudio", "numpy", "pocketsphinx", "pyttsx3", "rjieba", "vosk", "websockets"),
        "voice": ("onnxruntime",),
        "load": ("gevent", "hdrh", "locust"),
        "whisper": ("ctranslate2", "faster_whisper"),
        "sip": ("baresip",),
        "simulate": ("numba",),
        "otel": ("opentelemetry",),
        "lsp": ("lsprotocol", "pygls"),
    }
)
"""Extra of the distribution to the modules that it installs."""
_CLONE = Path(__file__).resolve().parent.parent.parent


def how_to_install(extra: str) -> str:
    """Return the command that installs an extra in this clone or environment; "" stands for the base."""
    name = "." if (_CLONE / "pyproject.toml").is_file() else "ivr-flows"
    target = f'"{name}[{extra}]"' if extra else name
    return f"pip install {'-e ' if name == '.' else ''}{target}"


def extra_of(module: str) -> str | None:
    """Return the extra that installs a module, or None for a module of the base."""
    return next((extra for extra, modules in EXTRAS.items() if module.partition(".")[0] in modules), None)


def missing_extra(extra: str) -> str | None:
    """Return a sentence that says what to install if a module of an extra is missing, else None."""
    # Looked up, not imported: some of these modules take seconds to load.
    absent = (module for module in EXTRAS[extra] if importlib.util.find_spec(module) is None)
    return next(map(not_installed, absent), None)


def not_installed(module: str) -> str:
    """Return a sentence that says how to install a module: by its extra, or by installing the distribution again."""
    extra = extra_of(module)
    package = f'a package of the extra "{extra}" ({module})' if extra else f"the package {module}"
    return f"{package} is not installed; install it with: {how_to_install(extra or '')}"
