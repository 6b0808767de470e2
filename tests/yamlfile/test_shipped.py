"""Data files of the code are read whole, or the fault names the file."""

from __future__ import annotations

import pytest

from ivr.yamlfile.shipped import shipped_block


def test_a_shipped_block_is_read(tmp_path):
    file = tmp_path / "data.yaml"
    file.write_text("a: 1\nb: 二\n", "utf-8")
    assert [(key.text, value.text) for key, value in shipped_block(file).entries] == [("a", "1"), ("b", "二")]


@pytest.mark.parametrize("text", ["a: 1\na: 2\n", "- a\n", ""])
def test_a_spoiled_file_is_named(text, tmp_path):
    file = tmp_path / "data.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(AssertionError, match=r"data\.yaml cannot be read"):
        shipped_block(file)
