"""`ivr diff` over folders; test_publish.py compares with what is live."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from ivr.cli import main

FLOWS = Path(__file__).parents[2] / "flows"


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    monkeypatch.setenv("IVR_STORE", f"sqlite:///{tmp_path}/ivr.db")
    shutil.copytree(FLOWS, tmp_path / "new")
    return str(FLOWS), str(tmp_path / "new")


def test_two_equal_folders_are_the_same_for_callers(folders: tuple[str, str]) -> None:
    done = CliRunner().invoke(main, ["diff", *folders, "--quick"])
    assert (done.exit_code, done.stdout) == (0, "Callers notice nothing.\n")


def test_faulty_flows_and_unknown_names_are_refused(folders: tuple[str, str]) -> None:
    old, new = folders
    (Path(new) / "main_menu.yaml").write_text("flow: [", encoding="utf-8")
    assert CliRunner().invoke(main, ["diff", old, new, "--quick"]).exit_code == 2
    done = CliRunner().invoke(main, ["diff", "autumn", old])
    assert (done.exit_code, "there is no such version or draft" in done.output) == (2, True)


def test_the_language_of_the_report_is_that_of_messages(
    folders: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IVR_LANG", "zh")
    assert CliRunner().invoke(main, ["diff", *folders, "--quick"]).stdout == "来电听不出区别。\n"
