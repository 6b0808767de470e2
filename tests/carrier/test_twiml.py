"""TwiML as data: the words of a text without its markup, whom a dial reaches, and how a fault reads."""

from __future__ import annotations

from ivr.carrier.twiml import OWN_RULE, Dial, Party, Say, SayPiece, TwimlFault


def test_the_words_of_a_text_are_one_line_without_its_markup() -> None:
    say = Say(
        (SayPiece("您好，\n "), SayPiece("", pause=0.5), SayPiece("  请按1。", rate=0.8)), "cmn-CN", "Polly.Zhiyu"
    )
    assert say.text == "您好， 请按1。"


def test_a_dial_reaches_all_its_parties_in_order() -> None:
    assert Dial((Party("+861"), Party("sip:a@b"))).numbers == ("+861", "sip:a@b")


def test_a_fault_has_twilios_number_unless_it_is_a_rule_of_ours() -> None:
    assert str(TwimlFault(11200, "status 500", url="/a")) == "11200: status 500"
    assert str(TwimlFault(OWN_RULE, "dead air", fatal=False)) == "dead air"
    assert TwimlFault(1, "x").fatal
