"""One stage per test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .stage import Stage, line_stage


@pytest.fixture
def stage() -> Iterator[Stage]:
    with line_stage() as ready:
        yield ready
