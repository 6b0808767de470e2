"""Files of a flows folder: hidden ones are left alone, and those that look like flows are named with the cure."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.flow.folder_files import flow_files, unused_files
from ivr.flow.loader import inspect
from ivr.session.step_registry import catalogue
from tests.flow.test_broken_flows import SOUND


def test_files_are_read_in_order_and_hidden_ones_are_left_alone(tmp_path: Path) -> None:
    for name in ("b.yaml", "a.yaml", ".#a.yaml", "._b.yaml", "c.yml", "README.md"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    assert [path.name for path in flow_files(tmp_path)] == ["a.yaml", "b.yaml"]
    assert flow_files(tmp_path / "nowhere") == []
    assert list(unused_files(tmp_path / "nowhere")) == []


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("menu.yml", "menu.yaml"),
        ("MENU.YAML", "MENU.yaml"),
        ("menu.json", "menu.yaml"),
        ("menu.yaml~", "menu.yaml"),
        ("menu.yaml.bak", "menu.yaml"),
        ("menu.yaml.txt", "menu.yaml"),
    ],
)
def test_a_file_that_looks_like_a_flow_is_named(name: str, meant: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("flow: menu", encoding="utf-8")
    (problem,) = unused_files(tmp_path)
    assert (problem.rule, problem.level) == ("unused-file", "warning")
    assert f"Rename it to {meant}," in problem.cure


@pytest.mark.parametrize("name", ["README.md", ".hidden.yml", "notes.txt", "menu.yaml"])
def test_other_files_are_left_alone(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("x", encoding="utf-8")
    assert list(unused_files(tmp_path)) == []


def test_an_editors_lock_stops_no_server(tmp_path: Path) -> None:
    for name, text in SOUND.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / ".#sound.yaml").symlink_to("editor@host.4711")
    (tmp_path / "._sound.yaml").write_bytes(b"\x00\x05\x16\x07")
    (tmp_path / "extra.yml").write_text("flow: extra", encoding="utf-8")
    release, problems = inspect(tmp_path, catalogue())
    assert release is not None
    assert [problem.rule for problem in problems] == ["unused-file"]
