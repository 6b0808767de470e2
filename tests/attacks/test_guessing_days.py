"""A2: guessing over many accounts and numbers, beside honest callers; `guessing_days` plays days of it by hand."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

import pytest

from ivr.engine import authentication
from ivr.flow.model import Release
from ivr.services.identity.spraying import SprayingWatch
from ivr.stores.sqlite import SqliteStore
from tests.attacks.guessing_days import Days, Figures, broken
from tests.attacks.hotline import twin


def played(release: Release, folder: Path, *, spoofs: bool = False) -> Figures:
    store = SqliteStore(folder / "ivr.db")
    figures = Days(release, store, accounts=2000, days=0.1, spoofs=spoofs).play(guesses=150, honest=150)
    store.close()
    return figures


@pytest.mark.parametrize("spoofs", [False, True], ids=["telephones of his own", "the numbers of customers"])
def test_few_accounts_are_tried_before_a_code_is_asked_for_and_honest_callers_get_through(
    shipped: Release, tmp_path: Path, spoofs: bool
) -> None:
    figures = played(shipped, tmp_path, spoofs=spoofs)
    assert broken(figures) == []
    assert figures.reached == figures.tried_first
    assert figures.proved >= 0.95 * figures.honest


def test_without_the_watch_every_guess_is_checked(shipped: Release, tmp_path: Path) -> None:
    with twin(patch.object(SprayingWatch, "charge", lambda *_, **__: False)):
        figures = played(shipped, tmp_path)
    assert figures.reached == figures.guesses
    assert "more than 1 % of the accounts were tried before the step-up" in broken(figures)


def test_a_code_that_is_not_checked_would_let_every_guess_through(shipped: Release, tmp_path: Path) -> None:
    with twin(patch.object(authentication, "check_code", _believes)):
        assert played(shipped, tmp_path).reached > 100


def _believes(turn, _code):
    scratch = turn.scratch_as(authentication.ProofScratch)
    turn.remember(authentication.replace(scratch, code=None, stepped_up=True))
    return authentication.Proof.GIVEN
