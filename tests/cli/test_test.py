"""`ivr test`: conversations are played, counted and told with the place of what failed."""

import json

import pytest

from .conftest import WRONG


def test_conversations_pass_and_untaken_choices_are_listed(ivr):
    done = ivr("test", "talks")
    assert done.exit_code == 0, done.output
    assert "talks/good.yaml .." in done.output
    assert "no conversation takes these choices (1 of 3):" in done.output
    assert "front, step main: key 2" in done.output
    assert "2 passed in " in done.output


def test_a_failed_conversation_is_told_with_place_and_words(ivr, tmp_path):
    (tmp_path / "talks" / "wrong.yaml").write_text(WRONG, encoding="utf-8")
    done = ivr("test", "talks", "-k", "promise")
    assert done.exit_code == 1
    assert "FAILED a promise that is not kept" in done.output
    assert "talks/wrong.yaml:4:12: expected to hear 「贷款」" in done.output
    assert "heard: 查询余额，请按1；结束通话，请按2；网点，请按3；人工服务，请按0。" in done.output
    assert "1 failed, 0 passed" in done.output


def test_the_result_can_be_read_by_a_program(ivr):
    done = ivr("test", "talks", "--json")
    told = json.loads(done.stdout)
    assert (told["passed"], told["failed"]) == (2, 0)
    assert [one["title"] for one in told["conversations"]] == ["the balance is told", "the bank is gone"]
    assert [one["outcome"] for one in told["choices"]["missing"]] == ["key 2"]


def test_a_transcript_never_shows_the_pin(ivr):
    done = ivr("test", "talks", "--verbose")
    assert "presses: ••••••" in done.output
    assert "135790" not in done.output


def test_a_broken_conversation_is_refused_with_its_place(ivr, tmp_path):
    (tmp_path / "talks" / "wrong.yaml").write_text(WRONG.replace("press", "pres"), encoding="utf-8")
    done = ivr("test", "talks")
    assert done.exit_code == 2
    assert 'talks/wrong.yaml:4:16: error unknown-key: A turn has no `pres`. Did you mean "press"?' in done.output


def test_nothing_to_play_is_wrong_usage(ivr):
    assert ivr("test", "talks", "-k", "nothing like that").exit_code == 2
    assert "there is no folder tests/conversations here" in ivr("test").output


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        ("desks: {nobody: closed}", 'line.yaml has no desk "nobody"'),
        ("desks: {general: nights}", 'line.yaml has no opening hours "nights"; there are always, closed.'),
        ("announce: {slot: news, text: {zh-CN: 停电。}}", 'line.yaml has no announcement "news"'),
    ],
)
def test_a_conversation_that_asks_for_what_line_yaml_does_not_have_is_refused(ivr, tmp_path, asked, refusal):
    (tmp_path / "odd.yaml").write_text(f"conversation: c\nflow: front\n{asked}\nturns: [{{wait: true}}]\n", "utf-8")
    done = ivr("test", "odd.yaml")
    assert done.exit_code == 2
    assert refusal in done.output


def test_desks_that_are_closed_for_a_conversation_are_not_dialled(ivr, tmp_path):
    talk = "conversation: c\nflow: front\ndesks: {general: closed}\nturns:\n  - {press: '0'}\n  - hear: 再见\n"
    (tmp_path / "closed.yaml").write_text(f"{talk}    expect: {{dialled: false}}\n", "utf-8")
    done = ivr("test", "closed.yaml")
    assert done.exit_code == 0, done.output


def test_coverage_counts_ways_by_kind_and_lists_each_gap(ivr):
    done = ivr("test", "talks", "--coverage")
    assert "conversations take:" in done.output
    assert "front: 2 of 3 choices" in done.output
    assert "no conversation takes these choices:" in done.output
    assert "front, step main: key 2 to " in done.output


def test_drafts_for_the_gaps_are_conversations_that_pass(ivr, tmp_path):
    done = ivr("test", "talks", "--write-missing", "drafts.yaml")
    assert done.exit_code == 0, done.output
    assert "key 2" in (tmp_path / "drafts.yaml").read_text("utf-8")
    played = ivr("test", "talks", "drafts.yaml", "--coverage")
    assert played.exit_code == 0, played.output
    assert "front: 3 of 3 choices" in played.output


def test_changes_to_the_flows_that_no_conversation_notices_are_listed(ivr):
    done = ivr("test", "talks", "--mutate", "50")
    assert " changes to the flows are noticed" in done.output
    assert "key 2 leads to " in done.output
    assert "key 1 leads to " not in done.output
