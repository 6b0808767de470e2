"""Broken flow files: exactly the expected problems at the expected lines, each with a cure, never an exception.

In `tests/broken_flows`, a file whose name begins with line_, lookups_ or phrases_ is that file of the folder, and one
that begins with declared_ is read beside a lookups.yaml. `# expect: rule` marks a line; where a comment would change
what is tested, the first line says `# expect LINE: rule`. Each file is read beside a sound flow, one that is run with
a value, and a sound `line.yaml`.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from ivr.diagnostics.problem import Problem, in_order
from ivr.flow.loader import inspect
from ivr.flow.rule_summaries import CHECKS, FIELDS, FILE, RULES
from ivr.flow.rules import all_rules
from ivr.session.step_registry import catalogue

BROKEN = Path(__file__).parents[1] / "broken_flows"
FILES = sorted(BROKEN.glob("*.yaml"))
SOUND = {
    "sound.yaml": """\
flow: sound
start: hello
steps:
  hello:
    hangup: 再见。
  agent:
    transfer: general
    otherwise: hello
""",
    "other.yaml": """\
flow: other
start: ask
parameters: [city]
returns: [branch]
steps:
  ask:
    lookup: {from: bank.branches, as: branch, with: {city: city}, on_error: agent}
    next: return
  agent:
    transfer: general
    otherwise: return
""",
    "line.yaml": """\
lines: {default: sound}
desks: {general: "+861085550100"}
desk: general
""",
}
SOUND_LOOKUPS = """\
services:
  bank:
    address: {setting: IVR_BANK_URL}
    questions:
      branches:
        takes: {city: {type: text, needed: no}}
        gives: {count: count, items: [{name: text, opens: time}]}
      balance:
        level: L1
        takes: {customer: text}
        gives: {balance: amount, card: {tail: card_tail}}
      rates:
        takes: {currency: text}
        gives: {sell: number}
