"""A caller who tells of a fraud is at risk from then on."""

import pytest

from ivr.engine.inputs import Speech


@pytest.mark.parametrize("words", ["我被骗了", "有个自称公安的人让我转账", "我把验证码给别人了"])
def test_the_mark_stays_for_the_rest_of_the_call(phone, words):
    call = phone("  start: {menu: [{label: 余额, goto: start}]}").give(Speech(words))
    assert call.call.facts.caller["risk"] is True
    assert call.events("risk")


@pytest.mark.parametrize("words", ["公安局旁边的网点", "我没被骗", "我要转账"])
def test_words_that_merely_resemble_a_fraud_mark_nobody(phone, words):
    call = phone("  start: {menu: [{label: 余额, goto: start}]}").give(Speech(words))
    assert not call.call.facts.caller.get("risk")
