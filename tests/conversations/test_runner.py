import pytest

from ivr.carrier.clock import VirtualClock
from ivr.carrier.transport import WsgiTransport
from ivr.conversations.play import play_conversation
from ivr.conversations.reader import read_conversation_text
from ivr.conversations.result import folded_for_match
from ivr.conversations.runner import MASK

SAY = '<Say language="cmn-CN" voice="Polly.Zhiyu">{}</Say>'
MENU = (
    SAY.format("您好，欢迎致电示范银行。")
    + '<Gather action="/menu" numDigits="1" input="dtmf speech" language="cmn-Hans-CN">'
    + SAY.format("查询余额，请按1；人工服务，请按0。")
    + "</Gather><Redirect>/silent</Redirect>"
)
PAGES = {
    "/twilio/voice/main": MENU,
    "/menu": lambda form: {
        "1": SAY.format("余额为12,345.67元。再见。") + "<Hangup/>",
        "0": SAY.format("正在为您转接。") + '<Dial action="/after"><Number>+8610</Number></Dial>',
        "7": (500, "text/html", "x"),
    }.get(form.get("Digits", ""), SAY.format("您说的是" + form.get("SpeechResult", "")) + "<Hangup/>"),
    "/silent": SAY.format("没有听到您的选择。") + '<Redirect method="POST">/twilio/voice/main</Redirect>',
    "/after": lambda form: SAY.format("转接结果" + form["DialCallStatus"]) + "<Hangup/>",
}


@pytest.fixture
def run(phone):
    def run(turns: str, facts=None, pages=PAGES, head: str = "", inbox=None):
        text = f"conversation: c\nflow: main\n{head}turns:\n{turns}"
        (conversation,) = read_conversation_text(text, "c.yaml")
        server = phone.server
        server.pages = {"/twilio/status": "", **pages}
        clock = VirtualClock(1e9)
        return play_conversation(
            conversation, WsgiTransport(server), clock, base_url="http://h:1", token="a token",
            facts=None if facts is None else lambda sid: facts, inbox=inbox,
        )  # fmt: skip

    return run


def told(played) -> list[str]:
    return [str(failure) for failure in played.failures]


def test_a_conversation_that_goes_as_written_passes(run):
    played = run(
        "  - hear: 欢迎致电\n  - hear: 查询余额，请按1\n    press: 1\n  - {hear: 余额为, expect: {ended: true}}\n"
    )
    assert told(played) == []
    assert played.passed
    assert [entry.who for entry in played.transcript] == ["hears", "hears", "presses", "hears", "call ends"]


def test_what_was_heard_instead_is_told_in_whole(run):
    assert told(run("  - hear: 查询余额，请按2\n    press: 1\n")) == [
        "c.yaml:4:11: expected to hear 「查询余额，请按2」\n"
        "    heard: 您好，欢迎致电示范银行。 查询余额，请按1；人工服务，请按0。"
    ]


def test_the_order_matters(run):
    (failure,) = told(run("  - {hear: [请按0, 请按1], press: 1}\n"))
    assert "c.yaml:4:18: expected to hear 「请按1」, which was said, but before what is listed above it" in failure


def test_what_must_not_be_said_is_found(run):
    (failure,) = told(run("  - {hear_not: 人工服务, press: 1}\n"))
    assert failure.startswith("c.yaml:4:16: expected not to hear 「人工服务」")


def test_stops_blanks_and_widths_are_folded_but_numbers_stay_exact():
    assert folded_for_match("您好， 请按１；ＯＫ。a, b.") == "您好请按1OKab"
    assert folded_for_match("12,345.67 元") == "12,345.67元"
    assert folded_for_match("尾号 0 1 2 8") == folded_for_match("尾号0128")
    assert folded_for_match("1,234.5") != folded_for_match("12,34.5")


def test_speech_is_said(run):
    assert told(run("  - {say: 我要查余额, confidence: 0.4}\n  - hear: 您说的是我要查余额\n")) == []


def test_silence_waits_for_the_timeout(run):
    assert told(run("  - wait: true\n  - {hear: [没有听到, 请按1], press: 1}\n  - hear: 再见\n")) == []


def test_a_key_may_come_early_or_too_early(run):
    early = run("  - {hear: [欢迎, 查询余额], press: 1, after: 4s}\n  - {hear: 再见}\n")
    assert told(early) == []
    assert early.result.seconds < 8
    lost = run("  - {hear: 欢迎, press: 1, after: 1s}\n  - {hear: 没有听到}\n")
    assert told(lost) == ["c.yaml:5:12: expected to hear 「没有听到」\n    heard: 查询余额，请按1；人工服务，请按0。"]


