"""Kinds are found by their file, which must be called as they are."""

from __future__ import annotations

import importlib
import sys
from abc import abstractmethod
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from ivr.discovery import folder_kinds, kinds_in


class Shape:
    kind = ""

    @abstractmethod
    def area(self) -> float: ...


ROUND = (
    "from tests.test_discovery import Shape\nclass Round(Shape):\n    kind = 'round'\n    def area(self): return 1.0\n"
)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., ModuleType]:
    def make(**files: str) -> ModuleType:
        folder = tmp_path / "shapes"
        folder.mkdir()
        (folder / "__init__.py").write_text("")
        for name, text in files.items():
            (folder / f"{name}.py").write_text(text)
        monkeypatch.syspath_prepend(tmp_path)
        for name in [name for name in sys.modules if name.partition(".")[0] == "shapes"]:
            monkeypatch.delitem(sys.modules, name)
        importlib.invalidate_caches()
        return importlib.import_module("shapes")

    return make


def test_a_kind_is_found_by_its_file_and_imported_ones_are_not_its_own(package: Callable[..., ModuleType]) -> None:
    kinds = kinds_in(package(round=ROUND, other="from shapes.round import Round\n"), Shape)
    assert {name: kind.__name__ for name, kind in kinds.items()} == {"round": "Round"}


def test_a_private_module_holds_no_kind(package: Callable[..., ModuleType]) -> None:
    assert kinds_in(package(_round=ROUND), Shape) == {}


def test_a_file_that_is_not_called_as_its_kind_is_refused(package: Callable[..., ModuleType]) -> None:
    with pytest.raises(ValueError, match="file and kind must be called the same"):
        kinds_in(package(circle=ROUND), Shape)


@pytest.fixture
def folder(package: Callable[..., ModuleType]) -> Callable[[str], ModuleType]:
    """Make a package with one folder, whose `shape.py` holds the kind "round"."""

    def make(name: str) -> ModuleType:
        shapes = package()
        inner = Path(shapes.__path__[0]) / name
        inner.mkdir()
        (inner / "__init__.py").write_text("")
        (inner / "shape.py").write_text(ROUND)
        return shapes

    return make


def test_a_kind_is_found_by_its_folder(folder: Callable[[str], ModuleType]) -> None:
    assert [*folder_kinds(folder("round"), "shape", Shape)] == ["round"]


def test_a_private_folder_holds_no_kind(folder: Callable[[str], ModuleType]) -> None:
    assert folder_kinds(folder("_round"), "shape", Shape) == {}


def test_a_folder_that_is_not_called_as_its_kind_is_refused(folder: Callable[[str], ModuleType]) -> None:
    with pytest.raises(ValueError, match=r"shapes\.circle\.shape holds the kind 'round'; folder and kind must be"):
        folder_kinds(folder("circle"), "shape", Shape)
