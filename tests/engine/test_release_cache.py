"""What is composed once for a release is what each turn would compose for itself."""

from __future__ import annotations

import random
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any

import pytest

from ivr.engine import release_cache
from ivr.engine.engine import Engine
from ivr.engine.inputs import Digits, Input, NoInput, RecognizerFailed, Speech
from ivr.engine.release_cache import ReleaseCache
from ivr.flow.loader import load, reload
from ivr.flow.model import Release
from ivr.session.step_registry import catalogue
from tests.engine.fixtures import AGENT, LINE, SERVICES, Bank, Phone

SHIPPED = load(Path(__file__).parents[2] / "flows", catalogue())
WORDS = (
    "余额",
    "我要挂失",
    "人工",
    "重复",
    "返回",
    "网点",
    "more services",
    "agent",
    "一",
    "嗯",
    "不要人工",
    "对",
    "没听清",
)


class NothingKept(ReleaseCache):
    """Composes everything in each turn."""

    def once(self, key: Hashable, compose: Callable[[], Any]) -> Any:
        """Compose it."""
        return compose()


def random_input(rng: random.Random) -> Input:
    match rng.randrange(9):
        case 0:
            return NoInput()
        case 1 | 2:
            return Speech(rng.choice(WORDS), rng.choice((None, 0.3, 0.9)))
        case 3 if rng.random() < 0.1:
            return RecognizerFailed(rng.choice(("recording", "keys")))
    return Digits(rng.choice(("1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "*", "#", "18", "4111111111111111#")))


def random_bank(rng: random.Random) -> dict[str, Any]:
    segment, frequent = rng.choice(("vip", "standard", "private")), rng.choice(([], ["balance"], ["branches", "loss"]))
    caller = {"segment": segment, "age": rng.choice((None, 30, 72)), "n": rng.randrange(4)}
    card = {"tail": "0128", "status": rng.choice(("active", "lost"))}
    return {
        "bank.caller": caller,
        "memory.recall": {"reasons": frequent, "profile": rng.choice(("", "elderly")), "last_reasons": frequent[:1]},
        "bank.verify": {"verified": True, "customer": "C1", "card": card},
        "bank.balance": {"balance": "3200.05", "card": card},
    }


def random_release(rng: random.Random) -> Release:
    def condition() -> str:
        test = rng.choice(
            (f"caller.n == {rng.randrange(4)}", "caller.segment == 'vip'", "queue.position", "call.hour > 9")
        )
        return f", when: {test!r}" if rng.random() < 0.5 else ""

    def choices(number: int) -> str:
        labels = (
            "{zh-CN: 余额, en-US: Balance}", "{zh-CN: 账单, en-US: To pay}",
            "{zh-CN: '为{caller.segment|text}服务', en-US: 'For {caller.segment|text}'}",
        )  # fmt: skip
        phrases = "{{zh-CN: [词{0}, 余额], en-US: [word {0}]}}"
        texts = [f"label: {rng.choice(labels)}, phrases: {phrases.format(place)}" for place in range(number)]
        return "\n".join(f"      - {{{text}, goto: s{rng.randrange(4)}{condition()}}}" for text in texts)

    steps = [
        f"  s{place}:\n    prompt: {{zh-CN: 请选, en-US: Choose}}\n"
        + rng.choice(("", "    short: {zh-CN: 还要, en-US: More}\n", "    frequent_first: true\n"))
        + f"    menu:\n{choices(rng.randrange(1, 5))}\n      - {{key: '8', do: language{condition()}}}\n"
        for place in range(4)
    ]
    back = f"{{key: '*', do: back, phrases: {{zh-CN: [返回], en-US: [back]}}{condition()}}}"
    universal = f"globals:\n  - {{key: '0', goto: agent{condition()}}}\n  - {back}"
    head = f"flow: test\nlanguage: zh-CN\nstart: s0\n{universal}\n"
    text = f"{head}steps:\n{''.join(steps)}{AGENT.replace('再见。', '{zh-CN: 再见。, en-US: Bye.}')}"
    return reload({"line.yaml": LINE, "test.yaml": text}, catalogue())


def walk_both(release: Release, rng: random.Random, kept: Engine, plain: Engine, turns: int) -> int:
    bank = random_bank(rng)
    phones = [Phone(engine, Bank(bank)).ring(flow=next(iter(release.flows))) for engine in (kept, plain)]
    for turn in range(turns):
        first, second = (phone.reply for phone in phones)
        assert first == second
        if phones[0].call.ended:
            return turn
        given = random_input(rng)
        for phone in phones:
            phone.give(given)
    return turns


@pytest.mark.parametrize("seed", range(4))
def test_shipped_flows_answer_the_same_with_and_without_what_was_kept(seed: int) -> None:
    rng, turns = random.Random(seed), 0
    kept, plain = Engine(SHIPPED, SERVICES), Engine(SHIPPED, SERVICES, NothingKept())
    while turns < 300:
        turns += walk_both(SHIPPED, rng, kept, plain, 15)


@pytest.mark.parametrize("seed", range(10))
def test_random_menus_answer_the_same_with_and_without_what_was_kept(seed: int) -> None:
    rng = random.Random(seed)
    release, turns = random_release(rng), 0
    kept, plain = Engine(release, SERVICES), Engine(release, SERVICES, NothingKept())
    while turns < 100:
        turns += walk_both(release, rng, kept, plain, 10)


def test_no_more_is_kept_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release_cache, "MOST_CACHED", 3)
    cache = ReleaseCache()
    for number in (*range(10), *range(10)):
        assert cache.once(("number", number), lambda number=number: str(number)) == str(number)
    assert len(cache) <= 3
