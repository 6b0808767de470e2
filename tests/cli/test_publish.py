"""`ivr publish`: what passes goes live for new calls, what does not is refused, and each has an audit entry."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ivr.cli import main
from ivr.cli._watch import look_again
from ivr.services.publishing.service import Publishing
from ivr.session.published import published_release
from ivr.stores import Store, open_store

LINE = 'lines: {default: hotline}\ndesks: {general: "+861085550100"}\ndesk: general\n'
FLOW = """\
flow: hotline
start: main
globals:
  - {key: "0", label: 人工服务, goto: agent}
steps:
  main:
    menu:
      - {label: 营业时间, goto: hours}
  hours:
    say: 营业时间为九点到十七点。
    next: main
  agent:
    transfer: general
    next: bye
    otherwise: bye
  bye:
    hangup: 再见。
"""
CONVERSATION = """\
conversation: a caller asks for the hours
flow: hotline
turns:
  - hear: 营业时间，请按1
    press: "1"
  - hear: 九点到十七点
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of flows with a conversation, beside a store in which they are live."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "flows"
    folder.mkdir()
    (folder / "hotline.yaml").write_text(FLOW, encoding="utf-8")
    (folder / "line.yaml").write_text(LINE, encoding="utf-8")
    (tmp_path / "tests" / "conversations").mkdir(parents=True)
    (tmp_path / "tests" / "conversations" / "hours.yaml").write_text(CONVERSATION, encoding="utf-8")
    for name, value in {"IVR_STORE": f"sqlite:///{tmp_path}/ivr.db", "IVR_FLOWS": "flows"}.items():
        monkeypatch.setenv(name, value)
    store = open_store(f"sqlite:///{tmp_path}/ivr.db")
    published_release(store, folder, 10.0)
    store.close()
    return folder


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{folder.parent}/ivr.db")
    yield opened
    opened.close()


def edit(folder: Path, old: str, new: str) -> None:
    flow = folder / "hotline.yaml"
    text = flow.read_text(encoding="utf-8")
    assert old in text
    flow.write_text(text.replace(old, new), encoding="utf-8")


