"""`ivr versions` where nothing is published yet; test_publish.py has the rest."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from ivr.cli import main


def test_nothing_is_published_before_the_first_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IVR_STORE", f"sqlite:///{tmp_path}/ivr.db")
    assert "Nothing is published yet" in CliRunner().invoke(main, ["versions"]).stdout
    shown = json.loads(CliRunner().invoke(main, ["versions", "--json"]).stdout)
    assert (shown["live"]["version"], shown["drafts"], shown["history"]) == ("", [], [])
