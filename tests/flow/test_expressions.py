"""Conditions: what they say, that they never fail in a call, and that nothing dangerous can be written."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.diagnostics.problem import Place
from ivr.flow.expressions import LONGEST_EXPRESSION, ExpressionError, parse_expression
from ivr.secret import Secret
from tests.flow import plain_expressions

PLACE = Place("f.yaml", 1, 1)
VALUES = {
    "caller": {"age": 72, "segment": "vip", "name": "王秀英", "known": True},
    "account": {"balance": "3200.05", "items": [{"amount": "10"}, {"amount": "20"}]},
    "empty": "",
    "pin": Secret("pin", "135790"),
    "none": "never read",
}


def holds(text: str) -> bool:
    return parse_expression(text, PLACE).holds(VALUES)


@pytest.mark.parametrize(
    "text",
    [
        "caller.age >= 65",
        "caller.age>=65 and caller.segment == 'vip'",
        'caller.segment in ["vip", "corporate"]',
        'caller.segment not in ["standard"]',
        "not empty",
        "caller.known",
        "caller.known == true",
        "account.balance > 3200",
        "account.balance == 3200.05",
        "account.balance <= 3200.050",
        "60 < caller.age < 80",
        "nobody == none",
        "nobody.at.all == null",
        "caller.age + 1 == 73",
        "caller.age * 2 - 100 == 44",
        "caller.age / 0 == none",
        "-caller.age < 0",
        "'秀' in caller.name",
        "pin == '135790'",
        "'2026-11-20' < '2026-11-21'",
        "'9:30' < '10:00'",
        "'9:00' == '09:00'",
        "account.items[0].amount == 10",
        "account.items[caller.age - 71].amount == 20",
        "account.items[9].amount == none",
        "account.items.last.amount == 20",
        "account.items.first.amount < account.items[1].amount",
        "account.items.length == 2",
        "account['balance'] > 3000",
        "caller.age ＞ 65",
        "（caller.age > 65）",
        "(caller.age > 99 or caller.known) and not empty",
    ],
)
def test_what_holds(text):
    assert holds(text)


@pytest.mark.parametrize(
    "text",
    [
        "nobody",
        "nobody > 5",
        "nobody < 5",
        "caller.name > 5",
        "empty",
        "pin == '000000'",
        "caller.segment == vip",
        "caller in 5",
        "5 in caller",
        "caller.age.of.what",
        "none",
    ],
)
def test_what_does_not_hold(text):
    assert not holds(text)


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("caller.segment = 'vip'", "=="),
        ("caller.age => 65", ">="),
        ("a && b", '"and"'),
        ("a || b", '"or"'),
        ("!caller.known", '"not"'),
        ("", "caller.age"),
        ("a b", "caller.age"),
        ("a " + "and a " * LONGEST_EXPRESSION, "Split"),
        ("f()", "=="),
        ("caller.age.__class__", "underscore"),
        ("_hidden", "=="),
        ("().__class__", "name"),
        ("'x'.upper", "name"),
        ("[x for x in caller]", "=="),
        ("lambda: 1", "=="),
        ("a[0:1]", "sites[0]"),
        ("a[-1]", "last"),
        ("a[1.5]", "sites[0]"),
        ("[1, 2][0]", "sites[0]"),
        ("call.date >= 2026-12-30", '"2026-12-30"'),
        ("call.time < 9:00", '"09:00"'),
        ("2 ** 999999", "=="),
        ("a if b else c", "=="),
        ("{1: 2}", "=="),
        ("f'{a}'", "=="),
        ("b'x' == a", "texts in quotes"),
        ("1j", "texts in quotes"),
        ("... == a", "texts in quotes"),
        ("a := 1", "=="),
        ("a is b", "=="),
        ("a.0 == 1", "caller.age"),
        ("a\nb", "caller.age"),
        ("(" * 300 + "a" + ")" * 150, "caller.age"),
        ("\x00", "caller.age"),
    ],
)
def test_what_is_refused_comes_with_a_cure(text, cure):
    with pytest.raises(ExpressionError) as refused:
        parse_expression(text, PLACE)
    assert cure in refused.value.cure
    assert str(refused.value).endswith(".")


def test_a_hundred_brackets_are_no_way_to_bring_it_down():
    with pytest.raises(ExpressionError):
        parse_expression("(" * 240 + "a" + ")" * 240, PLACE)


def test_the_paths_that_are_read_are_named_once_and_whole():
    text = "caller.age > 65 and (a.b.c == none or true) and x in [y, 'z']"
    assert sorted(parse_expression(text, PLACE).paths()) == [("a", "b", "c"), ("caller", "age"), ("x",), ("y",)]


def test_sums_of_money_are_exact():
    assert parse_expression("0.1 + 0.2", PLACE)({}) == "0.3"
    assert parse_expression("account.balance + 1", PLACE)(VALUES) == "3201.05"
    assert parse_expression("1 + 1", PLACE)({}) == 2


def test_two_expressions_are_equal_by_their_text():
    assert parse_expression("a == 1", PLACE) == parse_expression(" a == 1 ", Place("g.yaml", 9, 9))
    assert "135790" not in repr(parse_expression("pin == 1", PLACE)(VALUES))


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just(Secret("pin", "1")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    "text", ["true >= 1", "true > 0", "false < 1", "caller.known >= 1", "1 <= true", "true + 1 == 2"]
)
def test_true_and_false_are_no_numbers(text):
    assert parse_expression(text, PLACE)({"caller": {"known": True}}) is False


operands = st.sampled_from(["a", "b", "a.b", "a.b.c", "1", "2.5", "'x'", "none", "true", "[a, 1]", "-b", "not a"])
signs = st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "in", "not in", "and", "or", "+", "-", "*", "/"])


@given(operands, signs, operands, signs, operands, values, values)
def test_no_values_make_a_condition_fail(first, one, second, other, third, a, b):
    text = f"({first}) {one} ({second}) {other} ({third})"
    parse_expression(text, PLACE).holds({"a": a, "b": b})


@given(st.text(alphabet="ab.()[]'\"=<>!&|+-*/ ,0１　＝{}:#\\\n", max_size=20))
def test_any_text_is_a_condition_or_refused(text):
    try:
        parse_expression(text, PLACE).holds({"a": {"b": 1}})
    except ExpressionError as refused:
        told = str(refused)
    else:
        told = "."
    assert told.endswith(".")


ATOMS = (
    "caller.age", "caller.segment", "caller.name", "caller.known", "caller", "account.balance", "account.items",
    "account.items.x", "empty", "pin", "pin.kind", "nobody", "nobody.at.all", "price", "share", "true", "none", "1",
    "72", "0", "2.5", "-3", "'vip'", "'72'", "''", "'nan'", "'1e5'", "'2026-11-20'", "[]", "['vip', 72]", "(1, '2.50')",
)  # fmt: skip
OPERATORS = ("==", "!=", "<", "<=", ">", ">=", "in", "not in")
CONTENTS = (
    None, True, False, 0, 1, 72, 10**20, 2.5, float("nan"), "", "vip", "72", "3200.05", "2026-11-21", "nan", [],
    [72, "vip"], {"age": 65}, {}, Secret("pin", "135790"), Secret("pin", "1"),
)  # fmt: skip


def random_expression(rng: random.Random, depth: int) -> str:
    if depth == 0:
        return rng.choice(ATOMS)
    inner = [random_expression(rng, rng.randrange(depth)) for _ in range(3)]
    match rng.randrange(6):
        case 0:
            return f"(not {inner[0]})"
        case 1:
            return f"(-{inner[0]})"
        case 2:
            return f"({inner[0]} {rng.choice('+-*/')} {inner[1]})"
        case 3:
            return f"({inner[0]} {rng.choice(OPERATORS)} {inner[1]})"
        case 4:
            return f"({inner[0]} {rng.choice(OPERATORS)} {inner[1]} {rng.choice(OPERATORS)} {inner[2]})"
    sign = rng.choice(("and", "or"))
    return f"({inner[0]} {sign} {inner[1]} {sign} {inner[2]})"


def random_values(rng: random.Random) -> dict[str, Any]:
    names = ("age", "segment", "name", "known")
    values = {name: rng.choice(CONTENTS) for name in ("empty", "pin", "price", "share", "nobody", "caller", "account")}
    if rng.random() < 0.8:
        values["caller"] = {name: rng.choice(CONTENTS) for name in names}
        values["account"] = {"balance": rng.choice(CONTENTS), "items": rng.choice(CONTENTS)}
    return {name: value for name, value in values.items() if rng.random() < 0.9}


@pytest.mark.parametrize("seed", range(4))
def test_compiled_expressions_give_what_a_walk_over_the_tree_gives(seed: int) -> None:
    rng, compared = random.Random(seed), 0
    while compared < 2000:
        text = random_expression(rng, rng.randrange(5))
        if len(text) > LONGEST_EXPRESSION:
            continue
        expression = parse_expression(text, PLACE)
        for values in (random_values(rng), random_values(rng)):
            expected, value = plain_expressions.evaluate(text, values), expression(values)
            assert (type(value), repr(value)) == (type(expected), repr(expected)), text
            assert expression.holds(values) is bool(expected)
            compared += 1
