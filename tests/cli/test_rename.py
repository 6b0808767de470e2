"""`ivr rename`: everywhere at once, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ivr.cli import main

from .test_where import folder

__all__ = ["folder"]


def rename(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["rename", *arguments])


def texts(flows: Path) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in flows.glob("*.yaml")}


@pytest.mark.parametrize(
    ("old", "new"),
    [("after_bill", "what_next"), ("credit", "kredit"), ("rounds", "times")],
)
def test_a_name_is_replaced_in_all_places_and_the_flows_stay_sound(old, new, folder):
    before = texts(folder)
    result = rename(old, new)
    assert result.exit_code == 0, result.output
    assert texts(folder) != before
    assert CliRunner().invoke(main, ["check", "flows", "--strict"]).exit_code == 0
    assert CliRunner().invoke(main, ["where", old]).exit_code == 2


def test_a_name_of_two_flows_needs_the_flow(folder):
    result = rename("account", "konto")
    assert result.exit_code == 2
    assert "choose the flow with --in" in result.output
    assert rename("account", "konto", "--in", "main_menu").exit_code == 0
    assert "as: account" in (folder / "elderly_simple.yaml").read_text("utf-8")


@pytest.mark.parametrize(("old", "new"), [("after_bill", "bill_sent"), ("main_menu", "start_menu"), ("nothing", "x")])
def test_what_would_break_is_refused_and_changes_nothing(old, new, folder):
    before = texts(folder)
    assert rename(old, new).exit_code == 2
    assert texts(folder) == before
