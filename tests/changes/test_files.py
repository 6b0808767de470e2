"""Values of line.yaml that were changed, added and removed."""

from __future__ import annotations

from .fixtures import LINE, release, sentences


def test_each_value_is_told_by_its_path() -> None:
    line = LINE.replace("lines: {default: hotline}", 'lines: {default: hotline, "+861000": hotline}')
    line = line.replace('"+861085550100"', '"+861085550199"')
    assert sentences(release(line=line)) == [
        "line.yaml: desks.general is now +861085550199 (before: +861085550100).",
        "line.yaml: lines.+861000 is new: hotline.",
    ]
    assert sentences(release(), old=release(line=line))[0] == "line.yaml: lines.+861000 is gone (before: hotline)."
