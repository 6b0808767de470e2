"""`ivr rollback` without anything to undo is refused in a sentence; test_publish.py has the rest."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from ivr.cli import main
from ivr.session.published import published_release
from ivr.stores import open_store

FLOWS = Path(__file__).parents[2] / "flows"


def test_there_must_be_something_to_undo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IVR_STORE", f"sqlite:///{tmp_path}/ivr.db")
    assert "there is no store" in CliRunner().invoke(main, ["rollback"]).output
    store = open_store(f"sqlite:///{tmp_path}/ivr.db")
    published_release(store, FLOWS, 10.0)
    store.close()
    done = CliRunner().invoke(main, ["rollback"])
    assert (done.exit_code, "no release was live before this one" in done.output) == (2, True)
