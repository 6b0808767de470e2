"""Graphviz draws, and what to do without it is told."""

from __future__ import annotations

import shutil
import xml.etree.ElementTree as ET

import pytest

from ivr.graph.dot import to_dot
from ivr.graph.graphviz import drawn
from ivr.graph.picture import GraphError

from .fixtures import PICTURE


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
def test_a_drawing_has_every_step() -> None:
    svg = ET.fromstring(drawn(to_dot(PICTURE, "zh"), "svg"))
    titles = {title.text for title in svg.iter("{http://www.w3.org/2000/svg}title")}
    assert {"a/main", "a/bye", "a/agent", "b/main"} <= titles
    with pytest.raises(GraphError, match="did not draw"):
        drawn("digraph {", "svg")


def test_without_graphviz_the_cure_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(GraphError, match=r"apt-get install graphviz.*Mermaid"):
        drawn("digraph {}", "svg")
