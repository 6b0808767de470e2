from pathlib import Path

import pytest

from ivr.carrier.caller import DeskAnswer
from ivr.conversations.model import Announced, Bank, Earlier, Staff
from ivr.conversations.reader import read_conversation_text, read_conversations
from ivr.errors import FlowError

HEAD = "conversation: c\nflow: main_menu\n"


def faults(text: str) -> list[str]:
    with pytest.raises(FlowError) as caught:
        read_conversation_text(text, "c.yaml")
    return [str(problem) for problem in caught.value.problems]


def one(turns: str, head: str = HEAD):
    (conversation,) = read_conversation_text(f"{head}turns:\n{turns}", "c.yaml")
    return conversation


def test_everything_that_a_conversation_may_say_is_read():
    conversation = one(
        '  - hear: [a, b]\n    hear_not: c\n    press: "10128#"\n    after: 2s\n    repeat_request: true\n'
        "    secret: true\n    expect: {step: main, level: 1, queued: null}\n"
        "  - {say: 余额, confidence: 0.9}\n  - wait: true\n  - silence: true\n"
        '  - {record: 8s, press: "#"}\n  - {dial: completed, talk: 1m, hang_up: true}\n  - hang_up: true\n',
        'conversation: c\nflow: main_menu\nto: "95555"\nfrom: "+8613800000002"\n'
        "at: 2026-11-23T10:00+08:00\nweight: 2.5\nbank: {slow_ms: 800, fail_rate: 0.1}\nsecret: true\n",
    )
    first, say, wait, silence, record, dial, hang_up = conversation.turns
    assert (conversation.to, conversation.caller, conversation.weight) == ("95555", "+8613800000002", 2.5)
    assert (conversation.at, conversation.bank, conversation.secret) == (1795399200.0, Bank(False, 800, 0.1), True)
    assert [wish.value for wish in first.hear] == ["a", "b"]
    assert (first.act, first.press, first.after, first.repeat, first.secret) == ("press", "10128#", 2.0, True, True)
    assert {name: wish.value for name, wish in first.expect.items()} == {"step": "main", "level": "1", "queued": None}
    assert (say.act, say.confidence, wait.act, silence.act) == ("say", 0.9, "wait", "wait")
    assert (record.act, record.record, record.press) == ("record", 8.0, "#")
    assert (dial.act, dial.talk, dial.leaves, hang_up.act) == ("dial", 60.0, True, "hang_up")
    assert (first.hear[1].place.line, first.hear[1].place.column) == (10, 15)


def test_keys_may_hold_the_code_of_a_text_message_and_nothing_else_in_braces():
    turn = one('  - {press: "{code}#", text_message: 验证码}\n').turns[0]
    assert turn.press == "{code}#"
    assert [wish.value for wish in turn.text_message] == ["验证码"]
    assert "keys 0-9" in faults(HEAD + 'turns:\n  - press: "{pin}"\n')[0]


def test_a_bank_may_be_gone():
    assert one("  - wait: true\n", HEAD + "bank: gone\n").bank == Bank(gone=True)


def test_keys_stay_as_they_were_written():
    assert one("  - press: 0123\n").turns[0].press == "0123"


def test_a_file_may_hold_several_conversations(tmp_path):
    file = tmp_path / "all.yaml"
    file.write_text(f"{HEAD}turns: [{{wait: true}}]\n---\n{HEAD}turns: [{{wait: true}}]\n", encoding="utf-8")
    assert [conversation.place.line for conversation in read_conversations([tmp_path])] == [1, 5]


