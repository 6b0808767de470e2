"""The schema that editors use accepts the shipped flows, and refuses what it can know to be wrong."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from ivr.flow.schema import flow_schema, line_schema, lookups_schema
from ivr.session.step_registry import catalogue
from ivr.yamlfile.source import Mapping, Node, Sequence, read_text

FLOWS = Path(__file__).parents[2] / "flows"
WHOLE = {"flow": "f", "start": "a", "steps": {"a": {"hangup": "再见"}}}


def plain(node: Node) -> object:
    if isinstance(node, Mapping):
        return {key.text: plain(value) for key, value in node.entries}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return node.text


def parsed(path: Path) -> object:
    node, problems = read_text(path.read_text("utf-8"), path.name)
    assert node is not None
    assert not problems
    return plain(node)


@pytest.fixture(scope="module")
def flows():
    return jsonschema.Draft7Validator(flow_schema(catalogue()))


@pytest.fixture(scope="module")
def lines():
    return jsonschema.Draft7Validator(line_schema())


def with_step(**keys: object) -> dict[str, object]:
    return {**WHOLE, "steps": {"a": keys, "b": {"hangup": "再见"}}}


def test_the_schemas_are_schemas(flows, lines, lookups):
    for validator in (flows, lines, lookups):
        jsonschema.Draft7Validator.check_schema(validator.schema)


@pytest.fixture(scope="module")
def lookups():
    return jsonschema.Draft7Validator(lookups_schema())


@pytest.mark.parametrize("path", sorted(FLOWS.glob("*.yaml")), ids=lambda path: path.name)
def test_the_shipped_files_fit_their_schema(path, flows, lines, lookups):
    {"line.yaml": lines, "lookups.yaml": lookups}.get(path.name, flows).validate(parsed(path))


@pytest.mark.parametrize(
    "service",
    [
        {"address": "https://a.example"},
        {"address": "https://a.example", "questions": {}, "token": "in clear"},
        {"address": {"setting": "A"}, "questions": {"ask": {"method": "PUT"}}},
        {"address": {"setting": "A"}, "questions": {"ask": {"takes": {"a": {"needed": True}}}}},
    ],
)
def test_the_schema_of_lookups_refuses_what_ivr_check_refuses(service, lookups):
    assert not lookups.is_valid({"services": {"a": service}})


@pytest.mark.parametrize(
    "flow",
    [
        {},
        {**WHOLE, "stepz": {}},
        {**WHOLE, "profile": "slow"},
        {**WHOLE, "language": "Chinese"},
        {**WHOLE, "steps": {}},
        {**WHOLE, "steps": {"return": {"hangup": "再见"}}},
        {**WHOLE, "steps": {"1st": {"hangup": "再见"}}},
        {**WHOLE, "globals": [{"key": "0", "goto": "a", "do": "back"}]},
        {**WHOLE, "globals": [{"key": "0"}]},
        {**WHOLE, "globals": [{"key": "10", "goto": "a"}]},
        with_step(prompt="没有种类"),
        with_step(say="一", next="b", hangup="二"),
        with_step(say="一"),
        with_step(say="一", next="b", nxt="b"),
        with_step(say={"Chinese": "一"}, next="b"),
        with_step(say="一", next=[{"when": "x > 1"}]),
        with_step(menu=[], tries="3"),
        with_step(menu=[{"label": "一", "goto": "b"}], tries=9),
        with_step(menu=[{"label": "一", "goto": "b"}], timeout="soon"),
        with_step(menu=[{"label": "一", "goto": "b"}], requires="L9"),
        with_step(collect="age", **{"as": "x"}, next="b"),
    ],
)
def test_what_a_schema_can_know_to_be_wrong_is_refused(flow, flows):
    assert not flows.is_valid(flow)


@pytest.mark.parametrize(
    "keys",
    [
        {"say": "一", "next": "b"},
        {"say": {"zh-CN": "一", "en-US": "one"}, "next": [{"when": "x > 1", "goto": "b"}, "b"]},
        {"menu": [{"label": "一", "goto": "b", "phrases": {"zh-CN": ["一"]}}], "tries": 3, "timeout": 5},
        {"menu": [{"label": "一", "key": 1, "do": "back"}], "barge_in": False, "no_input": "请选择"},
        {"flow": "other", "next": "b"},
        {"lookup": {"from": "bank.x", "on_error": "b", "with": {"limit": 3}}, "next": "b"},
    ],
)
def test_what_reads_is_valid_also_when_an_editor_sees_numbers_and_booleans(keys, flows):
    flows.validate(with_step(**keys))


def test_step_names_of_any_script_fit(flows):
    flows.validate({**WHOLE, "steps": {"查询余额": {"hangup": "再见"}, "step-2_b": {"hangup": "再见"}}})


def test_every_field_is_explained(flows):
    properties = [flows.schema["properties"]]
    properties += [one["properties"] for one in flows.schema["definitions"].values()]
    unexplained = [key for block in properties for key, one in block.items() if not one.get("markdownDescription")]
    assert not unexplained
