"""CONTRIBUTING.md names files that are there, and a change of each sort stays small."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
TEXT = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
CHANGES = re.findall(r"^### (.+?)\n(.*?)(?=^### |\Z)", TEXT, re.MULTILINE | re.DOTALL)
MOST_EDITED = 20
COUNTED = (
    "A kind of step", "A channel", "A language", "A store", "A rule of `ivr check`", "A figure of `ivr report`",
    "A kind of value that is read aloud", "The order of the queue",
    "The rules for PINs, tries and times of identity checks", "A command",
)  # fmt: skip
"""The ten sorts of changes that together take at most MOST_EDITED edited files."""


def edited(heading: str) -> int:
    """Return the number of edited files that a heading promises."""
    found = re.search(r": (?:up to )?(no|\d+) edited files?$", heading)
    assert found, heading
    return 0 if found[1] == "no" else int(found[1])


def test_ten_sorts_of_changes_take_few_edited_files():
    edits = {heading.rpartition(": ")[0]: edited(heading) for heading, _ in CHANGES}
    assert sum(edits[change] for change in COUNTED) <= MOST_EDITED


def test_every_file_that_is_named_is_there():
    named = re.findall(r"`(?:~ )?((?:ivr|tests|flows)/[\w./-]+|[\w-]+\.(?:md|toml))`", TEXT)
    assert len(named) > 15
    paths = [path for path in named if "NAME" not in path and "TAG" not in path]
    assert not [path for path in paths if not (ROOT / path).exists()]


def test_hooks_before_a_commit_are_local_and_run_what_ci_runs():
    (repository,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"]
    assert repository["repo"] == "local"
    assert [hook["id"] for hook in repository["hooks"]] == ["format", "lint", "types", "imports", "flows"]
    assert {hook["language"] for hook in repository["hooks"]} == {"system"}


def test_the_changelog_has_the_version_that_is_being_made():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert version.partition(".dev")[0] in changes
    for link in ("CONTRIBUTING.md", "CHANGELOG.md"):
        assert f"]({link})" in (ROOT / "README.md").read_text("utf-8")
