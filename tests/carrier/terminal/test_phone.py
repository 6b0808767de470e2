import io
from functools import partial

import pytest

from ivr.carrier.clock import VirtualClock
from ivr.carrier.http_transport import HttpTransport
from ivr.carrier.terminal.phone import call_url, run_phone
from ivr.carrier.terminal.streams import Streams
from ivr.carrier.transport import WsgiTransport
from ivr.conversations.reader import read_conversations
from ivr.conversations.recorder import saving_to

SAY = '<Say language="cmn-CN" voice="Polly.Zhiyu">{}</Say>'
PAGES = {
    "/twilio/voice/main_menu": SAY.format("欢迎致电。")
    + '<Gather action="/menu" numDigits="1" input="dtmf speech" language="cmn-Hans-CN">'
    + SAY.format("查询余额，请按1。")
    + "</Gather><Redirect>/twilio/voice/main_menu</Redirect>",
    "/menu": lambda form: (
        SAY.format(f"收到{form.get('Digits') or form.get('SpeechResult')}。")
        + '<Gather action="/pin" numDigits="6" timeout="9">'
        + SAY.format("请输入密码。")
        + "</Gather><Redirect>/pin</Redirect>"
    ),
    "/pin": SAY.format("请留言。") + '<Record action="/desk" finishOnKey="#"/>',
    "/desk": '<Dial action="/bye"><Number>+8610</Number></Dial>',
    "/bye": lambda form: SAY.format(f"结果{form['DialCallStatus']}。再见。") + "<Hangup/>",
}


@pytest.fixture
def dial(phone):
    def dial(lines: str, token: str = "a token", pages=PAGES, **more):
        phone.server.pages = {"/twilio/status": "", **pages}
        out = io.StringIO()
        result = run_phone(
            "http://h:1", token, transport=WsgiTransport(phone.server), clock=VirtualClock(1e9),
            screen=Streams(io.StringIO(lines), out), **more,
        )  # fmt: skip
        return result, out.getvalue()

    return dial


def test_a_whole_call_is_made_by_lines(dial, phone):
    result, shown = dial("1\n135790\n我要投诉\nbusy\n")
    assert result.ended_by == "server"
    assert shown.splitlines()[1:] == [
        "  欢迎致电。",
        "  查询余额，请按1。",
        "  (listening for 1 key, or speech; 5 s)",
        "> 1",
        "  收到1。",
        "  请输入密码。",
        "  (listening for up to 6 keys, # ends them; 9 s)",
        "> 135790",
        "  请留言。",
        "  [tone]",
        "  (recording: type words; # ends it, or 5 s of silence)",
        "> 我要投诉",
        "  [ringing +8610]",
        "the desk: answer, refuse, busy, no answer or fail? [answer] busy",
        "  [busy]",
        "  结果busy。再见。",
        "The call is over: the line hung up.",
    ]


def test_news_is_shown_before_the_caller_acts_and_at_the_end(dial):
    coming = iter([["[SMS to …0001] 验证码1"], [], ["[SMS to …0001] 二", "[SMS to …0001] 三"], [], ["[SMS] 四"]])
    _, shown = dial("1\n135790\n我要投诉\nbusy\n", news=lambda: next(coming))
    lines = shown.splitlines()
    assert lines[3:5] == ["  [SMS to …0001] 验证码1", "  (listening for 1 key, or speech; 5 s)"]
    assert lines[lines.index("  [tone]") + 1 :][:2] == ["  [SMS to …0001] 二", "  [SMS to …0001] 三"]
    assert lines[-2:] == ["  [SMS] 四", "The call is over: the line hung up."]


def test_words_are_speech_and_an_empty_line_is_silence(dial, phone):
    _, shown = dial("\n查余额\n")
    assert shown.count("欢迎致电") == 2
    assert phone.server.asked("/menu")[0]["SpeechResult"] == "查余额"
    assert phone.server.asked("/menu")[0]["Confidence"] == "0.9"


def test_full_width_keys_and_blanks_are_keys(dial, phone):
    dial("１\n1 3 5 7 9 0\n")
    assert phone.server.asked("/menu")[0]["Digits"] == "1"
    assert phone.server.asked("/pin")[0]["Digits"] == "135790"


