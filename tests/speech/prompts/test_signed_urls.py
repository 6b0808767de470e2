"""Addresses of one caller's sounds: sealed, bounded in time, and of no use to anybody else."""

from __future__ import annotations

import pytest

from ivr.crypto import Seal
from ivr.speech.prompts.renderer import Wanted
from ivr.speech.prompts.signed_urls import HOLDS_SECONDS, MOST_LETTERS, SignedUrls

WANT = Wanted("您的余额为三元整。", "zh-CN", 0.75)
NOW = 1_795_399_200.0


def links(now: float = NOW, key: bytes = b"k" * 32) -> SignedUrls:
    return SignedUrls(Seal(key), lambda: now)


def name_in(address: str) -> str:
    assert address.startswith("/audio/spoken/")
    return address.removeprefix("/audio/spoken/").removesuffix(".wav")


def test_any_server_with_the_key_reads_what_is_wanted():
    assert links().read(name_in(links().address(WANT))) == WANT


def test_an_address_tells_nothing_and_is_never_the_same():
    first, second = links().address(WANT), links().address(WANT)
    assert first != second
    assert "余额" not in first
    assert first.isascii()


@pytest.mark.parametrize(
    ("later", "holds"), [(0, True), (HOLDS_SECONDS - 1, True), (HOLDS_SECONDS + 1, False), (-HOLDS_SECONDS - 1, False)]
)
def test_an_address_holds_as_long_as_a_call_may_last(later: float, holds: bool):
    name = name_in(links().address(WANT))
    assert (links(NOW + later).read(name) is not None) is holds


@pytest.mark.parametrize("name", ["", "A", "余额", "A" * (MOST_LETTERS + 1), "../../etc/passwd"])
def test_what_was_not_made_here_is_unknown(name: str):
    assert links().read(name) is None


def test_a_changed_letter_and_another_key_open_nothing():
    name = name_in(links().address(WANT))
    other = "A" if name[-8] != "A" else "B"
    assert links().read(name[:-8] + other + name[-7:]) is None
    assert links(key=b"x" * 32).read(name) is None
