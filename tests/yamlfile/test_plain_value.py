"""Nodes become the values that a JSON answer would hold."""

from ivr.yamlfile.plain_value import plain_value
from ivr.yamlfile.source import read_text


def test_quotes_make_text_and_money_stays_text():
    node, _ = read_text('a: 1\nb: "1"\nc: 1.50\nd: true\ne: "true"\nf:\ng: [0128, -3, x]\nh: {i: ~}\n', "x.yaml")
    assert plain_value(node) == {
        "a": 1,
        "b": "1",
        "c": "1.50",
        "d": True,
        "e": "true",
        "f": None,
        "g": ["0128", -3, "x"],
        "h": {"i": None},
    }
