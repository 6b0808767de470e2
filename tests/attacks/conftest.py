"""What the attacks on a hotline in this process share."""

from __future__ import annotations

import pytest

from ivr.flow.model import Release

from .hotline import Hotline


@pytest.fixture
def hotline(shipped: Release) -> Hotline:
    return Hotline(shipped)
