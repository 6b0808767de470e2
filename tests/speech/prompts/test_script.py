"""The reading script for a speaker: file names, words, who hears them, and what comes before."""

from __future__ import annotations

from pathlib import Path

from ivr.speech.prompts import open_workshop
from ivr.speech.prompts.script import reading_script

from .conftest import STEPS, few_prompts, hum, record, release_of


def script(folder: Path, steps: str = STEPS, language: str = "zh-CN") -> str:
    standings = open_workshop(few_prompts(steps), ("recordings",), folder, []).standings()
    return "\n".join(reading_script(release_of(steps), standings, Path("audio"), language))


def test_each_prompt_has_its_file_its_words_and_its_place(folder):
    text = script(folder)
    assert text.startswith("# Reading script: zh-CN, 3 prompts, about 1 minutes of speech")
    assert "audio/zh-CN/test.start.say.wav\n    # 您好，欢迎致电。\n" in text
    assert "heard in test, step start" in text
    assert "## Said in every flow" in text


def test_what_is_said_before_helps_the_speaker(folder):
    before = script(folder).partition("test.bye.hangup.wav")[2]
    assert "before it: 您好，欢迎致电。" in before


def test_another_language_has_a_script_of_its_own(folder):
    assert script(folder, language="en-US").startswith("# Reading script: en-US, ")
    assert "您好，欢迎致电" not in script(folder, language="en-US").partition("\n\n")[0]


def test_a_text_that_changed_is_to_be_read_anew(folder):
    record(folder, "test.start.say", hum(2.0))
    open_workshop(few_prompts(STEPS), ("recordings",), folder, []).build()
    assert "read anew: " in script(folder, STEPS.replace("欢迎致电", "这里是银行"))
