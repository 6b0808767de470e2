"""Problems that every report for programs has to write."""

from __future__ import annotations

from ivr.diagnostics.problem import Place, Problem

PROBLEMS = [
    Problem(
        Place("flows/主菜单 a,b.yaml", 14, 13, 6),
        "unknown-step",
        '100% wrong:\n"billng" is no step.',
        'Did you mean "billing"?',
        related=((Place("flows/b.yaml", 2, 3, 4), "the first"),),
    ),
    Problem(Place("flows/b.yaml", 1, 1), "hash", "# begins a comment.", level="warning"),
    Problem(Place("flows/b.yaml", 2, 1), "hash", "# begins a comment.", level="info"),
]
SOURCES = {"flows/主菜单 a,b.yaml": "", "flows/b.yaml": ""}