def test_without_a_flow_the_number_called_chooses():
    assert one("  - wait: true\n", 'conversation: c\nto: "95555"\n').path == "/twilio/voice"
    assert one("  - wait: true\n").path == "/twilio/voice/main_menu"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HEAD + "turn: []\n", 'c.yaml:3:1: error unknown-key: A conversation has no `turn`. Did you mean "turns"?'),
        (HEAD + "turns:\n  - pres: 1\n", 'c.yaml:4:5: error unknown-key: A turn has no `pres`. Did you mean "press"?'),
        (HEAD + "turns:\n  - {press: 1, press: 2}\n", 'c.yaml:4:16: error repeated-key: "press" is given twice'),
        (HEAD + "turns:\n  - press: one\n", "c.yaml:4:12: error wrong-keys: A telephone has the keys 0-9, * and #."),
        (HEAD + "turns:\n  - press: #\n", "c.yaml:4:12: error hash: # begins a comment"),
        (HEAD + "turns:\n  - press: *\n", 'c.yaml:4:12: error special-start: "*" has a meaning of its own in YAML'),
        (HEAD + "turns:\n  - {press: 1, say: a}\n", "error two-deeds: A caller does one thing a turn, not `press`"),
        (HEAD + "turns:\n  - {wait: false}\n", "`wait` can only be true."),
        (HEAD + "turns:\n  - {hear: a, after: 2s}\n", "`after` needs something that the caller does."),
        (HEAD + "turns:\n  - {press: 1, confidence: 0.5}\n", "`confidence` goes with `say` only."),
        (HEAD + "turns:\n  - {hear: a, bank: {fail_rate: 1}}\n", "`bank` needs something that the caller does."),
        (HEAD + "turns:\n  - {press: 1, bank: gone}\n", "Within a call, `bank` is a map."),
        (HEAD + "announce: {slot: emergency}\nturns: [{wait: true}]\n", "either a `preset` or a `text`"),
        (HEAD + "desks: counter\nturns: [{wait: true}]\n", "`desks` must be a map"),
        (HEAD + "turns:\n  - {say: a, confidence: 1.5}\n", "`confidence` must be a number from 0 to 1, not '1.5'."),
        (HEAD + "turns:\n  - {press: 1, after: soon}\n", "`after` must be a time, not 'soon'. Write it as 2s"),
        (HEAD + "turns:\n  - dial: bussy\n", "not 'bussy'. Did you mean \"busy\"?"),
        (HEAD + "turns:\n  - {}\n", "error empty-turn"),
        (HEAD + "turns: []\n", "`turns` must be a list with at least one turn"),
        (
            HEAD + "at: 2026-11-23T10:00\nturns: [{wait: true}]\n",
            "c.yaml:3:5: error wrong-type: `at` has no time zone.",
        ),
        (HEAD + "at: tomorrow\nturns: [{wait: true}]\n", "`at` must be a date and time, not 'tomorrow'."),
        (HEAD + "bank: dead\nturns: [{wait: true}]\n", "`bank` is `gone`, or a map of slow_ms and fail_rate."),
        (HEAD + "bank: {fail_rat: 1}\nturns: [{wait: true}]\n", 'Did you mean "fail_rate"?'),
        (HEAD + "agents:\n  - {name: li}\nturns: [{wait: true}]\n", "This agent has no `desk`."),
        (HEAD + "agents: li\nturns: [{wait: true}]\n", "`agents` must be a list of maps"),
        (HEAD + "before: [{from: '+861'}]\nturns: [{wait: true}]\n", "This caller has no `ahead`."),
        (HEAD + "turns:\n  - agent: refuse\n", 'Did you mean "refuses"?'),
        (HEAD + "turns:\n  - agent: {pres: 1}\n", 'Did you mean "press"?'),
        (HEAD + "turns:\n  - {wait: true, agent_hears: x}\n", "`agent_hears` goes with `agent` only."),
        (HEAD + "turns:\n  - {wait: soon}\n", "`wait` must be a time, not 'soon'."),
        (HEAD + "turns:\n  - {agent: takes, press: 1}\n", "A caller does one thing a turn"),
        (HEAD, "This conversation has no `turns`."),
        ("conversation: c\nturns: [{wait: true}]\n", "This conversation names no flow and no number."),
        (HEAD + "turns:\n  - expect: step\n", "`expect` must be a map of facts"),
        ("- a\n", "A conversation must be a map of `key: value` lines."),
        ("", "c.yaml:1:1: error empty-file: The file is empty"),
        ("a: [\n", "c.yaml:1:4: error unclosed-bracket"),
        (
            "conversation\uff1ac\nflow: x\n",
            'c.yaml:1:13: error full-width-colon: The colon behind "conversation" is the full-width ：',
        ),
    ],
)
def test_a_slip_is_named_with_its_place_and_its_cure(text, expected):
    assert any(expected in fault for fault in faults(text)), faults(text)


