"""`ivr where`: each use of a name, with its place."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ivr.cli import main

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A copy of the shipped flows and some conversations, in an empty working directory."""
    shutil.copytree(ROOT / "flows", tmp_path / "flows")
    shutil.copytree(ROOT / "tests" / "conversations" / "credit_card", tmp_path / "tests" / "conversations")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("IVR_FLOWS", raising=False)
    return tmp_path / "flows"


def where(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["where", *arguments])


def test_a_step_is_listed_where_it_is_defined_and_led_to(folder):
    told = where("after_bill").output
    assert ": step of credit_card, defined here" in told
    assert told.count("flows/credit_card.yaml:") >= 4


def test_a_value_is_listed_where_it_is_set_and_read(folder):
    rows = json.loads(where("credit", "--json").stdout)
    assert {row["kind"] for row in rows} == {"variable"}
    assert sum(row["defines"] for row in rows) == 1
    lines = (folder / "credit_card.yaml").read_text("utf-8").splitlines()
    assert all("credit" in lines[row["line"] - 1] for row in rows)


def test_a_flow_is_listed_in_other_flows_and_line_yaml(folder):
    told = where("main_menu").output
    assert "flows/main_menu.yaml:3:7: flow, defined here" in told
    assert "flows/line.yaml:4:12: flow" in told


def test_an_unknown_name_is_told(folder):
    result = where("nothing_like_that")
    assert result.exit_code == 2
    assert "nothing_like_that" in result.output
