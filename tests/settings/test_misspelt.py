"""Variables that look like settings and are none."""

from __future__ import annotations

import pytest

from ivr.settings import VARIABLES
from ivr.settings.misspelt import misspelt


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("IVR_STOR", "IVR_STORE"),
        ("IVR_PUBLIC_ULR", "IVR_PUBLIC_URL"),
        ("IVR_KEYFILE", "IVR_KEY_FILE"),
        ("IVR_XYZZY", ""),
    ],
)
def test_a_variable_that_is_no_setting_is_found(name: str, meant: str) -> None:
    assert list(misspelt({name: "x", "PATH": "/bin"})) == [(name, meant)]


def test_settings_and_variables_of_tools_pass() -> None:
    names = [*VARIABLES.values(), "IVR_KEY_FILE", "IVR_DEBUG", "IVR_VENV", "IVR_SET_UP_BY", "IVR_TEST_ASSETS"]
    assert not list(misspelt(dict.fromkeys(names, "x")))
