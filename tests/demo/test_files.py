"""The demo's folders, inside a package or beside it in a clone."""

from __future__ import annotations

import pytest

from ivr.demo import files


@pytest.mark.parametrize(
    ("name", "holds"), [("flows", "line.yaml"), ("audio", "music"), ("conversations", "main_menu")]
)
def test_each_folder_holds_what_it_is_named_after(name: str, holds: str) -> None:
    assert (files.demo_folder(name) / holds).exists()


def test_what_was_packed_goes_before_the_clone(tmp_path, monkeypatch) -> None:
    (tmp_path / "flows").mkdir()
    monkeypatch.setattr(files, "_PACKAGED", tmp_path)
    assert files.demo_folder("flows") == tmp_path / "flows"
    assert files.demo_folder("audio").parent != tmp_path


def test_a_line_of_ones_own_begins_with_one_flow_its_conversations_and_a_manual() -> None:
    assert sorted(path.name for path in (files.blank_folder() / "flows").glob("*.yaml"))[-1] != ""
    assert (files.blank_folder() / "flows" / "line.yaml").is_file()
    assert list((files.blank_folder() / "tests").rglob("*.yaml"))
    assert files.line_readme().is_file()
