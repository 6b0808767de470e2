"""phrases.yaml: phrases of a line's own, and languages that are not shipped. Its faults: tests/broken_flows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ivr.flow.loader import inspect_files
from ivr.flow.model import Release
from ivr.flow.own_phrases import phrases_schema, read_phrases
from ivr.flow.phrasebook import SHIPPED_PHRASES, all_phrase_keys, written_phrases
from ivr.session.step_registry import catalogue
from ivr.speech.languages import families
from ivr.speech.prompts import known_prompts
from ivr.yamlfile.source import read_text

SPANISH = (Path(__file__).parents[1] / "flows/lines/office/flows/phrases.yaml").read_text("utf-8")
LINE = 'lines: {default: main}\ndesks: {general: "+861085550100"}\ndesk: general\n'
FLOW = """\
flow: main
language: es-US
start: hello
steps:
  hello: {say: SAID, next: agent}
  agent: {transfer: general, otherwise: goodbye}
  goodbye: {hangup: Adiós.}
"""


def read(said: str = "Hola.", phrases: str | None = SPANISH):
    files = {"line.yaml": LINE, "main.yaml": FLOW.replace("SAID", said)}
    return inspect_files(files if phrases is None else {**files, "phrases.yaml": phrases}, catalogue())


def test_a_language_without_a_row_is_refused_until_phrases_yaml_has_all_its_phrases():
    (problem,) = read(phrases=None)[1]
    assert (problem.rule, problem.place.line) == ("unknown-language", 2)
    assert "phrases.yaml may add a language" in problem.cure
    lacking = SPANISH.replace("  hold: Claro. Espero un minuto.\n", "").replace(
        "  queue_next: Usted es el siguiente.\n", ""
    )
    (problem,) = read(phrases=lacking)[1]
    assert (problem.rule, problem.place.file, problem.place.line) == ("missing-phrase", "phrases.yaml", 1)
    assert "es-US lacks 2: hold, queue_next." in problem.message
    release, problems = read()
    assert release is not None
    assert problems == []


@pytest.mark.parametrize("kind", ["amount", "date", "time", "duration", "ordinal"])
def test_a_kind_of_value_that_needs_words_is_refused_at_its_place(kind: str):
    (problem,) = read(f'"Son {{call.number|{kind}}}."')[1]
    assert (problem.rule, problem.place.line) == ("bad-argument", 5)
    assert "has no reader for values that need words" in problem.message


@pytest.mark.parametrize("kind", ["digits", "phone", "number", "count:personas", "text"])
def test_a_kind_of_value_that_is_read_as_figures_is_taken(kind: str):
    assert read(f'"Son {{call.number|{kind}}}."')[1] == []


def test_phrases_replace_those_of_a_shipped_language_and_leave_the_others():
    own, problems = read_phrases(
        read_text("zh-CN: {verified: 核对好了。}\n", "phrases.yaml")[0], families(), ("normal",)
    )
    assert problems == []
    assert own.books.phrase("zh-CN", "verified") == "核对好了。"
    assert own.books.phrase("zh-CN", "hold") == SHIPPED_PHRASES.phrase("zh-CN", "hold")
    assert own.books.phrase("en-US", "verified") == SHIPPED_PHRASES.phrase("en-US", "verified")
    assert own.families == {}


def test_a_language_may_be_that_of_another_country_and_stands_in_for_its_family():
    text = "en-AU: {same_as: en-GB, verified: No worries.}\n"
    own, problems = read_phrases(read_text(text, "phrases.yaml")[0], families(), ())
    assert problems == []
    assert own.families == {"en-AU": "en"}
    assert own.books.phrase("en-AU", "verified") == "No worries."
    assert own.books.phrase("en-AU", "ask_pin") == SHIPPED_PHRASES.phrase("en-GB", "ask_pin")


def test_a_priority_of_the_line_has_words_for_agents():
    text = "zh-CN: {agent_hazard: 紧急，管道爆裂}\n"
    own, problems = read_phrases(read_text(text, "phrases.yaml")[0], families(), ("normal", "hazard"))
    assert problems == []
    assert "agent_hazard" in own.books.keys("zh-CN")


def test_phrases_of_the_line_are_listed_for_recording():
    release, _ = read()
    assert isinstance(release, Release)
    texts = {prompt.id: prompt.text for prompt in known_prompts(release) if prompt.language == "es-US"}
    assert texts["phrases.transfer"] == "Le comunico con una persona. No cuelgue, por favor."


def test_the_schema_names_every_phrase():
    block = phrases_schema()["patternProperties"].popitem()[1]
    assert {"same_as", *all_phrase_keys("zh-CN")} == set(block["properties"])
    assert json.dumps(block)
    assert block["properties"]["hold"]["description"] == written_phrases("en-US")["hold"]
