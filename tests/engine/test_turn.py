"""How long all lookups of one turn may take together."""

from __future__ import annotations

import pytest

from ivr.engine.call import Call, Frame
from ivr.engine.turn import ASKING_SECONDS, Services, Turn
from ivr.errors import LookupFailed


def test_lookups_of_one_turn_share_one_deadline():
    now, deadlines = [0.0], []

    def lookup(source, question, *, deadline, key):
        deadlines.append(deadline)
        now[0] += 1.7
        return {}

    call = Call("CA1", "r", "zh-CN", "", "", 0.0, (Frame("test", "s"),))
    turn = Turn(call, None, None, Services(lookup, None, None, None, None, timer=lambda: now[0]), 0.0)  # type: ignore[arg-type]
    turn.lookup("bank.verify", {}, deadline=2.0)
    turn.lookup("bank.balance", {}, deadline=2.0)
    with pytest.raises(LookupFailed, match="all the time there is"):
        turn.lookup("bank.balance", {}, deadline=2.0)
    assert deadlines == [2.0, pytest.approx(ASKING_SECONDS - 1.7)]
