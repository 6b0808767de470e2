"""What a call costs its caller is counted from its transcript."""

from types import SimpleNamespace

from ivr.conversations.effort import effort_of, effort_table
from ivr.conversations.result import TranscriptLine


def test_keys_words_prompts_and_seconds_are_counted_though_entries_are_masked():
    lines = [("hears", "您好。"), ("presses", "1"), ("hears", "密码？"), ("presses", "••••••"), ("says", "余额")]
    played = SimpleNamespace(
        transcript=tuple(TranscriptLine(0.0, who, what) for who, what in lines),
        result=SimpleNamespace(seconds=61.4),
        conversation=SimpleNamespace(title="a call"),
        passed=True,
    )
    effort = effort_of(played)
    assert (effort.keys, effort.spoken, effort.prompts, effort.seconds) == (7, 1, 2, 61.4)
    assert list(effort_table([played]))[1].split() == ["7", "1", "2", "61", "reached", "a", "call"]