def ivr(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def actions(store: Store) -> list[str]:
    return [entry.action for entry in reversed(Publishing(store).entries())]


def test_what_passes_is_live_with_its_reason_and_its_changes(folder: Path, store: Store) -> None:
    edit(folder, "九点到十七点", "九点到十七点，周末休息")
    done = ivr("publish", "--why", "the weekend was missing", "--by", "8001")
    assert done.exit_code == 0, done.output
    assert "周末休息" in done.stdout
    assert "1 conversations were played" in done.stderr
    [entry] = Publishing(store).entries(1)
    assert (entry.action, entry.by, entry.why) == ("publish", "8001", "the weekend was missing")
    assert "周末休息" in entry.changes[0]
    assert Publishing(store).publication(20.0).version == entry.version
    again = ivr("publish")
    assert (again.exit_code, "is live already" in again.stdout) == (0, True)


def test_errors_are_refused_with_their_place_and_no_reason_overrules_them(folder: Path, store: Store) -> None:
    before = Publishing(store).publication(20.0)
    edit(folder, "goto: hours", "goto: ours")
    done = ivr("publish", "--overrule", "it must go live")
    assert done.exit_code == 1
    assert "flows/hotline.yaml:8" in done.stderr
    assert "Nothing has changed" in done.stderr
    assert Publishing(store).publication(20.0) == before
    [entry] = Publishing(store).entries(1)
    assert (entry.action, len(entry.version)) == ("refuse", 16)


def test_a_failing_conversation_is_refused_unless_a_reason_overrules_it(folder: Path, store: Store) -> None:
    edit(folder, "九点到十七点", "十点到十七点")
    refused = ivr("publish", "--json")
    assert refused.exit_code == 1
    [objection] = json.loads(refused.stdout)["objections"]
    assert "a caller asks for the hours" in objection
    done = ivr("publish", "--overrule", "the bank opens later from today on", "--json")
    assert done.exit_code == 0, done.output
    result = json.loads(done.stdout)
    assert (result["published"], result["action"]) == (True, "publish")
    [entry] = Publishing(store).entries(1)
    assert entry.overrule_reason == "the bank opens later from today on"
    assert actions(store) == ["publish", "refuse", "publish"]


def test_a_warning_that_the_live_flows_do_not_have_is_refused(folder: Path, store: Store) -> None:
    edit(folder, "steps:\n", "steps:\n  nobody_comes_here:\n    hangup: 再见。\n")
    done = ivr("publish")
    assert done.exit_code == 1
    assert "unreachable-step" in done.stderr
    assert "The conversations were not played" in done.stderr
    assert ivr("publish", "--overrule", "it is for next week").exit_code == 0
    edit(folder, "九点到十七点", "九点到十七点，周末休息")
    assert ivr("publish").exit_code == 0  # the live flows have the warning, too


def test_a_share_a_plan_and_a_draft(folder: Path, store: Store) -> None:
    edit(folder, "九点到十七点", "九点到十七点，周末休息")
    assert ivr("publish", "--share", "10%", "--at", "2h").exit_code == 2
    assert ivr("publish", "--share", "150%").exit_code == 2
    assert "10% of new calls" in ivr("publish", "--share", "10%").stdout
    assert "as autumn" in ivr("publish", "--draft", "autumn").stdout
    assert "is no longer tried" in ivr("publish", "autumn").stdout
    edit(folder, "周末休息", "周日休息")
    assert "ivr rollback --planned" in ivr("publish", "--at", "2h").stdout
    shown = json.loads(ivr("versions", "--json").stdout)
    assert shown["live"]["planned"]["version"] != shown["live"]["version"]
    assert [draft["name"] for draft in shown["drafts"]] == ["autumn"]
    assert actions(store) == ["publish", "stage", "draft", "publish", "plan"]
    text = ivr("versions").stdout
    assert "planned for" in text
    assert "drafted as autumn" in text


def test_a_rollback_goes_back_and_says_so(folder: Path, store: Store) -> None:
    first = Publishing(store).publication(20.0).version
    edit(folder, "九点到十七点", "九点到十七点，周末休息")
    ivr("publish")
    done = ivr("rollback", "--why", "wrong")
    assert done.stdout.startswith(f"Release {first} is live again")
    assert ivr("rollback", "nothing").exit_code == 2
    assert ivr("rollback", "--planned").exit_code == 2
    assert actions(store) == ["publish", "publish", "rollback"]


def test_an_earlier_version_can_be_saved_as_a_folder(folder: Path, store: Store, tmp_path: Path) -> None:
    version = Publishing(store).publication(20.0).version
    edit(folder, "九点到十七点", "九点到十七点，周末休息")
    done = ivr("versions", "save", version[:8], "old")
    assert done.exit_code == 0, done.output
    assert (tmp_path / "old" / "hotline.yaml").read_text(encoding="utf-8") == FLOW
    assert ivr("versions", "save", version[:8], "old").exit_code == 2


def test_the_difference_is_told_in_both_languages(folder: Path) -> None:
    assert ivr("diff").stdout == "Callers notice nothing.\n"
    edit(folder, "九点到十七点", "九点到十七点，周末休息")
    done = ivr("diff", "--language", "en")
    assert done.exit_code == 1
    assert 'hotline/hours (say, zh-CN) now says "营业时间为九点到十七点，周末休息。"' in done.stdout
    assert "1 conversations now hear other words: a caller asks for the hours." in done.stdout
    chinese = ivr("diff", "--quick", "--language", "zh").stdout
    assert "hotline/hours 的说法（say，zh-CN）由" in chinese
    rows = json.loads(ivr("diff", "--quick", "--json").stdout)["differences"]
    assert [row["kind"] for row in rows] == ["words"]


def test_a_watched_folder_is_published_when_it_passes(folder: Path, store: Store) -> None:
    seen = look_again(store, folder, {}, "8001")
    assert actions(store) == ["publish"]  # it is live already
    edit(folder, "九点到十七点", "九点到十七点，周末休息")
    seen = look_again(store, folder, seen, "8001")
    assert look_again(store, folder, seen, "8001") == seen
    edit(folder, "goto: hours", "goto: ours")
    seen = look_again(store, folder, seen, "8001")
    assert actions(store) == ["publish", "publish"]
    for file in folder.glob("*.yaml"):
        file.unlink()
    assert look_again(store, folder, seen, "8001") == seen


def test_a_store_in_memory_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IVR_STORE", "memory:")
    assert "private to one program" in ivr("publish").output
