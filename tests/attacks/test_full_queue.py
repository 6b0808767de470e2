"""A17, a flood of calls: those beyond the bound hear so at once, and callers whom the bank must hear still get in."""

from __future__ import annotations

from unittest.mock import patch

from ivr.services.queue.service import Queue
from tests.attacks.hotline import Hotline, twin

MOST = 200
FLOOD = 260


def flood(hotline: Hotline) -> list[str]:
    """Have hundreds of calls ask for a person at once, of whom there is one."""
    agents = hotline.ivr.queue.agents
    agents.add("li", "+8613900000001", tuple(hotline.ivr.release.line.desks))
    agents.ready("li", hotline.now)
    calls = [hotline.call(f"+86139{number:08d}").press("0") for number in range(FLOOD)]
    waiting = [waiter for waiter in hotline.ivr.queue.repository.state().waiters.values() if waiter.state == "waiting"]
    achieved = [f"{len(waiting)} wait"] if len(waiting) > MOST else []
    achieved += [
        f"{call.sid}: no way on" for call in calls if not any(verb in call.said for verb in ("<Gather", "<Dial"))
    ]
    return achieved


def test_a_flood_fills_the_queue_to_its_bound_and_everybody_has_a_way_on(hotline, shipped):
    assert flood(hotline) == []
    with twin(patch.object(Queue, "_is_full", lambda *_: False)):
        assert flood(Hotline(shipped))
