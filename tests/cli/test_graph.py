"""`ivr graph` over the shipped flows and calls in a store."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from ivr.cli import main
from ivr.engine.ports import Changes, JournalRow
from ivr.stores import open_store

FLOWS = Path(__file__).parents[2] / "flows"


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IVR_FLOWS", str(FLOWS))
    monkeypatch.setenv("IVR_STORE", f"sqlite:///{tmp_path}/ivr.db")


def test_mermaid_goes_to_the_terminal_and_a_file_is_drawn(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["graph", "main_menu", "--from", "branches", "--language", "zh"])
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("flowchart LR\n")
    assert "find_branches" in done.stdout
    assert CliRunner().invoke(main, ["graph", "-o", "all.dot", "--days", "0"]).exit_code == 0
    assert (tmp_path / "all.dot").read_text(encoding="utf-8").startswith("digraph")
    drawn = CliRunner().invoke(main, ["graph", "main_menu", "-o", "menu.svg"])
    assert (drawn.exit_code == 0) == (shutil.which("dot") is not None)


def test_calls_of_the_store_are_counted(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/ivr.db")
    data = '{"flow": "main_menu", "step": "main", "outcome": "key 1"}'
    store.commit(Changes(rows=[JournalRow("CA1", 1, time.time(), "outcome", data)]))
    store.close()
    done = CliRunner().invoke(main, ["graph", "main_menu", "--language", "zh"])
    assert "查询余额 100%" in done.stdout


def test_wrong_names_and_endings_are_refused() -> None:
    assert "no known ending" in CliRunner().invoke(main, ["graph", "main_menu", "-o", "a.gif"]).output
    done = CliRunner().invoke(main, ["graph", "menu"])
    assert (done.exit_code, 'no flow "menu"' in done.output) == (2, True)
    assert CliRunner().invoke(main, ["graph", "--version", "autumn"]).exit_code == 2
