"""A caller who tells of a fraud is at risk from then on."""

from ivr.engine.inputs import Speech


def test_the_mark_stays_for_the_rest_of_the_call(phone):
    call = phone("  start: {menu: [{label: 余额, goto: start}]}").give(Speech("我被骗了"))
    assert call.call.facts.caller["risk"] is True
    assert call.events("risk")
