"""`ivr test --accept`: the difference is shown, confirmed, and written; nothing else in the files changes."""

from __future__ import annotations

from click.testing import CliRunner

from ivr.cli import main

FLOW = """
flow: front
start: hello
steps:
  hello: {say: 您好，欢迎致电示范银行。, next: ask}
  ask:
    prompt: 请选择。
    menu: [{label: 余额, goto: bye}]
  bye: {hangup: 再见，祝您愉快。}
  agent: {transfer: general, otherwise: bye}
"""
LINE = 'lines: {default: front}\ndesks: {general: "+861085550100"}\ndesk: general\n'
TALK = """\
# What new callers hear first.
conversation: a caller asks
flow: front
turns:
  - hear: [您好，欢迎致电示范银行。, 请选择]  # the greeting
    press: "1"
  - hear: 再见，祝您愉快。
"""


def accept(tmp_path, monkeypatch, *options: str, **change: str):
    flow = FLOW
    for before, after in change.items():
        flow = flow.replace({"greeting": "您好，欢迎致电示范银行。", "end": "再见，祝您愉快。"}[before], after)
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "front.yaml").write_text(flow, encoding="utf-8")
    (tmp_path / "flows" / "line.yaml").write_text(LINE, encoding="utf-8")
    (tmp_path / "talk.yaml").write_text(TALK, encoding="utf-8")
    monkeypatch.setenv("IVR_FLOWS", str(tmp_path / "flows"))
    return CliRunner().invoke(main, ["test", str(tmp_path / "talk.yaml"), "--accept", *options], input="n\n")


def test_new_words_are_written_and_everything_else_stays(tmp_path, monkeypatch):
    done = accept(tmp_path, monkeypatch, "--yes", greeting="欢迎您致电示范银行。", end="再见，祝您生活愉快。")
    assert done.exit_code == 0, done.output
    assert "-  - hear: 再见，祝您愉快。" in done.output
    expected = TALK.replace("您好，欢迎致电示范银行。", "欢迎您致电示范银行。").replace(
        "再见，祝您愉快。", "再见，祝您生活愉快。"
    )
    assert (tmp_path / "talk.yaml").read_text("utf-8") == expected


def test_a_no_changes_nothing(tmp_path, monkeypatch):
    done = accept(tmp_path, monkeypatch, greeting="欢迎您致电示范银行。")
    assert done.exit_code == 1
    assert "Nothing was changed." in done.output
    assert (tmp_path / "talk.yaml").read_text("utf-8") == TALK


def test_words_without_likeness_are_no_new_wording(tmp_path, monkeypatch):
    done = accept(tmp_path, monkeypatch, "--yes", end="Tschüss")
    assert done.exit_code == 1
    assert "No expectation has a new wording" in done.output
    assert (tmp_path / "talk.yaml").read_text("utf-8") == TALK