def test_a_late_key_is_pressed_after_the_timeout_has_run_out(run):
    played = run("  - {hear: [请按1, 没有听到, 欢迎, 请按1], press: 1, after: 20s}\n  - hear: 再见\n")
    assert told(played) == []
    assert len([entry for entry in played.transcript if entry.who == "presses"]) == 1


def test_the_desk_does_what_the_conversation_says(run):
    put_through = "  - press: 0\n    expect: {dialled: +8610}\n  - {hear: 正在为您转接, dial: busy}\n"
    assert told(run(put_through + "  - hear: 转接结果busy\n")) == []


def test_the_time_that_a_call_takes_may_be_bounded(run):
    last = "  - {hear: completed, expect: {seconds_at_most: %d}}\n"
    turns = "  - press: 0\n  - {dial: completed, talk: 2m}\n" + last
    assert told(run(turns % 200)) == []
    (failure,) = told(run(turns % 60))
    assert failure.startswith("c.yaml:6:32: expected at most 60 seconds since the call began, but it was 136.0")


def test_who_was_dialled_is_known_without_the_servers_help(run):
    (failure,) = told(run("  - press: 0\n  - {dial: busy, expect: {dialled: +8611}}\n"))
    assert failure.startswith("c.yaml:5:27: expected that +8611 was dialled, but it was +8610")
    assert told(run("  - press: 1\n    expect: {dialled: null}\n")) == []
    for none in ("null", "false"):
        (failure,) = told(run(f"  - press: 0\n  - {{dial: busy, expect: {{dialled: {none}}}}}\n"))
        assert "expected that no number was dialled, but it was +8610" in failure


def test_facts_are_compared_where_the_server_gives_them(run):
    facts = {"step": "main", "level": 1, "queued": None, "waiting": True}
    assert told(run("  - {hear: 请按1, expect: {step: main, level: 1, queued: null, waiting: true}}\n", facts)) == []
    (failure,) = told(run("  - {hear: 请按1, expect: {step: balance}}\n", facts))
    assert failure.startswith("c.yaml:4:26: expected step to be balance, but it is main")
    (failure,) = told(run("  - {hear: 请按1, expect: {stp: main}}\n", facts))
    assert "there is no fact `stp`; there are level, queued, step, waiting" in failure


def test_facts_of_a_remote_server_are_counted_as_unchecked_and_not_as_passed(run):
    played = run("  - {hear: 请按1, expect: {step: main}}\n")
    assert played.passed
    assert [wish.name for wish in played.unchecked] == ["step"]


def test_expecting_a_call_to_go_on_after_it_ended_fails(run):
    (failure,) = told(run("  - press: 1\n  - press: 2\n"))
    assert failure.startswith("c.yaml:5:5: expected the call to go on (keys to press), but the server had hung up")


def test_expecting_to_be_put_through_where_the_call_listens_fails(run):
    (failure,) = told(run("  - dial: busy\n"))
    assert "expected the caller to be put through, but the call listens for keys or speech" in failure


def test_a_fault_always_fails(run):
    (failure,) = told(run("  - press: 7\n"))
    assert (
        "the carrier reports a fault: 11200: the answer has status 500; only 200 is played (http://h:1/menu)" in failure
    )


def test_dead_air_always_fails(run):
    (failure,) = told(run("  - hear: 您好\n", pages={"/twilio/voice/main": SAY.format("您好")}))
    assert "dead air" in failure


def test_the_same_request_sent_twice_must_get_the_same_answer(run):
    count = iter(range(9))
    pages = {**PAGES, "/menu": lambda _: SAY.format(f"第{next(count)}次") + "<Hangup/>"}
    (failure,) = told(run("  - {press: 1, repeat_request: true}\n", pages=pages))
    assert "the same request sent again got a different answer" in failure
    assert told(run("  - {press: 1, repeat_request: true}\n")) == []


def test_the_caller_hangs_up_when_nothing_is_left_to_do(run, phone):
    assert run("  - hear: 请按1\n").result.ended_by == "caller"
    assert phone.server.asked("/twilio/status")[-1]["CallStatus"] == "completed"


def test_the_caller_may_hang_up_within_a_prompt(run):
    played = run("  - {hear: 欢迎, hang_up: true, after: 1s}\n")
    assert (told(played), played.result.ended_by, played.result.seconds) == ([], "caller", 1.0)


