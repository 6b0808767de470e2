"""Other words, by step and language."""

from __future__ import annotations

from ivr.changes.texts import as_written, label_texts, step_texts

from .fixtures import edited, release, sentences


def test_other_words_are_told_in_their_language() -> None:
    assert sentences(edited(("From nine to five", "From nine to six"))) == [
        'hotline/hours (say, en-US) now says "From nine to six." (before: "From nine to five.").'
    ]
    assert sentences(edited(("say: 网点在长安街。", "say: {zh-CN: 网点在长安街。, en-US: On Chang'an Avenue.}")))[
        -1
    ] == ('hotline/branches (say, en-US) now also says "On Chang\'an Avenue.".')
    assert sentences(edited(("    prompt: 欢迎致电。\n", "")))[-1] == (
        'hotline/main (prompt, zh-CN) no longer says "欢迎致电。".'
    )


def test_values_are_shown_as_editors_write_them() -> None:
    steps = release().flows["hotline"].steps
    [text] = step_texts(steps["tell"]).values()
    assert as_written(text.template("zh-CN")) == "余额为{account.balance}。"
    assert label_texts(steps["main"].own_choices()[0]) == {"zh": "查询余额", "en": "your balance"}
    assert not step_texts(steps["balance"])
