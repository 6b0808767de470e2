from __future__ import annotations

import pytest

from ivr.services.staff_words import StaffError, checked_text, new_owner, staff_name, told_words, without_long_numbers


def test_cards_and_id_numbers_are_left_out_of_what_staff_write() -> None:
    assert checked_text(" 卡号6217 0000 0000 1000 128\n已核实 ", "a note") == "卡号…已核实"
    assert without_long_numbers("请回电13800000001") == "请回电13800000001"


@pytest.mark.parametrize("text", ["", "   ", "a\x07b", "长" * 2001])
def test_no_words_control_characters_and_too_many_words_are_refused(text: str) -> None:
    with pytest.raises(StaffError):
        checked_text(text, "a note")


def test_a_caller_hears_no_more_than_a_minute() -> None:
    assert told_words({"zh-CN": "好", "en-US": "fine"}) == {"zh-CN": "好", "en-US": "fine"}
    with pytest.raises(StaffError, match="hear 200 at most"):
        told_words({"zh-CN": "长" * 201})
    with pytest.raises(StaffError, match="is to hear"):
        told_words({})


def test_the_first_stays_the_owner_until_it_is_handed_over() -> None:
    assert new_owner("", "li", hand_over=False) == "li"
    assert new_owner("li", "li", hand_over=False) == "li"
    assert new_owner("li", "wang", hand_over=True) == "wang"
    with pytest.raises(StaffError, match="li works on it"):
        new_owner("li", "wang", hand_over=False)


@pytest.mark.parametrize("name", ["", " ", "x" * 41, "a\nb"])
def test_who_works_has_a_name(name: str) -> None:
    with pytest.raises(StaffError):
        staff_name(name)