@pytest.mark.parametrize(
    ("turns", "head", "shown"),
    [
        ("  - {press: 135790#, hear: 您好}\n", "", "••••••"),
        ("  - {press: 1234#, secret: true}\n", "", "••••••"),
        ("  - {press: 1}\n", "secret: true\n", "••••••"),
        ("  - {press: 12345#}\n", "", "12345#"),
    ],
)
def test_long_or_secret_keys_are_masked_in_the_transcript(run, turns, head, shown):
    played = run(turns, head=head)
    assert [entry.what for entry in played.transcript if entry.who == "presses"] == [shown]
    if shown != "12345#":
        assert not {"135790", "1234"} & set(str(played.transcript).replace("#", " ").split())


def test_a_silent_caller_waits_in_virtual_time(run):
    for _ in range(20):  # minutes for a caller
        assert run("  - wait: true\n  - {hear: 请按1, press: 1}\n  - hear: 再见\n").passed


def test_the_code_of_the_newest_text_message_is_typed_and_masked(run):
    texts = ["您的验证码是111222", "【银行】验证码804926，2分钟内有效。电话95555000"]
    played = run(
        '  - {text_message: [验证码, 2分钟内], press: "{code}#"}\n',
        pages={**PAGES, "/menu": lambda form: SAY.format("按了" + form["Digits"]) + "<Hangup/>"},
        inbox=lambda: texts,
    )
    assert told(played) == []
    assert [entry.what for entry in played.transcript if entry.who == "presses"] == [MASK]


def test_what_a_text_message_does_not_say_and_a_code_that_never_came_are_told(run):
    (failure,) = told(run("  - {text_message: 余额, press: 1}\n", inbox=lambda: ["验证码"]))
    assert "expected a text message with 「余额」, but the newest is 验证码" in failure
    (failure,) = told(run('  - {press: "{code}"}\n', inbox=list))
    assert "expected a text message with a code" in failure


def test_without_the_server_s_process_text_messages_stay_unchecked(run):
    played = run("  - {text_message: 余额, press: 1}\n")
    assert told(played) == []
    assert [wish.value for wish in played.unchecked] == ["余额"]


AGENT = {
    **PAGES,
    "/menu": SAY.format("正在为您转接。")
    + '<Dial action="/after"><Number url="/agent" statusCallback="/ended">+8613</Number></Dial>',
    "/agent": '<Gather action="/key" numDigits="1">' + SAY.format("李女士。接听请按1。") + "</Gather><Hangup/>",
    "/key": lambda form: "" if form["Digits"] == "1" else "<Hangup/>",
    "/after": lambda form: SAY.format("接通" if form["DialBridged"] == "true" else "没有接通") + "<Hangup/>",
    "/ended": "",
}


def test_an_agent_does_what_the_conversation_says(run):
    for word, after in {"takes": "接通", "refuses": "没有接通", "silent": "没有接通", "hangs_up": "没有接通"}.items():
        played = run(
            f"  - press: 0\n  - {{hear: 正在, agent: {word}, agent_hears: 李女士}}\n  - hear: {after}\n", pages=AGENT
        )
        assert told(played) == []
    assert ("agent hears", "李女士。接听请按1。") in [(entry.who, entry.what) for entry in played.transcript]


def test_what_an_agent_was_not_told_is_a_failure(run):
    (failure,) = told(run("  - press: 0\n  - {agent: takes, agent_hears: 王先生}\n  - hear: 接通\n", pages=AGENT))
    assert failure.startswith(
        "c.yaml:5:33: expected the agent to be told 「王先生」, but they hear: 李女士。接听请按1。"
    )


def test_a_caller_may_leave_while_the_agents_telephone_rings(run):
    played = run("  - press: 0\n  - {agent: takes, hang_up: true, after: 3s}\n", pages=AGENT)
    assert told(played) == []
    assert played.result.ended_by == "caller"
    assert "agent hears" not in [entry.who for entry in played.transcript]


HOLD = {
    **AGENT,
    "/menu": "<Redirect>/hold</Redirect>",
    "/hold": '<Gather action="/menu" numDigits="1" timeout="1"><Pause length="14"/></Gather><Redirect>/hold</Redirect>',
}


def test_a_caller_waits_as_long_as_told_and_no_longer_than_until_put_through(run):
    played = run("  - press: 0\n  - wait: 100s\n  - hang_up: true\n", pages=HOLD)
    assert told(played) == []
    assert 95 < played.result.seconds < 125
    waits = "  - press: 0\n  - wait: 100s\n  - {agent: takes, agent_hears: 李女士}\n  - hear: 接通\n"
    pages = {**HOLD, "/hold": '<Pause length="20"/><Redirect>/menu2</Redirect>', "/menu2": AGENT["/menu"]}
    assert told(run(waits, pages=pages)) == []
