"""Reading a folder of flows: all or nothing, versions by content, and no text in the world makes it raise."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr.errors import FlowError
from ivr.flow.catalogue import Catalogue
from ivr.flow.chart import Chart
from ivr.flow.loader import content_hash, inspect, load, read_flow, reload
from ivr.flow.rules import Parts, check_parts
from ivr.session.step_registry import catalogue
from ivr.yamlfile.source import Mapping, Node, Scalar, Sequence, read_text
from tests.strict_releases import strict_release

FLOWS = Path(__file__).parents[2] / "flows"
SHIPPED = {path.name: path.read_text("utf-8") for path in sorted(FLOWS.glob("*.yaml"))}
LANGUAGE = catalogue()
SHORT = """\
flow: short
start: hello
steps:
  hello:
    requires: L1
    prompt: {zh-CN: "您好，{caller.name|text}。", en-US: "Hello, {caller.name|text}."}
    menu:
      - {label: {zh-CN: 余额, en-US: balance}, phrases: {zh-CN: [查账], en-US: [money]}, goto: look}
      - {label: {zh-CN: 返回, en-US: back}, phrases: {zh-CN: [上一步], en-US: [go]}, do: back, when: caller.age >= 65}
    no_input: [{zh-CN: 请选择。, en-US: Choose.}]
    timeout: 5s
  look:
    lookup: {from: bank.balance, as: account, with: {limit: 3}, on_error: agent}
    next:
      - {when: account.balance > 100 and call.hour < 9, goto: hello}
      - {goto: agent}
  agent:
    transfer: {desk: general, priority: vip}
    otherwise: hello
