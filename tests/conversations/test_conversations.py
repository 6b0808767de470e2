"""Every conversation here goes as written, and together they take every choice of every flow."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from ivr.carrier.clock import VirtualClock
from ivr.cli.test import MONDAY_AT_TEN, play_one, wired
from ivr.conversations.reader import read_conversations

HERE = Path(__file__).parent
LINES = yaml.safe_load((HERE.parents[1] / "flows" / "line.yaml").read_text("utf-8"))["lines"].values()
CALLED = sorted({line if isinstance(line, str) else line["flow"] for line in LINES})
"""The flows that a telephone number plays; the others are run by these."""
CONVERSATIONS = read_conversations([HERE])


@pytest.fixture(scope="module")
def machine(monkeypatch_module):
    clock = VirtualClock(MONDAY_AT_TEN)
    with wired(clock.now) as whole:
        yield whole, clock


@pytest.fixture(scope="module")
def monkeypatch_module():
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("IVR_FLOWS", raising=False)
        patch.chdir(HERE.parents[1])
        yield patch


def test_every_conversation_goes_as_written_and_together_they_take_every_choice(machine, caplog):
    whole, clock = machine
    failed = [str(failure) for one in CONVERSATIONS for failure in play_one(whole, clock, one).failures]
    assert not failed, "\n".join(failed)
    assert not [record.getMessage() for record in caplog.records if record.levelname in ("ERROR", "CRITICAL")]
    taken, there = whole.choices()
    assert not [f"{there[choice]}: {choice}" for choice in there if choice not in taken]


@pytest.mark.parametrize("flow", CALLED)
def test_a_load_test_finds_common_conversations_of_every_flow(flow):
    fit = [one for one in CONVERSATIONS if one.flow == flow and one.weight and one.at is None]
    assert len(fit) >= 5
    silent = sum(one.weight for one in fit if one.turns[0].act == "wait")
    assert silent > 0


def test_conversations_that_change_the_bank_stay_out_of_load_tests():
    changing = [
        one.title
        for one in CONVERSATIONS
        if one.weight
        and any(
            wish.value in ("挂失已经办好", "卡已经锁好了", "密码改好了") for turn in one.turns for wish in turn.hear
        )
    ]
    assert not changing


def test_titles_are_sentences_and_none_stands_twice():
    titles = [one.title for one in CONVERSATIONS]
    assert len(set(titles)) == len(titles)
    assert all(title.count(" ") >= 3 and not title.endswith(".") for title in titles)
