"""The step `speak`: the language of the customer's record, as far as the flow speaks it."""

from __future__ import annotations

import pytest

from tests.engine.fixtures import Bank

STEPS = """
  start: {speak: caller.language, next: hello}
  hello: {say: {zh-CN: 您好。, en-US: Hello.}, next: bye}
"""


@pytest.mark.parametrize(
    ("language", "heard"),
    [
        ("en-US", "Hello."),
        ("en-GB", "Hello."),
        ("zh-CN", "您好。"),
        ("zh-TW", "您好。"),
        ("fr-FR", "您好。"),
        ("", "您好。"),
        (None, "您好。"),
        (7, "您好。"),
    ],
)
def test_the_language_of_the_record_is_spoken_where_the_flow_has_it(phone, language, heard):
    call = phone(STEPS, bank=Bank({"bank.caller": {"language": language}}))
    assert call.heard.startswith(heard)