"""
LINE = 'lines: {default: short}\ndesks: {general: "+861085550100"}\ndesk: general\n'
ODD = "：，“”{}[]|>\"'#*&!:- \t\n，。x0é\u3000\u200b\x00\ud83d"
often = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def use(files: dict[str, str]) -> None:
    """Read files: either they are refused with problems, or every flow can be run."""
    try:
        release = strict_release(files, LANGUAGE)
    except FlowError as refused:
        problems = refused.problems
    else:
        for flow in release.flows.values():
            Chart(flow)
        return
    assert problems
    assert all(problem.place.line >= 1 and problem.place.column >= 1 for problem in problems)


@st.composite
def mutated(draw: st.DrawFn, text: str) -> str:
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(0, len(text) - 1)))
        deed = draw(st.sampled_from(("delete", "double", "replace", "insert", "cut line", "double line", "swap lines")))
        lines = text.split("\n")
        row = text.count("\n", 0, at)
        match deed:
            case "delete":
                text = text[:at] + text[at + draw(st.integers(1, 5)) :]
            case "double":
                text = text[: at + 1] + text[at:]
            case "replace":
                text = text[:at] + draw(st.sampled_from(ODD)) + text[at + 1 :]
            case "insert":
                text = text[:at] + draw(st.text(ODD, max_size=3)) + text[at:]
            case "cut line":
                text = "\n".join(lines[:row] + lines[row + 1 :])
            case "double line":
                text = "\n".join(lines[: row + 1] + lines[row:])
            case "swap lines":
                other = draw(st.integers(0, len(lines) - 1))
                lines[row], lines[other] = lines[other], lines[row]
                text = "\n".join(lines)
    return text.replace("\ud83d", "\ufffd")


@often
@given(mutated(SHORT))
def test_no_slip_of_the_keyboard_makes_reading_raise(text):
    use({"short.yaml": text, "line.yaml": LINE})


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(["main_menu.yaml", "elderly_simple.yaml", "line.yaml"]).flatmap(
    lambda name: st.tuples(st.just(name), mutated(SHIPPED[name]))
))  # fmt: skip
def test_no_slip_in_the_shipped_files_makes_reading_raise(change):
    name, text = change
    use({**SHIPPED, name: text})


def parts_of(node: Node) -> list[Node]:
    inner: list[Node] = [node]
    if isinstance(node, Mapping):
        for _, value in node.entries:
            inner += parts_of(value)
    elif isinstance(node, Sequence):
        for item in node.items:
            inner += parts_of(item)
    return inner


def with_part(node: Node, old: Node, new: Node) -> Node:
    if node is old:
        return new
    if isinstance(node, Mapping):
        return Mapping(tuple((key, with_part(value, old, new)) for key, value in node.entries), node.place)
    if isinstance(node, Sequence):
        return Sequence(tuple(with_part(item, old, new) for item in node.items), node.place)
    return node


def shipped_node() -> Node:
    node, _ = read_text(SHORT, "short.yaml")
    assert node is not None
    return node


WHOLE = shipped_node()
PARTS = parts_of(WHOLE)


@often
@given(st.lists(st.tuples(st.integers(0, len(PARTS) - 1), st.integers(0, len(PARTS) - 1)), min_size=1, max_size=3))
def test_values_in_wrong_places_never_make_reading_raise(swaps):
    node = WHOLE
    for old, new in swaps:
        node = with_part(node, PARTS[old], PARTS[new])
    flow, problems = read_flow(node, "short", LANGUAGE)
    if flow is not None:
        check_parts(Parts({flow.name: flow}, frozenset({flow.name}), None))
    assert flow is not None or problems


@often
@given(st.integers(0, len(PARTS) - 1), st.text(max_size=12))
def test_any_text_in_any_place_never_makes_reading_raise(at, text):
    read_flow(with_part(WHOLE, PARTS[at], Scalar(text, PARTS[at].place)), "short", LANGUAGE)


def test_the_flow_that_is_mutated_is_sound():
    assert reload({"short.yaml": SHORT, "line.yaml": LINE}, LANGUAGE).flows["short"].languages == ("zh-CN", "en-US")


def test_the_shipped_flows_are_a_release_without_a_warning():
    release, problems = inspect(FLOWS, LANGUAGE)
    assert problems == []
    assert release is not None
    assert set(release.flows) == {name.removesuffix(".yaml") for name in SHIPPED} - {"line", "lookups"}


def test_a_release_is_named_by_what_is_in_its_files():
    first = load(FLOWS, LANGUAGE)
    assert first.version == reload(first.files, LANGUAGE).version == content_hash(first.files)
    assert content_hash({**first.files, "line.yaml": first.files["line.yaml"] + "\n"}) != first.version


def test_a_release_built_again_from_its_own_texts_is_the_same():
    first = load(FLOWS, LANGUAGE)
    assert reload(first.files, LANGUAGE).flows == first.flows


def test_errors_refuse_a_folder_and_warnings_do_not(tmp_path):
    for name, text in SHIPPED.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    path = tmp_path / "main_menu.yaml"
    forgotten = "\n  forgotten:\n    hangup: {zh-CN: 再见。, en-US: Goodbye.}\n"
    path.write_text(SHIPPED["main_menu.yaml"] + forgotten, encoding="utf-8")
    assert "forgotten" in load(tmp_path, LANGUAGE).flows["main_menu"].steps
    path.write_text(SHIPPED["main_menu.yaml"] + forgotten.replace("hangup", "hangpu"), encoding="utf-8")
    with pytest.raises(FlowError) as refused:
        load(tmp_path, LANGUAGE)
    assert [problem.rule for problem in refused.value.problems] == ["unknown-step-kind"]


def test_a_protected_step_gets_a_check_in_front_that_no_editor_can_name():
    flow = load(FLOWS, LANGUAGE).flows["main_menu"]
    guard = flow.steps["balance.verify"]
    assert guard.kind == "verify"
    assert guard.exits()["next"][0].goto.name == "balance"


def test_only_yaml_files_of_the_folder_itself_are_flows(tmp_path):
    (tmp_path / ".schema").mkdir()
    (tmp_path / ".schema" / "flow.yaml").write_text("flow: hidden")
    (tmp_path / "notes.txt").write_text("flow: notes")
    assert [problem.rule for problem in inspect(tmp_path, LANGUAGE)[1]] == ["no-flows"]


def test_what_the_language_does_not_know_is_asked_of_the_catalogue_alone():
    nothing = Catalogue({})
    node, _ = read_text("flow: x\nstart: a\nsteps:\n  a:\n    say: 您好\n", "x.yaml")
    assert node is not None
    flow, problems = read_flow(node, "x", nothing)
    assert [problem.rule for problem in problems] == ["unknown-step-kind"]
    assert flow is not None
    assert flow.unread == {"a"}


REFUSED_TODAY = """\
flow: short
start: hello
steps:
  hello:
    say: 您好。
    next: hello
  forgotten:
    hangup: 再见。
"""


def test_a_stored_release_is_usable_where_the_rules_of_today_would_not_let_it_go_live():
    files = {"short.yaml": REFUSED_TODAY, "line.yaml": LINE.replace("general}", "general}").replace("short", "gone")}
    with pytest.raises(FlowError) as refused:
        strict_release(files, LANGUAGE)
    rules = {problem.rule for problem in refused.value.problems if problem.level == "error"}
    assert rules == {"no-agent", "unknown-flow"}
    stored = reload(files, LANGUAGE)
    assert stored.version == content_hash(files)
    assert set(stored.flows["short"].steps) == {"hello", "forgotten"}
    line = files["line.yaml"].replace("desk: general", "desk: nowhere")
    assert reload({**files, "line.yaml": line}, LANGUAGE).line.desk == "nowhere"


def test_a_stored_release_that_the_language_cannot_read_is_refused():
    with pytest.raises(FlowError):
        reload({"short.yaml": SHORT.replace("menu:", "carousel:"), "line.yaml": LINE}, LANGUAGE)