def test_all_slips_come_at_once():
    assert len(faults("conversation: c\nflw: x\nweight: heavy\nturns:\n  - pres: 1\n  - dial: no\n")) == 6


def test_slips_of_yaml_and_of_what_it_says_come_together_and_from_all_files(tmp_path):
    (tmp_path / "a.yaml").write_text(f"{HEAD}turns:\n  - hear：您好\n    pres: 1\n", encoding="utf-8")
    (tmp_path / "b.yaml").write_text(f"{HEAD}turns:\n  - hear: a: b\n---\nflw: x\n", encoding="utf-8")
    with pytest.raises(FlowError) as caught:
        read_conversations([tmp_path])
    problems = [(Path(problem.place.file).name, problem.place.line, problem.rule) for problem in caught.value.problems]
    assert problems[:3] == [
        ("a.yaml", 4, "full-width-colon"),
        ("a.yaml", 5, "unknown-key"),
        ("b.yaml", 4, "colon-in-text"),
    ]


def test_a_byte_order_mark_is_no_error(tmp_path):
    file = tmp_path / "a.yaml"
    file.write_text(f"{HEAD}turns: [{{wait: true}}]\n", encoding="utf-8-sig")
    assert len(read_conversations([file])) == 1


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FlowError, match=r"gone\.yaml:1:1: error unreadable-file"):
        read_conversations([tmp_path / "gone.yaml"])


def test_what_a_call_finds_around_it_is_read():
    head = (
        f"{HEAD}announce:\n  - {{slot: emergency, preset: outage, until: 2026-11-23T10:00+08:00}}\n"
        '  - {slot: service, text: {zh-CN: 您好}, lines: ["95555"], drill: true, from: "+8613800000001"}\n'
        "desks: {general: counter, vip: closed}\n"
    )
    conversation = one('  - {press: "1", bank: {fail_rate: 1}}\n  - wait: true\n', head)
    assert conversation.announced == (
        Announced("emergency", preset="outage", until=1795399200.0),
        Announced("service", texts={"zh-CN": "您好"}, lines=("95555",), drill=True, callers=("+8613800000001",)),
    )
    assert conversation.desks == {"general": "counter", "vip": "closed"}
    assert [turn.bank for turn in conversation.turns] == [Bank(fail_rate=1.0), None]
    assert conversation.faulty_bank


def test_people_and_what_they_do_are_read():
    head = (
        f"{HEAD}agents:\n  - {{name: li, desk: vip, number: +8613900000009}}\n"
        "  - {name: wang, desk: [general, vip], free_after: 1m}\n"
        "  - {name: zhao, desk: general, signed_off: true}\n"
        "before:\n  - {from: +8613800000002, ahead: 100s, press: '10', talk: 45s}\n  - {ahead: 5s, to: '95555'}\n"
    )
    conversation = one(
        "  - {agent: {press: 2, talk: 40s, ring: 3s}, agent_hears: [a, b]}\n  - wait: 90s\n  - agent: gone\n"
        "  - {agent: takes, after: 5s, hang_up: true}\n",
        head,
    )
    assert conversation.agents == (
        Staff("li", ("vip",), "+8613900000009"),
        Staff("wang", ("general", "vip"), "+8613900000001", 60.0),
        Staff("zhao", ("general",), "+8613900000002", signed_off=True),
    )
    assert conversation.before == (
        Earlier("+8613800000002", "", "", 100.0, ("1", "0"), 45.0),
        Earlier("+8613911000001", "", "95555", 5.0, ("0",)),
    )
    refuses, waits, gone, leaves = conversation.turns
    assert refuses.agent == DeskAnswer(press="2", talk=40.0, ring=3.0)
    assert [wish.value for wish in refuses.agent_hears] == ["a", "b"]
    assert (waits.act, waits.patience) == ("wait", 90.0)
    assert gone.agent.lost
    assert (leaves.act, leaves.leaves, leaves.after) == ("agent", True, 5.0)
