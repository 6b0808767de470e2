"""Texts with values: how slots are read, filled, and chosen by language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.diagnostics.problem import Place
from ivr.flow.text import Slot, Template, TemplateError, Text, parse_template

PLACE = Place("f.yaml", 1, 1)


def aloud(value, kind, argument):
    return f"<{value} as {kind}{':' + argument if argument else ''}>"


def filled(text: str, **values: object) -> str:
    return parse_template(text, PLACE).fill(values, aloud)


def test_values_are_put_in_as_their_kind():
    assert filled("余额为{account.balance|amount}。", account={"balance": "5"}) == "余额为<5 as amount>。"
    assert filled("{ n | count : 笔 }", n=2) == "<2 as count:笔>"
    assert filled("{items.0.name|text}", items=[{"name": "甲"}]) == "<甲 as text>"


def test_a_value_that_is_not_there_leaves_its_place_empty():
    assert filled("余额为{account.balance|amount}。") == "余额为。"
    assert filled("{a.b.c|text}{a.9|text}", a="x") == ""


def test_braces_written_twice_are_braces():
    template = parse_template("{{不是值}}{a|text}", PLACE)
    assert template.parts == ("{不是值}", Slot(("a",), "text"))


@pytest.mark.parametrize(
    ("text", "offset", "cure"),
    [
        ("您好{", 2, "twice"),
        ("您好}", 2, "twice"),
        ("{a|text} {b}", 9, "{b|text}"),
        ("{|text}", 0, "{account.balance|amount}"),
        ("{a.|text}", 0, "{account.balance|amount}"),
        ("{a|}", 0, "{a|text}"),
        ("{call.date}", 0, "{call.date|date}"),
        ("{caller.number|}", 0, "{caller.number|phone}"),
        ("{account.balance}", 0, "{account.balance|amount}"),
        ("{desks.vip.next_opening}", 0, "{desks.vip.next_opening|datetime}"),
        ("{1a|text}", 0, "{account.balance|amount}"),
        ("{a b|text}", 0, "{account.balance|amount}"),
    ],
)
def test_a_slot_that_cannot_be_read_is_told_with_its_place(text, offset, cure):
    with pytest.raises(TemplateError) as refused:
        parse_template(text, PLACE)
    assert refused.value.offset == offset
    assert cure in refused.value.cure
    assert str(refused.value).endswith(".")


def test_all_slots_of_a_text_that_cannot_be_read_are_told_at_once():
    with pytest.raises(TemplateError) as refused:
        parse_template("{call.date}{a|text}{ }好}", PLACE)
    assert [fault.offset for fault in (refused.value, *refused.value.further)] == [0, 19, 23]


@given(st.text(alphabet="ab|{}:. 笔", max_size=15))
def test_any_text_is_read_or_refused_within_its_bounds(text):
    try:
        found = parse_template(text, PLACE)
    except TemplateError as refused:
        offset = refused.offset
    else:
        offset = max([slot.offset for slot in found.slots()], default=0)
    assert 0 <= offset <= len(text)


@given(st.text(max_size=20))
def test_a_text_with_its_braces_doubled_is_said_as_it_was(text):
    assert filled(text.replace("{", "{{").replace("}", "}}")) == text


def test_the_nearest_language_is_said():
    texts = {tag: Template((tag,), PLACE) for tag in ("zh-CN", "en-US", "en-GB")}
    families = {"zh-CN": "zh", "en-US": "en", "en-GB": "en", "en-AU": "en", "yue-HK": "yue"}
    text = Text(texts, PLACE, families)
    assert text.language_for("en-GB") == "en-GB"
    assert text.language_for("en-AU") == "en-US"
    assert text.language_for("fr-FR") == "zh-CN"
    assert text.language_for("yue-HK") == "zh-CN"
    assert text.template("en-AU").parts == ("en-US",)


def test_a_slot_reads_an_item_by_number_or_by_a_value():
    values = {"sites": [{"name": "a"}, {"name": "b"}], "number": 2}
    template = parse_template(
        "{sites[0].name|text}{sites[number - 1].name|text}{sites.last.name|text}{sites[7].name|text}", PLACE
    )
    assert template.fill(values, lambda value, kind, argument: value) == "abb"
    assert [slot.path for slot in template.slots()][:2] == [("sites", "0", "name")] * 2
    assert template.names == {"sites", "number"}


def test_a_part_that_an_answer_lacks_is_named_and_a_value_that_is_not_set_is_not():
    template = parse_template("{account.card.tail|digits} {name|text} {caller.name|text}", PLACE)
    assert template.missing({"account": {"card": {"tail": None}}}) == "account.card.tail"
    assert template.missing({"account": {}}) == "account.card.tail"
    assert template.missing({"account": {"card": {"tail": "0128"}}}) == ""
    assert template.missing({}) == ""
