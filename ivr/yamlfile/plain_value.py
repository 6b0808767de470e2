"""Convert nodes into the values that a JSON answer would hold."""

from __future__ import annotations

import re
from typing import Any

from .source import Mapping, Node, Scalar

_WHOLE = re.compile(r"-?(0|[1-9]\d{0,14})\Z")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}


def plain_value(node: Node) -> Any:
    """Return the value of a node: blocks, lists, true, false, null, whole numbers and texts.

    What stands in quotes is text. A number with decimals stays text, as the answers of back ends keep money.
    """
    if isinstance(node, Mapping):
        return {key.text: plain_value(value) for key, value in node.entries}
    if not isinstance(node, Scalar):
        return [plain_value(item) for item in node.items]
    # As JSON has it: "1" is a text there, and 1 a number.
    if node.quoted or node.block:
        return node.text
    if node.text in _WORDS:
        return _WORDS[node.text]
    return int(node.text) if _WHOLE.match(node.text) else node.text
