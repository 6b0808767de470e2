"""Defects for the shipped flows: the texts that are replaced, and the rule that must find them at which line."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import yaml


class Defect(NamedTuple):
    """One edit; the rule must report it at a line that holds `at`."""

    rule: str
    file: str
    at: str
    old: str
    new: str

    @property
    def name(self) -> str:
        return f"{self.rule}, {self.file}"


DEFECTS = [Defect(**row) for row in yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))]


def seeded(texts: dict[str, str], defect: Defect) -> dict[str, str]:
    """Return the texts of a folder with one defect. Raises ValueError if there is nothing to replace."""
    text = texts[defect.file]
    if defect.old not in text:
        raise ValueError(f"{defect.file} has no {defect.old!r}")
    return {**texts, defect.file: text.replace(defect.old, defect.new, 1)}


def shipped(folder: Path) -> dict[str, str]:
    """Return the texts of the shipped flows by file name."""
    return {path.name: path.read_text("utf-8") for path in sorted(folder.glob("*.yaml"))}
