"""What the agent is to know: gathered without secrets, retold once, sealed at rest."""

from __future__ import annotations

import pytest

from ivr.crypto import Seal
from ivr.engine.service_ports.question import read_question
from ivr.engine.service_ports.queue import EnterQueue
from ivr.errors import StoreError
from ivr.secret import Secret
from ivr.services.queue.agent_context import (
    AgentContext,
    agent_context_of,
    mark_of,
    retold,
    seal_context,
    unseal_context,
)


def test_what_is_no_text_is_left_out_and_long_texts_are_cut() -> None:
    given = {"path": ["余额", 7, Secret("pin", "135790")], "typed": {"card": "****0128", "pin": Secret("pin", "1")}}
    asked = read_question(EnterQueue, {"call": "CA1", "desk": "vip", "name": "x" * 300, "context": given})
    context = agent_context_of("+8610", asked)
    assert (context.path, context.typed, context.reason) == (("余额",), {"card": "****0128"}, "")
    assert len(context.name) == 200


def test_only_the_newest_forty_of_the_path_go_along() -> None:
    given = {"path": [str(n) for n in range(50)]}
    path = agent_context_of("", read_question(EnterQueue, {"call": "CA1", "desk": "vip", "context": given})).path
    assert (len(path), path[-1]) == (40, "49")


def test_nobody_tells_twice_what_was_told_in_an_earlier_wait() -> None:
    before = AgentContext(reason="loss", message="https://recording", path=("挂失",), typed={"card": "****0128"})
    again = retold(AgentContext(name="张伟", path=("人工",), typed={"card": "****0002"}), before)
    assert (again.reason, again.message, again.path) == ("loss", "https://recording", ("挂失", "人工"))
    assert again.typed == {"card": "****0002"}
    assert retold(AgentContext(), AgentContext(name="张伟", customer="C1")).customer == "", "proof is not carried over"


def test_a_sealed_context_opens_with_its_key_only(seal: Seal) -> None:
    context = AgentContext(number="+8613800000001", name="张伟")
    sealed = seal_context(context, seal)
    assert unseal_context(sealed, seal) == context
    assert "张伟" not in sealed
    assert "13800000001" not in sealed
    with pytest.raises(StoreError):
        unseal_context(sealed, Seal(b"another key of 32 bytes or more."))
    assert unseal_context("", seal) == AgentContext()


def test_a_mark_stands_for_a_number_and_tells_it_to_nobody(seal: Seal) -> None:
    mark = mark_of("+8613800000001", seal)
    assert mark == mark_of("+8613800000001", seal) != mark_of("+8613800000002", seal)
    assert "13800000001" not in mark
    assert mark_of("", seal) == ""
