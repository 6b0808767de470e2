"""The shape of the code, held by numbers: small modules, short functions, one kind per file, everything documented."""

from __future__ import annotations

import ast
import importlib
import os
import re
import statistics
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest
from grimp import build_graph

import ivr
from ivr.cli import main
from ivr.settings import VARIABLES

ROOT = Path(__file__).resolve().parent.parent.parent
MODULES = sorted((ROOT / "ivr").rglob("*.py"))
MEDIAN_LINES, MOST_LINES, MOST_FUNCTION_LINES = 150, 400, 60
MOST_TOP_LEVEL_MODULES = 8
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "handler", "misc"}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def functions(path: Path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_no_module_is_long_and_most_are_short():
    long = {name_of(path): lines(path) for path in MODULES if lines(path) > MOST_LINES}
    assert not long
    assert statistics.median(map(lines, MODULES)) <= MEDIAN_LINES


def test_the_top_level_holds_rooms_and_few_modules():
    modules = [path.name for path in (ROOT / "ivr").glob("*.py") if path.name != "__init__.py"]
    assert len(modules) <= MOST_TOP_LEVEL_MODULES, modules


def test_no_function_is_long():
    long = {
        f"{name_of(path)}:{node.name}": size
        for path in MODULES
        for node in functions(path)
        if (size := (node.end_lineno or 0) - node.lineno + 1) > MOST_FUNCTION_LINES
    }
    assert not long


def test_no_module_is_named_after_nothing():
    assert not [name_of(path) for path in MODULES if path.stem.strip("_") in FORBIDDEN_NAMES]


def test_every_module_says_what_it_is_for():
    assert not [name_of(path) for path in MODULES if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))]


def test_the_public_names_are_few_and_all_there():
    assert sorted(ivr.__all__) == ["FlowError", "IvrError", "Problem", "Settings", "build", "create_app"]
    for name in ivr.__all__:
        assert getattr(ivr, name).__name__ == name
    with pytest.raises(AttributeError):
        _ = ivr.nothing


def test_importing_the_package_loads_nothing_else():
    graph = build_graph("ivr", exclude_type_checking_imports=True, cache_dir=None)
    assert not graph.find_modules_directly_imported_by("ivr")
    assert not graph.find_modules_directly_imported_by("ivr.bootstrap")


@pytest.mark.parametrize("name", main.list_commands(click.Context(main)))
def test_every_command_explains_itself_with_an_example(name):
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert command.get_short_help_str()
    text = command.get_help(click.Context(command, info_name=f"ivr {name}"))
    assert f"ivr {name}" in text.partition("\n")[2], "the help shows no example"
    undocumented = [option.name for option in command.params if isinstance(option, click.Option) and not option.help]
    assert not undocumented


@pytest.mark.parametrize("folder", ["steps", "stores", "diagnostics/formats"])
def test_a_file_holds_the_kind_that_it_is_named_after(folder):
    package = importlib.import_module(f"ivr.{folder.replace('/', '.')}")
    for path in sorted((ROOT / "ivr" / folder).glob("[a-z]*.py")):
        module = importlib.import_module(f"{package.__name__}.{path.stem}")
        kinds = {
            cls.kind
            for cls in vars(module).values()
            if isinstance(cls, type)
            and cls.__module__ == module.__name__
            and isinstance(getattr(cls, "kind", None), str)
        }
        assert kinds <= {path.stem}, f"{name_of(path)} holds {kinds}"


def test_the_readme_opens_with_the_two_commands_and_ci_runs_the_second():
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert blocks[:2] == ["python3 -m ivr demo\n", "python3 -m tests\n"]
    ci = ROOT / ".ci" / "run"
    assert os.access(ci, os.X_OK)
    assert "python3 -m tests" in ci.read_text(encoding="utf-8")


def test_the_readme_names_every_command_and_the_operators_manual_every_setting():
    readme, manual = ((ROOT / path).read_text(encoding="utf-8") for path in ("README.md", "ivr/README.md"))
    commands = [f"ivr {name}" for name in main.list_commands(click.Context(main))]
    assert not [name for name in commands if name not in readme]
    assert not [name for name in VARIABLES.values() if name not in manual]


def test_nothing_in_the_repository_knows_this_machine():
    texts = [
        *MODULES,
        *(ROOT / "tests").rglob("*.py"),
        ROOT / "README.md",
        ROOT / "pyproject.toml",
        ROOT / ".ci" / "run",
    ]
    own = Path(__file__).resolve()
    for path in texts:
        if path.resolve() != own:
            text = path.read_text(encoding="utf-8")
            assert str(ROOT) + "/" not in text, name_of(path)


def test_the_package_data_is_shipped():
    shipped = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["package-data"]
    suffixes = {path.suffix for path in (ROOT / "ivr").rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    covered = {Path(pattern).suffix for pattern in shipped["ivr"]} | {".py", ".typed"}
    assert suffixes - {""} <= covered


def test_the_call_of_the_readme_is_what_callers_hear():
    transcript = re.search(r"```text\n(\+86.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert transcript
    keys = "".join(f"{key}\n" for key in re.findall(r"^> (.*)$", transcript[1], re.MULTILINE))
    command = [sys.executable, "-m", "ivr.cli", "call", "--from", "+8613800000001"]
    called = subprocess.run(command, cwd=ROOT, input=keys, capture_output=True, text=True, check=True, timeout=120)
    listening = re.sub(r" *\([^\n]*\)$", "", called.stdout, flags=re.MULTILINE)
    spoken = [line for line in listening.splitlines() if line.strip()]
    expected = transcript[1].splitlines()
    assert spoken[: len(expected)] == expected
