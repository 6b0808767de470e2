import pytest

from ivr.carrier.twiml import Gather, Say, SayPiece, TwimlFault
from ivr.carrier.twiml_parser import falls_silent, parse_twiml


def read(inside: str):
    return parse_twiml(f'<?xml version="1.0" encoding="UTF-8"?><Response>{inside}</Response>'.encode())


def test_a_gather_is_read_with_everything_that_matters():
    (gather,) = read(
        '<Gather action="/a?turn=1&amp;x=2" input="dtmf speech" timeout="7" numDigits="4" finishOnKey=""'
        ' speechTimeout="auto" language="cmn-Hans-CN" hints="余额, 挂失" actionOnEmptyResult="true" bargeIn="false">'
        '<Say language="cmn-CN" voice="Polly.Zhiyu">请按<break time="500ms"/><prosody rate="80%">一</prosody></Say>'
        "</Gather>"
    ).verbs
    say = Say((SayPiece("请按"), SayPiece("", 1.0, 0.5), SayPiece("一", 0.8)), "cmn-CN", "Polly.Zhiyu")
    assert gather == Gather(
        prompts=(say,), action="/a?turn=1&x=2", speech=True, timeout=7.0, speech_timeout=1.0, num_digits=4,
        finish_on_key="", action_on_empty=True, barge_in=False, language="cmn-Hans-CN", hints=("余额", "挂失"),
    )  # fmt: skip
    assert say.text == "请按一"


@pytest.mark.parametrize(
    ("answer", "number", "words"),
    [
        ({"status": 500}, 11200, "status 500"),
        ({"status": 404}, 11200, "status 404"),
        ({"content_type": "application/json"}, 12300, "application/json"),
        ({"content_type": "text/plain"}, 12300, "text/plain"),
        ({"content_type": ""}, 12300, "none"),
        ({"body": b""}, 12100, "empty"),
        ({"body": b'\n<?xml version="1.0"?><Response/>'}, 12100, "before the first <"),
        ({"body": b"\xef\xbb\xbf<Response/>"}, 12100, "before the first <"),
        ({"body": b"<Response><Say>a & b</Say></Response>"}, 12100, "not well-formed"),
        ({"body": b"<response/>"}, 12100, "<response>"),
        ({"body": b'<!DOCTYPE x [<!ENTITY a "b">]><Response/>'}, 12100, "DOCTYPE"),
        ({"body": b"<Response>" + b" " * 65_536 + b"</Response>"}, 11750, "65536"),
    ],
)
def test_an_answer_that_twilio_cannot_read_is_a_fault_with_its_number(answer, number, words):
    with pytest.raises(TwimlFault, match=words) as caught:
        parse_twiml(**{"body": b"<Response/>", **answer})
    assert caught.value.number == number
    assert caught.value.fatal


@pytest.mark.parametrize(
    ("inside", "number"),
    [
        ('<Gather action="/a"><Record/></Gather>', 13320),
        ('<Gather action="/a" numDigits="0"/>', 13314),
        ('<Gather action="/a" numDigits="four"/>', 13314),
        ('<Gather action="/a" timeout="0"/>', 13313),
        ('<Gather action="/a" timeout="2.5"/>', 13313),
        ('<Gather action="/a" finishOnKey="##"/>', 13310),
        ('<Gather action="/a" finishOnKey="x"/>', 13310),
        ('<Gather action="/a" method="PUT"/>', 13312),
        ('<Gather action="/a" input="keys"/>', 13326),
        ('<Gather action="/a" actionOnEmptyResult="yes"/>', 13338),
        ('<Gather action="/a" input="speech" language="zh-CN"/>', 13331),
        ('<Gather action="/a" input="speech" language="cmn-CN"/>', 13331),
        ('<Gather action="/a" input="speech" speechTimeout="auto" speechModel="phone_call"/>', 13335),
        ('<Gather action="/a" input="speech" hints="' + "x" * 101 + '"/>', 13330),
        ("<Say></Say>", 13520),
        ('<Say language="cmn-Hans-CN">你好</Say>', 13512),
        ("<Say>你好</Say>", 13512),
        ('<Say language="cmn-CN" voice="Polly.Zhiyu">' + "好" * 1001 + "</Say>", 13521),
        ('<Say language="cmn-CN" voice="Polly.Zhiyu">' + "好" * 501 + "</Say>", 13521),
        ('<Say language="en-US">' + "a" * 4097 + "</Say>", 13521),
        ("<Play></Play>", 13420),
        ('<Play digits="E"/>', 13430),
        ('<Pause length="0"/>', 13910),
        ("<Dial/>", 13221),
        ("<Dial><Say>x</Say></Dial>", 13215),
        ('<Reject reason="no"/>', 13810),
        ("<Enqueue/>", 14201),
    ],
)  # fmt: skip
def test_a_verb_that_breaks_its_rules_is_a_fault_with_twilios_number(inside, number):
    with pytest.raises(TwimlFault) as caught:
        read(inside)
    assert caught.value.number == number


def test_the_right_language_is_named_where_a_wrong_one_stands():
    with pytest.raises(TwimlFault, match="write cmn-Hans-CN"):
        read('<Gather action="/a" input="speech" language="zh-CN"/>')
    with pytest.raises(TwimlFault, match="write cmn-CN"):
        read('<Say language="cmn-Hans-CN">你好</Say>')


def test_a_gather_for_keys_alone_may_name_any_language():
    assert read('<Gather action="/a" language="zh-CN"/>').warnings == ()


def test_a_deepgram_model_takes_its_own_codes():
    read('<Gather action="/a" input="speech" language="zh-CN" speechModel="deepgram_nova-3"/>')


@pytest.mark.parametrize(
    ("inside", "words"),
    [
        ("<say>x</say><Hangup/>", "no verb <say>"),
        ("<Connect/><Hangup/>", "<Connect> is not played by this phone"),
        ('<Say lang="en-US">x</Say>', "no attribute 'lang'"),
        ('<Gather numDigits="1"/>', "no action"),
        ("<Record/>", "no action"),
        ("hello<Hangup/>", "text between the verbs"),
        ("<Hangup>now</Hangup>", "must be empty"),
        ('<Say voice="Polly.Zhiyu" language="cmn-CN">你<b>好</b></Say>', "<b> cannot stand inside <Say>"),
    ],
)
def test_what_twilio_only_warns_of_is_a_warning(inside, words):
    (warning,) = read(inside).warnings
    assert words in warning.message
    assert not warning.fatal


@pytest.mark.parametrize(
    ("inside", "silent"),
    [
        ("", True),
        ("<Say>bye</Say>", True),
        ('<Gather action="/a"/>', True),
        ('<Gather action="/a"/><Say>bye</Say>', True),
        ("<Dial>+861</Dial>", True),
        ('<Gather action="/a" actionOnEmptyResult="true"/>', False),
        ('<Gather action="/a"/><Redirect>/again</Redirect>', False),
        ('<Dial action="/after">+861</Dial>', False),
        ('<Record action="/after"/>', False),
        ("<Say>bye</Say><Hangup/>", False),
        ("<Reject/>", False),
    ],
)
def test_a_document_that_leaves_a_silent_caller_to_nothing_is_found(inside, silent):
    assert falls_silent(read(inside)) is silent
