"""A copy of a step under a new name is its model's equal: in checks, charts, prompts, coverage and calls."""

from __future__ import annotations

import importlib
import random
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from ivr import steps
from ivr.discovery import kinds_in
from ivr.engine.asking import answer_all
from ivr.engine.engine import Engine, Reply
from ivr.engine.inputs import CallStarted, DialEnded, Digits, Input, NoInput, Recorded, Speech
from ivr.engine.step import LiveStep
from ivr.engine.verbs import Dial, Hangup, Record
from ivr.flow.catalogue import Catalogue
from ivr.flow.loader import inspect, reload
from ivr.flow.model import Flow, Release
from ivr.flow.reference import manual
from ivr.flow.schema import flow_schema
from ivr.session.step_registry import catalogue
from ivr.speech.prompts.catalogue import known_prompts
from ivr.yamlfile.source import Mapping as Block
from ivr.yamlfile.source import read_text
from tests.engine.fixtures import SERVICES, Bank
from tests.flow.test_broken_flows import FILES, SOUND, beside, file_of

ROOT = Path(__file__).resolve().parents[2]
MODELS = catalogue()
NOW = 1_795_399_200.0
LISTENING = "every kind that listens for keys or words ("
NOT_REWRITTEN = ("repeated_key", "step_too_deep")
"""Files with a key of a kind that is not rewritten: one of two in a step, and one of a step inside another."""


def copy_name(kind: str) -> str:
    """Return a name of the same length, so that what is wrong stands in the same columns."""
    return kind[:-1] + "z"


def copied(source: str, kind: str) -> str:
    """Write a step's module for a new kind: its name, the key in YAML and the field behind it."""
    written_as = MODELS.steps[kind].written_as
    for name in (kind, *(written_as[:1] if written_as else ())):
        new = copy_name(name)
        places = (
            f'"{name}"$',
            rf"^    {name}(?=: )",
            rf"(?<=self\.){name}\b",
            rf"\b{name}(?==protected)",
            rf'= \("{name}", "',
        )
        for old in places:
            source = re.sub(old, lambda match: match[0].replace(name, new), source, flags=re.MULTILINE)  # noqa: B023
    return source


@pytest.fixture(scope="module")
def copies(tmp_path_factory) -> Catalogue:
    """Return a language that has copies of all steps, and none of the models."""
    folder = tmp_path_factory.mktemp("copies")
    package = folder / "copied_steps"
    package.mkdir()
    (package / "__init__.py").write_text('"""Copies."""\n', encoding="utf-8")
    for kind in MODELS.steps:
        source = (ROOT / "ivr" / "steps" / f"{kind}.py").read_text(encoding="utf-8")
        (package / f"{copy_name(kind)}.py").write_text(copied(source, kind), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        module: ModuleType = importlib.import_module("copied_steps")
        kinds = kinds_in(module, LiveStep)  # type: ignore[type-abstract]
    return replace(MODELS, steps=kinds)


def with_copies(text: str) -> str:
    """Rewrite a flow file: every step is of the copy of its kind."""
    node, _ = read_text(text, "flow.yaml")
    body = node.get("steps") if isinstance(node, Block) else None
    lines = text.splitlines(keepends=True)
    for _, step in body.entries if isinstance(body, Block) else ():
        for key, _ in step.entries if isinstance(step, Block) else ():
            if key.text in MODELS.steps:
                row, column = key.place.line - 1, key.place.column - 1
                lines[row] = lines[row][:column] + lines[row][column:].replace(key.text, copy_name(key.text), 1)
    return "".join(lines)


def shipped() -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in sorted((ROOT / "flows").glob("*.yaml"))}


@pytest.fixture(scope="module")
def releases(copies) -> tuple[Release, Release]:
    """Return the shipped flows, and the same written with copies."""
    files = shipped()
    return reload(files, MODELS), reload({name: with_copies(text) for name, text in files.items()}, copies)


def test_every_kind_has_a_copy_of_its_own(copies):
    assert sorted(copies.steps) == sorted(map(copy_name, MODELS.steps))
    assert not set(copies.steps) & set(MODELS.steps)


def test_a_copy_declares_what_its_model_does(copies):
    traits = [name for name in vars(LiveStep.__mro__[1]) if isinstance(getattr(LiveStep, name), bool)]
    assert len(traits) > 5
    for kind, model in MODELS.steps.items():
        copy = copies.steps[copy_name(kind)]
        assert {name: getattr(copy, name) for name in traits} == {name: getattr(model, name) for name in traits}
        assert kinds_in(steps, LiveStep)[kind] is model  # type: ignore[type-abstract]


