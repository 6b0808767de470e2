"""Check that texts name what a key does before the key: 查余额，请按1, not 按1查余额."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ivr.diagnostics.problem import Fix, Place, Problem
from ivr.flow.model import Flow

from ._rule import Parts, Rule, RuleManual
from ._texts import WrittenText, is_chinese, spoken_texts

_CHINESE = re.compile(r"(?:(?<=[。；，;,、！？])|^)(?:请|請)?按([0-9]|星号|井号|星號|井號)鍵?键?([\u3400-\u9fff]+)")
_ENGLISH = re.compile(r"(?:(?<=[.;,!?] )|^)press (\d|star|pound) (?:to|for) ([^.;,!?]+)", re.I)
_BEHIND = re.compile(r"(结束|結束|确认|確認|为止|為止|键|鍵)")


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check every text and label."""
    for text in spoken_texts(flow, parts):
        pattern = _CHINESE if is_chinese(text.language) else _ENGLISH
        for match in pattern.finditer(text.words):
            # 按井号键结束 and 按1确认 end an instruction; there is no function that could stand in front.
            if is_chinese(text.language) and _BEHIND.match(match[2]):
                continue
            yield _problem(text, match)


def _problem(text: WrittenText, match: re.Match[str]) -> Problem:
    instead = _turned_round(text, match)
    place = text.place
    # A fix replaces characters in the file, so the text must stand there as it is, in quotes at the most.
    exact = text.template.fixed == text.words and place.length - len(text.words) in (0, 2)
    if exact:
        column = place.column + (place.length - len(text.words)) // 2 + match.start()
        place = Place(place.file, place.line, column, match.end() - match.start())
    message = (
        f'"{match[0]}" names the key before what it does; callers have forgotten it when they know that they want it.'
    )
    chinese = (f"「{match[0]}」先说按键，后说功能；听到功能时客户已经忘了按键。", f"改为：{instead}")
    fixes = (Fix(place, instead),) if exact else ()
    return Problem(place, RULE.id, message, f"Write: {instead}", chinese=chinese, fixes=fixes)


def _turned_round(text: WrittenText, match: re.Match[str]) -> str:
    if is_chinese(text.language):
        return f"{match[2]}，请按{match[1]}"
    purpose = "To " if " to " in match[0].casefold()[:14] else "For "
    return f"{purpose}{match[2].strip()}, press {match[1]}"


RULE = Rule(
    "key-before-function",
    "A text names a key before what it does.",
    flow=check,
    at_load=False,
    manual=RuleManual(
        why="Callers listen for what they want, and only then for its key. The key must come last.",
        chinese="客户先听要办的事，听到了才记按键，所以按键要放在最后说。",
        wrong="""\
steps:
  hello:
    say: 按1查余额。  # here
    next: bye
""",
        right="""\
steps:
  hello:
    say: 查余额，请按1。
    next: bye
""",
        source="ISO/IEC 13714:1995; W3C COGA, Conversational Voice Systems",
    ),
)
