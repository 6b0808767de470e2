"""`ivr replay` over calls that the engine itself has recorded."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from ivr.app import build
from ivr.cli import main
from ivr.engine.inputs import CallStarted, Digits, HungUp, Input
from ivr.engine.ports import Incoming
from ivr.settings import Hidden, Settings

KEY = "k" * 32
FLOW = """\
flow: hotline
language: zh-CN
start: main
steps:
  main:
    menu:
      - {label: 营业时间, goto: hours}
      - {label: 地址, goto: address}
  hours:
    say: 营业时间为九点到十七点。
    next: main
  address:
    say: 地址是长安街一号。
    next: main
  agent:
    transfer: general
    next: bye
    otherwise: bye
  bye:
    hangup: 再见。
"""


@pytest.fixture
def flows(hotline_address: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Record three calls: one asks for the hours, one for the address, one says nothing."""
    store, folder = hotline_address(FLOW), tmp_path / "flows"
    monkeypatch.setenv("IVR_KEY", KEY)
    ivr = build(Settings(store=store, flows=folder, key=Hidden(KEY)))
    for number, keys in enumerate(["1", "2", ""]):
        inputs: list[Input] = [CallStarted("+8613900000001", "+861000"), *map(Digits, keys), HungUp()]
        for turn, action in enumerate(inputs):
            incoming = Incoming(f"CA{number}", turn or None, action, f"{number} {turn}", "+8613900000001", "+861000")
            if isinstance(action, HungUp):
                ivr.session.hang_up(incoming)
            else:
                ivr.session.answer(ivr.channels["twilio"], incoming)
    ivr.close()
    return folder


def test_the_same_flows_change_nothing(flows: Path) -> None:
    done = CliRunner().invoke(main, ["replay"])
    assert done.output == ("3 calls with 8 turns were played; 0 would go elsewhere, 0 would only hear other words.\n")
    assert done.exit_code == 0


def test_an_edited_sentence_is_reported_at_its_step_with_the_calls_that_hear_it(flows: Path, tmp_path: Path) -> None:
    draft = tmp_path / "draft"
    shutil.copytree(flows, draft)
    (draft / "hotline.yaml").write_text(FLOW.replace("长安街一号", "长安街二号"), encoding="utf-8")
    done = CliRunner().invoke(main, ["replay", str(draft)])
    assert done.exit_code == 1
    assert "0 would go elsewhere, 1 (33.3%) would only hear other words" in done.output
    assert "hotline/main: 1 of 3 calls there (33.3%) hear other words or wait otherwise (CA1)" in done.output
    result = json.loads(CliRunner().invoke(main, ["replay", str(draft), "--json"]).output)
    assert (result["calls"], result["elsewhere"]) == (3, [])
    assert [call["call_id"] for call in result["other_words"]] == ["CA1"]


def test_a_key_that_leads_elsewhere_is_reported_with_the_way_and_the_share(flows: Path, tmp_path: Path) -> None:
    draft = tmp_path / "draft"
    shutil.copytree(flows, draft)
    swapped = FLOW.replace("{label: 营业时间, goto: hours}", "{label: 营业时间, goto: address}")
    (draft / "hotline.yaml").write_text(
        swapped.replace("{label: 地址, goto: address}", "{label: 地址, goto: hours}"), "utf-8"
    )
    done = CliRunner().invoke(main, ["replay", str(draft)])
    assert "2 (66.7%) would go elsewhere" in done.output
    assert (
        "hotline/main: 1 of 3 calls there (33.3%) go another way: main: key 1 → address (before: main: key 1 → hours)"
        in (done.output)
    )


def test_without_the_key_nothing_is_read(flows: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("IVR_KEY")
    done = CliRunner().invoke(main, ["replay"])
    assert done.exit_code != 0
    assert "set IVR_KEY" in done.output


def test_only_calls_since_a_day_are_played(flows: Path) -> None:
    done = CliRunner().invoke(main, ["replay", "--since", "2099-01-01"])
    assert "0 calls with 0 turns" in done.output
