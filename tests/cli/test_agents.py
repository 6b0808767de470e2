"""`ivr agents`: signing on and off, and refusals with the reason."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from ivr.cli import main
from ivr.engine.ports import Saved


def ivr(*arguments):
    return CliRunner().invoke(main, list(arguments))


def test_an_agent_is_added_signed_on_paused_and_removed(line_store):
    added = ivr("agents", "add", "li.na", "--number", "+861085550121", "--desk", "vip", "--site", "beijing")
    assert added.exit_code == 0, added.output
    assert added.stdout.split() == ["li.na", "off", "vip", "at", "beijing", "+861085550121"]
    assert " ready " in ivr("agents", "ready", "li.na").stdout
    assert "paused (lunch)" in ivr("agents", "pause", "li.na", "--why", "lunch").stdout
    listed = json.loads(ivr("agents", "list", "--json").stdout)
    assert [(one["name"], one["state"], one["languages"]) for one in listed] == [("li.na", "paused", ["zh"])]
    assert ivr("agents", "remove", "li.na").stdout == "li.na is removed.\n"
    assert "There are no agents" in ivr("agents", "list").stdout


def test_without_a_store_the_list_is_empty_and_a_change_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("IVR_STORE", f"sqlite:///{tmp_path}/none.db")
    listed = ivr("agents", "list")
    assert (listed.exit_code, "There are no agents" in listed.stdout) == (0, True)
    assert "There is no store at" in listed.stderr
    assert "there is no store at" in ivr("agents", "ready", "li.na").stderr
    assert not list(tmp_path.glob("none*"))


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("add", "x", "--number", "010", "--desk", "vip"), "country code"),
        (("add", "x", "--number", "+861085550121", "--desk", "gold"), 'no desk "gold"'),
        (("add", "x", "--number", "+861085550121", "--desk", "vip", "--site", "hefei"), 'no site "hefei"'),
        (("ready", "nobody"), 'no agent "nobody"'),
        (("site", "hefei", "down"), "beijing, chengdu"),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_reason_and_changes_nothing(line_store, arguments, reason):
    refused = ivr("agents", *arguments)
    assert refused.exit_code == 2
    assert reason in refused.stderr
    assert json.loads(ivr("agents", "list", "--json").stdout) == []


def test_a_talk_is_wrapped_up_and_a_call_that_is_not_there_is_refused(line_store):
    line_store.save(Saved("CA1", 1, "k", b"", b""), [], expected=None)
    arguments = ("agents", "wrap-up", "li.na", "CA1", "--reason", "lost_card", "--result", "solved")
    assert ivr(*arguments).stdout == "CA1 is wrapped up.\n"
    (shown,) = json.loads(ivr("calls", "CA1", "--json").stdout)["wrap_ups"]
    assert (shown["agent"], shown["reason"], shown["result"]) == ("li.na", "lost_card", "solved")
    refused = ivr("agents", "wrap-up", "li.na", "CA9", "--reason", "lost_card", "--result", "solved")
    assert (refused.exit_code, "no call CA9" in refused.stderr) == (2, True)