@pytest.mark.parametrize("path", [path for path in FILES if path.stem not in NOT_REWRITTEN], ids=lambda path: path.stem)
def test_checks_find_the_same_in_flows_of_copies(path, copies, tmp_path):
    files = {**SOUND, **beside(path), file_of(path): path.read_text(encoding="utf-8")}
    folders = {"models": (MODELS, files), "copies": (copies, {name: with_copies(text) for name, text in files.items()})}
    found = []
    for name, (language, texts) in folders.items():
        folder = tmp_path / name
        folder.mkdir()
        for file, text in texts.items():
            (folder / file).write_text(text, encoding="utf-8")
        problems = inspect(folder, language)[1]
        found.append(sorted((Path(p.place.file).name, p.place.line, p.place.column, p.rule) for p in problems))
    assert found[0] == found[1]
    assert found[0]


def facts_of(flow: Flow) -> Mapping[str, object]:
    return {
        name: (step.requires, sorted(step.exits()), sorted(step.sets().items()), sorted(step.choice_outcomes()))
        for name, step in flow.steps.items()
    }


def test_shipped_flows_of_copies_have_the_same_steps_levels_and_choices(releases):
    models, of_copies = releases
    assert {name: facts_of(flow) for name, flow in models.flows.items()} == {
        name: facts_of(flow) for name, flow in of_copies.flows.items()
    }
    assert any("." in name for flow in of_copies.flows.values() for name in flow.steps), "nothing is protected"


def test_the_same_prompts_are_known(releases):
    heard = [{(p.language, p.text, p.rate, p.flow, p.step) for p in known_prompts(release)} for release in releases]
    assert heard[0] == heard[1]
    assert len(heard[0]) > 100


BANK = {
    "bank.caller": {"segment": "standard", "customer": "C1", "name": "李", "age": 40},
    "bank.verify": {"verified": True, "customer": "C1", "card": {"tail": "0128"}},
    "bank.balance": {"balance": "12.50", "card": {"tail": "0128"}},
    "bank.phone": {"number": "+8613800000001"},
    "tickets.open": {"ticket": "123456", "first_reply_by": "2026-11-24", "final_by": "2026-12-01",
                     "first_reply_hours": 24, "final_days": 5, "repeat": False},
    "queue.enter": {"state": "direct", "number": "+861000000001", "timeout": 20},
    "queue.call_back": {"reference": "12345678", "by": "2026-11-23T15:00"},
}  # fmt: skip
KEYS = ["1", "2", "3", "4", "9", "*", "#", "12", "0128", "135790", "11", "5000#"]


def next_input(chance: random.Random, reply: Reply) -> Input:
    if isinstance(reply.closing, Dial):
        return DialEnded(chance.choice(["completed", "busy", "no-answer"]), 60)
    if isinstance(reply.closing, Record):
        return Recorded("https://api.invalid/R", chance.choice([0.0, 9.0]))
    return chance.choice([Digits(chance.choice(KEYS)), Digits(chance.choice(KEYS[:4])), NoInput(), Speech("余额", 0.9)])


def played(engine: Engine, flow: str, seed: int) -> list[object]:
    """Play a call of random inputs; return all that was heard, and where the call stood."""
    chance = random.Random(seed)
    answer = Bank(dict(BANK)).answer
    reply = answer_all(engine.begin("CA1", CallStarted("+8613800000001", "+861000", flow), NOW), answer)
    course: list[object] = []
    for turn in range(40):
        frame = reply.call.frame
        course.append((reply.closing, frame.flow, frame.step, frame.history, frame.replayable, reply.call.keys_ahead))
        course.append([(event.kind, event.data) for event in reply.events])
        if isinstance(reply.closing, Hangup):
            break
        reply = answer_all(engine.turn(reply.call, next_input(chance, reply), NOW + 5 * turn), answer)
    return course


def test_callers_hear_the_same_from_copies(releases):
    models, of_copies = (Engine(release, SERVICES) for release in releases)
    for flow in releases[0].flows:
        for seed in range(6):
            assert played(models, flow, seed) == played(of_copies, flow, seed)


def test_manual_and_schema_describe_copies_as_they_do_models(copies):
    definitions = {f"{copy_name(kind)} step" for kind in MODELS.steps} | {"step"}
    assert set(flow_schema(copies)["definitions"]) == definitions
    listening = [
        re.findall(r"`(\w+)`", next(line for line in manual(language).splitlines() if LISTENING in line))
        for language in (MODELS, copies)
    ]
    assert sorted(map(copy_name, listening[0])) == sorted(listening[1])
    assert listening[0]
