"""Boxes and arrows of the shipped flows, as a reader needs them."""

from __future__ import annotations

from collections import Counter

import pytest

from ivr.flow.model import Release
from ivr.flow.rules import HeardSpeech
from ivr.graph.picture import GraphError, Painter
from ivr.graph.usage import StepUsage

MAIN, BALANCE = ("main_menu", "main"), ("main_menu", "balance")


@pytest.fixture
def painter(shipped: Release) -> Painter:
    usage = StepUsage(Counter({MAIN: 4}), Counter({(MAIN, "key 1"): 3}), Counter({MAIN: 1}), calls=5)
    speech = [HeardSpeech("欢迎致电示范银行，您的余额为\ue000，请按键选择", 4.0, 1.0, True)]
    return Painter(shipped, lambda *_: speech, usage, "zh")


def test_a_box_has_the_words_times_level_and_use_of_its_step(painter: Painter) -> None:
    boxes = {box.name: box for box in painter.picture("main_menu").boxes}
    main = boxes[MAIN]
    assert (main.words, main.speaks, main.visits, main.misses) == ("欢迎致电示范银行，您的余额为…，请按…", 5.0, 4, 0.2)
    assert main.waits > 0
    assert boxes[BALANCE].level == 1
    assert boxes[BALANCE].waits == 0
    assert not [name for name in boxes if "." in name[1]]  # verification is generated and shown as a level
    assert {box.role for box in boxes.values()} >= {"start", "end", "elsewhere"}


def test_an_arrow_has_its_key_and_its_share(painter: Painter) -> None:
    arrows = {(arrow.source, arrow.target): arrow for arrow in painter.picture("main_menu").arrows}
    assert (arrows[MAIN, BALANCE].label, arrows[MAIN, BALANCE].share) == ("1 查询余额", 0.75)
    assert arrows[BALANCE, ("main_menu", "bank_unavailable")].manner == "failure"
    assert any(arrow.label.startswith("[") for arrow in arrows.values())


def test_the_keys_that_work_everywhere_are_told_once(painter: Painter) -> None:
    [(flow, keys)] = painter.picture("main_menu").everywhere
    assert flow == "main_menu"
    assert keys[0].startswith("0 人工服务 → ")


def test_a_picture_can_begin_at_a_step_or_have_all_flows(painter: Painter, shipped: Release) -> None:
    part, whole = painter.picture("main_menu", "branches"), painter.picture()
    assert BALANCE not in {box.name for box in part.boxes}
    assert ("main_menu", "find_branches") in {box.name for box in part.boxes}
    assert set(whole.flows) == set(shipped.flows)
    assert not [box for box in whole.boxes if box.role == "elsewhere"]


@pytest.mark.parametrize(("flow", "step", "why"), [("menu", "", "no flow"), ("main_menu", "men", "there is none")])
def test_a_name_that_is_not_there_is_refused(painter: Painter, flow: str, step: str, why: str) -> None:
    with pytest.raises(GraphError, match=why):
        painter.picture(flow, step)