"""
LANGUAGE = catalogue()


def expected(text: str) -> Counter[tuple[int, str]]:
    found: Counter[tuple[int, str]] = Counter()
    for number, line in enumerate(text.splitlines(), start=1):
        if marked := re.search(r"# expect( \d+)?: (.+)$", line):
            at = int(marked.group(1) or number)
            found.update((at, rule.strip()) for rule in marked.group(2).split(","))
    return found


def problems_of(folder: Path, **files: str | bytes) -> list[Problem]:
    for name, text in {**SOUND, **files}.items():
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return in_order(inspect(folder, LANGUAGE)[1])


def file_of(path: Path) -> str:
    folder_file = path.stem.partition("_")[0]
    return f"{folder_file}.yaml" if folder_file in ("line", "lookups", "phrases") else path.name


def beside(path: Path) -> dict[str, str]:
    """Return further sound files: flows that are called after it are read beside a lookups.yaml."""
    return {"lookups.yaml": SOUND_LOOKUPS} if path.stem.startswith("declared_") else {}


def at(problems: list[Problem]) -> Counter[tuple[int, str]]:
    return Counter((problem.place.line, problem.rule) for problem in problems)


def test_the_files_beside_the_broken_ones_are_sound(tmp_path):
    assert problems_of(tmp_path) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_broken_file_has_exactly_the_problems_that_it_marks(path, tmp_path):
    text = path.read_text("utf-8")
    found = problems_of(tmp_path, **beside(path), **{file_of(path): text})
    assert at(found) == expected(text), "\n".join(map(str, found))
    assert {Path(problem.place.file).name for problem in found} == {file_of(path)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_problem_says_in_whole_sentences_what_is_wrong_and_what_to_write(path, tmp_path):
    text = path.read_text("utf-8")
    lines = text.splitlines()
    for problem in problems_of(tmp_path, **beside(path), **{file_of(path): text}):
        line = lines[problem.place.line - 1]
        assert 1 <= problem.place.column <= max(1, len(line))
        assert problem.place.column + problem.place.length - 1 <= max(1, len(line))
        assert re.match(r'[A-Z"“#]', problem.message), problem.message
        assert problem.message.endswith("."), problem.message
        assert problem.cure or problem.rule == "empty-file", problem.message
        assert not re.search(r"None|Scalar|Mapping|dict|Traceback|ivr\.", problem.message + problem.cure)
        assert problem.rule in RULES


@pytest.mark.parametrize(
    ("raw", "rule"),
    [
        ("flow: raw\nstart: 您好\n".encode("gb18030"), "not-utf8"),
        ("flow: raw\n".encode("utf-16"), "not-utf8"),
        (b"flow: raw\nsteps: \x00\n", "odd-character"),
        (b"", "empty-file"),
        (b"#" * 5_000_001, "too-big"),
        (("- " * 60 + "x\n").encode(), "too-deep"),
        (b"\xef\xbb\xbf" + SOUND["sound.yaml"].replace("flow: sound", "flow: raw").encode(), "byte-order-mark"),
    ],
    ids=["gbk", "utf-16", "nul", "empty", "big", "deep", "bom"],
)
def test_a_file_that_is_no_text_is_told_by_its_cause(raw, rule, tmp_path):
    found = problems_of(tmp_path, **{"raw.yaml": raw})
    assert rule in {problem.rule for problem in found}
    assert {Path(problem.place.file).name for problem in found} == {"raw.yaml"}


def test_a_folder_without_flows_and_one_without_a_line_are_told(tmp_path):
    assert [problem.rule for problem in inspect(tmp_path, LANGUAGE)[1]] == ["no-flows"]
    (tmp_path / "sound.yaml").write_text(SOUND["sound.yaml"], encoding="utf-8")
    assert [problem.rule for problem in inspect(tmp_path, LANGUAGE)[1]] == ["no-line-file"]


def test_a_file_that_looks_like_a_flow_is_told(tmp_path):
    assert [problem.rule for problem in problems_of(tmp_path, **{"menu.yml": "flow: menu"})] == ["unused-file"]


def test_a_directory_called_like_a_flow_is_told(tmp_path):
    (tmp_path / "folder.yaml").mkdir()
    assert "unreadable-file" in {problem.rule for problem in problems_of(tmp_path)}


def test_many_faults_in_many_files_come_at_once_and_in_order(tmp_path):
    names = ["unknown_step", "bad_seconds", "full_width_colon", "secret_spoken", "line_unknown_desk"]
    files = {file_of(BROKEN / f"{name}.yaml"): (BROKEN / f"{name}.yaml").read_text("utf-8") for name in names}
    found = problems_of(tmp_path, **files)
    assert [problem.place for problem in found] == sorted(problem.place for problem in found)
    for name, text in files.items():
        mine = [problem for problem in found if Path(problem.place.file).name == name]
        assert at(mine) == expected(text), name


def test_flows_that_run_each_other_in_a_ring_are_told(tmp_path):
    ring = "flow: {0}\nstart: go\nsteps:\n  go:\n    flow: {1}\n    next: return\n"
    ring += "  agent: {{transfer: general, otherwise: go}}\n"
    found = problems_of(tmp_path, **{"a.yaml": ring.format("a", "b"), "b.yaml": ring.format("b", "a")})
    assert [(Path(p.place.file).name, p.place.line, p.rule) for p in found] == [
        ("a.yaml", 5, "runs-itself"),
        ("b.yaml", 5, "runs-itself"),
    ]


def test_a_flow_that_never_comes_back_is_told_where_it_is_run(tmp_path):
    runs = (
        SOUND["sound.yaml"]
        .replace("flow: sound", "flow: runs")
        .replace("hangup: 再见。", "flow: sound\n    next: agent")
    )
    found = problems_of(tmp_path, **{"runs.yaml": runs})
    assert [(problem.rule, problem.level) for problem in found] == [("no-return", "warning")]


def test_a_prepared_announcement_has_every_language_of_the_flows_that_speak_it(tmp_path):
    line = (
        SOUND["line.yaml"]
        + "announcements:\n  emergency:\n    outage: {en-US: Maintenance.}\n    drill: {zh-CN: 演习。}\n"
    )
    news = "flow: news\nstart: news\nsteps:\n  news: {announce: emergency, next: agent}\n"
    news += "  agent: {transfer: general, otherwise: bye}\n  bye: {hangup: 再见。}\n"
    assert problems_of(tmp_path, **{"line.yaml": line}) == []
    (problem,) = problems_of(tmp_path, **{"line.yaml": line, "news.yaml": news})
    assert (problem.rule, problem.place.line) == ("missing-language", 6)
    assert problem.message == "This announcement is missing in zh-CN, which news speaks."


def test_every_rule_of_the_language_has_a_broken_file():
    marked = {rule for path in FILES for _, rule in expected(path.read_text("utf-8"))}
    here = Path(__file__).read_text("utf-8")
    explained = {rule.id for rule in all_rules() if rule.manual}  # their samples are tested in rules/test_samples.py
    listed = (FILE | FIELDS | CHECKS).keys() - explained
    assert not [rule for rule in listed if rule not in marked and f'"{rule}"' not in here]
