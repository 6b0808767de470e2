"""The models that can be downloaded, as pinned in `models.yaml`, and those that a folder contains."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Literal

import msgspec

from ivr.speech.languages import language_row
from ivr.yamlfile.source import Mapping as SourceMapping
from ivr.yamlfile.source import Scalar, read_text

ModelKind = Literal["voice", "recogniser"]


@dataclass(frozen=True)
class Model:
    """One model: its purpose, its source and its digest.

    `made` is the file in the model's folder that exists once it is installed. A model with `names` consists of many
    files: `file` is the pattern of their names, and `sha256` the digest of the list of their digests.
    """

    name: str
    language: str
    kind: ModelKind
    title: str
    licence: str
    url: str
    file: str
    size: int
    sha256: str
    made: str
    names: str = ""

    @property
    def files(self) -> tuple[str, ...]:
        """The names of the files to fetch, below `url`."""
        if not self.names:
            return (self.file,)
        syllables = [re.fullmatch("([a-z]+)([1-5]+)", name) for name in self.names.split()]
        return tuple(self.file.format(match[1] + tone) for match in syllables if match for tone in match[2])


@functools.cache
def model_catalogue() -> Mapping[str, Model]:
    """Return every model that can be downloaded, by name."""
    root, problems = read_text(files(__package__).joinpath("models.yaml").read_text("utf-8"), "models.yaml")
    if problems or not isinstance(root, SourceMapping):
        raise AssertionError(f"the list of models cannot be read: {problems}")
    models = {}
    for name, body in root.entries:
        values = {key.text: value.text for key, value in getattr(body, "entries", ()) if isinstance(value, Scalar)}
        models[name.text] = msgspec.convert({**values, "name": name.text}, Model, strict=False)
    return models


def chosen(wanted: str, models: Mapping[str, Model] | None = None) -> list[Model]:
    """Return the model with this name, or all models of a language such as zh or zh-CN."""
    catalogue = model_catalogue() if models is None else models
    if wanted in catalogue:
        return [catalogue[wanted]]
    row = language_row(wanted)
    language = row.models if row else wanted.lower()
    return [model for model in catalogue.values() if model.language == language]


def installed(model: Model, folder: Path) -> Path | None:
    """Return the folder of an installed model, or None."""
    home = folder / model.name
    return home if (home / model.made).is_file() else None


def missing(kind: ModelKind, language: str, folder: Path) -> str | None:
    """Return None if a model of this kind is installed for the language, else a sentence with the cure."""
    models = [model for model in chosen(language) if model.kind == kind]
    if any(installed(model, folder) for model in models):
        return None
    if not models:
        return f"there is no {kind} model of {language} to download"
    return f"the {kind} model of {language} is not installed; get it with: ivr models download {models[0].name}"
