"""Texts and phrases as editors write them: languages, folded lines, and where a slip in a text is shown."""

from __future__ import annotations

import pytest

from ivr.diagnostics.problem import Place
from ivr.flow.fields import Reading
from ivr.flow.text import parse_template
from ivr.flow.text_field import LanguageField, PhrasesField, TextField
from ivr.speech.verbalize import VALUE_KINDS, argument_fault
from ivr.yamlfile.source import Mapping, read_text

PLACE = Place("f.yaml", 1, 1)


def read(kind, text, **keywords):
    node, problems = read_text(text, "f.yaml")
    assert isinstance(node, Mapping)
    assert not problems
    reading = Reading(key="say", spoken_kinds=tuple(VALUE_KINDS), argument_fault=argument_fault, **keywords)
    return kind.read(node.get("say"), reading), reading.problems


def said(text: str) -> str:
    found, problems = read(TextField(), text)
    assert not problems
    return found.template("zh-CN").fill({"n": 2}, lambda value, kind, argument: f"{value}{argument}")


def test_a_text_is_in_the_language_of_the_flow_unless_it_says_otherwise():
    found, _ = read(TextField(), "say: Hello.\n", language="en-US")
    assert list(found.by_language) == ["en-US"]
    found, _ = read(TextField(), "say: {en-US: Hello., zh-CN: 您好。}\n")
    assert list(found.by_language) == ["en-US", "zh-CN"]


def test_folded_lines_leave_no_blank_between_chinese_characters():
    assert said("say: >\n  您好，\n  欢迎致电。\n") == "您好，欢迎致电。"
    assert said("say: >\n  按 1\n  two words\n") == "按1 two words"
    assert said("say: 共{n|count:笔}。\n") == "共2笔。"


@pytest.mark.parametrize(
    ("text", "rule", "column"),
    [
        ("say: 您好{n|money}。\n", "unknown-kind", 8),
        ("say: 您好{n}。\n", "bad-slot", 8),
        ("say: 您好{n|count}。\n", "bad-argument", 8),
        ("say: '您好{n|money}。'\n", "unknown-kind", 6),
        ("say: {zh_CN: 您好。}\n", "bad-language", 7),
        ("say: [您好。]\n", "wrong-type", 6),
        ("say:\n", "wrong-type", 5),
        ("say: {zh-CN: [您好。]}\n", "wrong-type", 14),
    ],
)
def test_a_slip_in_a_text_is_shown_where_it_is(text, rule, column):
    found, (problem,) = read(TextField(), text)
    assert found is None
    assert (problem.rule, problem.place.column) == (rule, column)


@pytest.mark.parametrize(
    ("tag", "cure"), [("zh_CN", "Write zh-CN."), ("ZH-cn", "Write zh-CN."), ("en-us", "Write en-US.")]
)
def test_a_tag_that_is_nearly_right_is_put_right(tag, cure):
    assert read(LanguageField(), f"say: {tag}\n")[1][0].cure == cure
    assert read(TextField(), f"say: {{{tag}: 您好}}\n")[1][0].cure == cure


def test_phrases_are_a_list_or_one_or_a_list_for_each_language():
    assert read(PhrasesField(), "say: [余额, 还有多少钱]\n")[0].by_language == {"zh-CN": ("余额", "还有多少钱")}
    assert read(PhrasesField(), "say: 余额\n")[0].for_language("zh-CN") == ("余额",)
    found, _ = read(PhrasesField(), "say: {zh-CN: [余额], en-US: balance}\n")
    assert found.by_language == {"zh-CN": ("余额",), "en-US": ("balance",)}
    assert found.for_language("fr-FR") == ()
    assert read(PhrasesField(), "say: [{a: b}]\n")[0] is None


def test_a_text_of_the_line_stands_where_it_is_named():
    bye, greeting = parse_template("再见，{caller.name|name}。", PLACE), parse_template("Hi.", PLACE)
    line_texts = {"bye": {"*": bye}, "en": {"en-US": greeting}}
    reading = Reading(spoken_kinds=("name",), line_texts=line_texts)
    node, _ = read_text("- 好的，{texts.bye}\n- '{texts.by}'\n- '{texts.en}'\n", "x.yaml")
    texts = [TextField().read(item, reading) for item in node.items]
    first, second, third = texts[0].template("zh-CN").parts
    assert (first, second.path, third) == ("好的，再见，", ("caller", "name"), "。")
    assert texts[1:] == [None, None]
    assert [problem.rule for problem in reading.problems] == ["unknown-value", "missing-language"]
