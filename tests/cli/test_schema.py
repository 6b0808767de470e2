"""The schema that editors use, as a file: it is fresh, and named by every shipped file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from ivr.cli import main

FLOWS = Path(__file__).parents[2] / "flows"


@pytest.mark.parametrize("name", ["flow", "line", "lookups", "phrases"])
def test_the_schema_beside_the_flows_is_fresh(name, request):
    written = CliRunner().invoke(main, ["schema", *([] if name == "flow" else [f"--{name}"])]).stdout
    path = FLOWS / ".schema" / f"{name}.json"
    if request.config.getoption("--update-golden"):
        path.write_text(written, encoding="utf-8")
    assert path.read_text("utf-8") == written, "run: pytest tests/cli/test_schema.py --update-golden"


@pytest.mark.parametrize("path", sorted(FLOWS.glob("*.yaml")), ids=lambda path: path.name)
def test_every_shipped_file_names_its_schema(path):
    first = path.read_text("utf-8").splitlines()[0]
    assert first.startswith("# yaml-language-server: $schema=")
    assert (FLOWS / first.partition("=")[2]).is_file()


def test_it_writes_to_a_file_and_says_so(tmp_path):
    path = tmp_path / "new" / "flow.json"
    result = CliRunner().invoke(main, ["schema", "-o", str(path)])
    assert (result.exit_code, result.stdout) == (0, "")
    assert json.loads(path.read_text("utf-8"))["$schema"] == "http://json-schema.org/draft-07/schema#"
