"""`ivr new`: a folder with flows, audio, conversations and editor settings that passes every check."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from collections.abc import Mapping
from pathlib import Path

import click

from ivr.demo.files import blank_folder, demo_folder, line_readme

from ._program import program
from ._refused import Refused

_TEMPLATES = ("demo", "blank")
_LEFT_OUT = shutil.ignore_patterns("*.py", "__pycache__", "rendered", ".schema")
_EXTENSIONS: Mapping[str, object] = {"recommendations": ["redhat.vscode-yaml"]}
_SETTINGS: Mapping[str, object] = {
    "yaml.schemas": {
        "flows/.schema/line.json": "flows/line.yaml",
        "flows/.schema/lookups.json": "flows/lookups.yaml",
        "flows/.schema/phrases.json": "flows/phrases.yaml",
        "flows/.schema/flow.json": [
            "flows/*.yaml",
            "!flows/line.yaml",
            "!flows/lookups.yaml",
            "!flows/phrases.yaml",
        ],
    },
    "[yaml]": {"editor.insertSpaces": True, "editor.tabSize": 2},
}
_HOOK = {
    "id": "ivr-check",
    "name": "ivr check",
    "entry": "ivr check --strict",
    "language": "system",
    "pass_filenames": False,
    "files": r"^(flows|tests/conversations)/.*\.yaml$",
}
"""The check before each commit, for pre-commit."""
_GITIGNORE = "var/\naudio/rendered/\n"
_MADE_BY = re.compile(r"<!--.*?-->\n*", re.DOTALL)
"""The first lines of a generated manual; they tell developers how to make it anew."""


@click.command(short_help="Make a folder with flows, audio and conversations.")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), metavar="DIR")
@click.option(
    "--template", type=click.Choice(_TEMPLATES), default="demo", show_default=True, help="What it begins with."
)
def command(folder: Path, template: str) -> None:
    """Make a folder of your own line: flows, audio, conversations and editor settings.

    \b
    Example:
      ivr new my-line
      ivr new my-line --template blank

    The template "demo" is the bank's hotline as `ivr demo` plays it, "blank" one menu with a person behind 0. Both pass
    every check, and every command that is run inside the folder uses what is there.
    """  # noqa: D301
    if folder.exists() and any(folder.iterdir()):
        raise Refused(f"{folder} is not empty; name a new folder.")
    _copy(folder, template)
    _write_editor_settings(folder)
    click.echo(f"{folder} is ready. What to try next:")
    ivr = program(folder)
    click.echo(
        "\n".join([f"  cd {shlex.quote(str(folder))}", *(f"  {ivr} {name}" for name in ("check", "call", "test"))])
    )


def _copy(folder: Path, template: str) -> None:
    """Copy a template, the manuals, and what a reader of the folder needs first."""
    if template == "blank":
        shutil.copytree(blank_folder(), folder, dirs_exist_ok=True, ignore=_LEFT_OUT)
        shutil.copytree(demo_folder("audio") / "music", folder / "audio" / "music")
        shutil.copy(demo_folder("conversations") / "README.md", folder / "tests" / "conversations")
    else:
        for name, target in (("flows", "flows"), ("audio", "audio"), ("conversations", "tests/conversations")):
            shutil.copytree(demo_folder(name), folder / target, ignore=_LEFT_OUT)
    manual = (demo_folder("flows") / "README.md").read_text(encoding="utf-8")
    # The line says how developers make the manual anew, with a command that the folder lacks.
    (folder / "flows" / "README.md").write_text(_MADE_BY.sub("", manual, count=1), encoding="utf-8")
    shutil.copy(line_readme(), folder / "README.md")


def _write_editor_settings(folder: Path) -> None:
    """Write the schemas of the installed flow language, and the editor settings that point to them."""
    from ivr.flow.own_phrases import phrases_schema
    from ivr.flow.schema import flow_schema, line_schema, lookups_schema
    from ivr.session.step_registry import catalogue
    from ivr.yamlfile.writer import written

    _write_json(folder / "flows" / ".schema" / "flow.json", flow_schema(catalogue()))
    _write_json(folder / "flows" / ".schema" / "line.json", line_schema())
    _write_json(folder / "flows" / ".schema" / "lookups.json", lookups_schema())
    _write_json(folder / "flows" / ".schema" / "phrases.json", phrases_schema())
    _write_json(folder / ".vscode" / "settings.json", _SETTINGS)
    _write_json(folder / ".vscode" / "extensions.json", _EXTENSIONS)
    (folder / ".gitignore").write_text(_GITIGNORE, encoding="utf-8")
    hooks = written({"repos": [{"repo": "local", "hooks": [_HOOK]}]})
    (folder / ".pre-commit-config.yaml").write_text(hooks, encoding="utf-8")


def _write_json(path: Path, content: Mapping[str, object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
