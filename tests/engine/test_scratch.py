"""A step's scratch: typed where steps read and change it, a map by name in the stored call."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import ivr.engine
import ivr.steps
from ivr.engine.entry_step import EntryScratch
from ivr.engine.input_step import InputScratch
from ivr.secret import Secret


def test_a_field_that_was_not_stored_has_its_default() -> None:
    assert EntryScratch.read({}) == EntryScratch()
    assert EntryScratch.read({"waits": 2, "of_another_kind": 1}) == EntryScratch(waits=2)


def test_what_a_base_step_changes_leaves_the_fields_of_its_kind() -> None:
    stored = EntryScratch(begun=Secret("pin", "13"), waits=1, returned=False).merged_into({})
    changed = replace(InputScratch.read(stored), failures=1).merged_into(stored)
    assert changed == {"begun": "13", "waits": 1, "returned": False, "failures": 1}


def test_a_field_that_has_its_default_again_is_not_stored() -> None:
    assert EntryScratch().merged_into({"begun": "13", "failures": 2, "of_another_kind": 1}) == {"of_another_kind": 1}


def test_only_the_turn_and_the_end_of_secrets_read_the_stored_map() -> None:
    folders = (Path(room.__path__[0]) for room in (ivr.engine, ivr.steps))
    modules = [path for folder in folders for path in folder.rglob("*.py")]
    reading = {
        path.name
        for path in modules
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "scratch"
    }
    assert reading == {"turn.py", "typed_secrets.py"}
