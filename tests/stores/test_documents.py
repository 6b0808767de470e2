"""Documents as text: only JSON maps, nothing shared, no value in a complaint."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import pytest

from ivr.secret import Secret
from ivr.stores._documents import first_key, from_text, to_text


def test_a_document_comes_back_as_a_new_object() -> None:
    document = {"name": "张伟", "tries": [1, 2], "nested": MappingProxyType({"a": None})}
    text = to_text(document)
    assert from_text(text) == {"name": "张伟", "tries": [1, 2], "nested": {"a": None}}
    assert from_text(text) is not from_text(text)
    assert to_text(None) is None
    assert from_text(None) is None


@pytest.mark.parametrize("document", [["a"], {"pin": Secret("pin", "135790")}, {"at": float("nan")}])
def test_what_is_no_json_map_is_refused_without_its_value(document: Any) -> None:
    with pytest.raises((TypeError, ValueError)) as refused:
        to_text(document)
    assert "135790" not in str(refused.value)


def test_keys_go_on_behind_the_last_one_and_begin_with_the_prefix() -> None:
    assert first_key("", "back-") == "back-"
    assert "back-a" < first_key("back-a", "back-") <= "back-a\0"
