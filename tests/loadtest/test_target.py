"""Which server is loaded: this machine, unless another is named."""

from __future__ import annotations

import pytest

from ivr.loadtest.process import LoadError
from ivr.loadtest.target import DEFAULT_URL, choose

PUBLIC = {"IVR_PUBLIC_URL": "https://ivr.invalid"}


def test_the_named_server_comes_first_then_the_setting_then_the_default() -> None:
    assert choose("https://ivr.invalid/", {}) == "https://ivr.invalid"
    assert choose(None, {"IVR_PUBLIC_URL": "http://127.0.0.1:9000/"}) == "http://127.0.0.1:9000"
    assert choose(None, {}) == DEFAULT_URL


def test_another_machine_has_to_be_named() -> None:
    with pytest.raises(LoadError, match=r"name it: --url https://ivr\.invalid"):
        choose(None, PUBLIC)
    assert choose("https://ivr.invalid", PUBLIC) == "https://ivr.invalid"


@pytest.mark.parametrize("url", ["ftp://127.0.0.1", "127.0.0.1:8080", "http://"])
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(LoadError, match="no web address"):
        choose(url, {})