def test_words_where_only_keys_are_taken_are_refused_and_asked_again(dial, phone):
    _, shown = dial("1\nhello\n135790\n")
    assert "only keys are accepted here" in shown
    assert phone.server.asked("/pin")[0]["Digits"] == "135790"


def test_the_end_of_input_hangs_up(dial, phone):
    result, shown = dial("1\n")
    assert result.ended_by == "caller"
    assert "The call is over: you hung up." in shown
    assert len(phone.server.asked("/twilio/status")) == 1


def test_a_refused_signature_is_explained(dial):
    _, shown = dial("", token="wrong")
    assert "The server refused the signature (403)" in shown
    assert "TWILIO_AUTH_TOKEN" in shown
    assert "IVR_PUBLIC_URL" in shown


def test_a_wrong_flow_is_explained(dial):
    _, shown = dial("", flow="nothing")
    assert "Is the flow's name right?" in shown


def test_a_server_that_is_not_running_is_explained(phone):
    out = io.StringIO()
    transport = HttpTransport(seconds=0.5)
    run_phone("http://127.0.0.1:1", transport=transport, clock=VirtualClock(), screen=Streams(io.StringIO(), out))
    transport.close()
    assert "Is the server running?" in out.getvalue()


def test_a_call_over_real_http_by_lines(real_server):
    url, server = real_server(PAGES)
    out = io.StringIO()
    result = run_phone(url, "a token", screen=Streams(io.StringIO("1\n"), out), clock=VirtualClock(1e9))
    assert (result.ended_by, result.faults) == ("caller", ())
    assert server.asked("/menu")[0]["Digits"] == "1"


def test_a_kept_call_plays_as_a_conversation(dial, tmp_path, phone):
    from ivr.conversations.play import play_conversation

    file = tmp_path / "a_call.yaml"
    _, shown = dial("1\n135790\n我要投诉\nbusy\n", save=saving_to(file, caller="+8613800000001", flow="main_menu"))
    assert f"Kept as {file}" in shown
    assert "Six or more digits stand in it as typed" in shown
    (kept,) = read_conversations([file])
    assert (kept.title, kept.flow, kept.caller) == ("a call", "main_menu", "+8613800000001")
    assert [turn.act for turn in kept.turns] == ["press", "press", "record", "dial", None]
    played = play_conversation(
        kept, WsgiTransport(phone.server), VirtualClock(1e9), base_url="http://h:1", token="a token"
    )
    assert [str(failure) for failure in played.failures] == []


def test_a_call_that_the_caller_ended_is_kept_with_the_hang_up(dial, tmp_path, phone):
    from ivr.conversations.play import play_conversation

    file = tmp_path / "short.yaml"
    dial("\n查余额\n", save=saving_to(file, caller="+8613800000001", flow="main_menu"))
    (kept,) = read_conversations([file])
    assert [turn.act for turn in kept.turns] == ["wait", "say", "hang_up"]
    played = play_conversation(
        kept, WsgiTransport(phone.server), VirtualClock(1e9), base_url="http://h:1", token="a token"
    )
    assert played.passed


def test_long_numbers_of_a_real_caller_are_never_kept(dial, tmp_path):
    file = tmp_path / "a_call.yaml"
    saving = partial(saving_to, file, flow="main_menu")
    _, shown = dial("1\n135790\n", save=saving(caller="+8613912345678"), caller="+8613912345678")
    assert not file.exists()
    assert "This call is not kept: six or more digits were typed in it" in shown
    _, shown = dial("1\n1357\n", save=saving(caller="+8613912345678"), caller="+8613912345678")
    assert file.exists()
    assert "Six or more" not in shown


@pytest.mark.parametrize(
    ("url", "flow", "whole"),
    [
        ("http://h:1", "main_menu", "http://h:1/twilio/voice/main_menu"),
        ("http://h:1/", "main_menu", "http://h:1/twilio/voice/main_menu"),
        ("http://h:1", "", "http://h:1/twilio/voice"),
        ("https://h/other/voice?x=1", "main_menu", "https://h/other/voice?x=1"),
    ],
)
def test_the_webhook_is_found_from_a_servers_address(url, flow, whole):
    assert call_url(url, flow) == whole
