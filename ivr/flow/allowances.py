"""Exempt a line from a rule, with a reason and an end: `# allow too-many-options until 2027-06-30: the board agreed`.

An allowance stands behind the line that it exempts, or alone above it. One without a reason, one that has ended, and
one that exempts nothing are findings themselves. Rules that every loaded flow must keep can't be exempted.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ivr.diagnostics.problem import Fix, Place, Problem
from ivr.yamlfile.suggest import did_you_mean

_COMMENT = re.compile(r"(?:^|\s)(#\s*allow\b.*)$")
_FORM = re.compile(r"#\s*allow\s+(?P<rule>[\w-]+)\s+until\s+(?P<until>\d{4}-\d{2}-\d{2})\s*[:：]\s*(?P<reason>\S.*)")
_SAMPLE = "# allow too-many-options until 2027-06-30: the reason"


@dataclass(frozen=True)
class Allowance:
    """One exemption: the rule, the line that it covers, its end and its reason."""

    rule: str
    line: int
    until: date
    reason: str
    place: Place


def with_allowances(
    problems: Sequence[Problem], files: Mapping[str, str], rules: Collection[str], today: date
) -> list[Problem]:
    """Return the problems without those that are allowed, and with those of the allowances.

    `files` maps names as problems use them to texts, `rules` are the ids that can be exempted.
    """
    remaining, faults = list(problems), list[Problem]()
    for file, text in files.items():
        for place, allowance, fault in _read(file, text, rules, today):
            if fault is not None or allowance is None:
                faults += [fault] if fault else []
                continue
            # Taken out one allowance at a time: of two that exempt the same line from the same rule, the second one
            # is unused, and editors are told so.
            covered = [problem for problem in remaining if _covers(allowance, problem)]
            remaining = [problem for problem in remaining if problem not in covered]
            if not covered:
                faults.append(_unused(allowance, place))
    return remaining + faults


def _covers(allowance: Allowance, problem: Problem) -> bool:
    place = problem.place
    return (place.file, place.line, problem.rule) == (allowance.place.file, allowance.line, allowance.rule)


def _read(
    file: str, text: str, rules: Collection[str], today: date
) -> Iterator[tuple[Place, Allowance | None, Problem | None]]:
    """Yield each comment that begins with "allow" as an allowance, or as a problem."""
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        written = _COMMENT.search(line)
        if written is None:
            continue
        place = Place(file, number, written.start(1) + 1, len(written[1].rstrip()))
        # A comment above a line covers it, since texts in Chinese often fill the line and leave no room for a reason.
        alone = not line[: written.start(1)].strip()
        covered = _next_line(lines, number) if alone else number
        fault = _fault(written[1].rstrip(), place, rules, today)
        if fault is not None:
            yield place, None, fault
            continue
        form = _FORM.match(written[1].rstrip())
        assert form is not None  # noqa: S101 - no fault
        until = date.fromisoformat(form["until"])
        yield place, Allowance(form["rule"], covered, until, form["reason"], place), None


def _next_line(lines: Sequence[str], number: int) -> int:
    """Return the number of the next line that is more than a comment."""
    # Several allowances may stand above one line, each with its own end, so comments are passed over.
    following = (at for at, line in enumerate(lines[number:], number + 1) if line.strip() and line.strip()[0] != "#")
    return next(following, number)


def _fault(comment: str, place: Place, rules: Collection[str], today: date) -> Problem | None:
    form = _FORM.match(comment)
    if form is None or not _is_date(form["until"]):
        message, chinese = "This allowance lacks its rule, its end or its reason.", "这条豁免缺少规则、截止日期或理由。"
        cure = f"Write it as in: {_SAMPLE}"
        return Problem(place, "bad-allowance", message, cure, "warning", chinese=(chinese, f"按这个格式写：{_SAMPLE}"))
    rule = form["rule"]
    if rule not in rules:
        message, chinese = f'"{rule}" is no rule that a line can be exempted from.', f"「{rule}」不是可以豁免的规则。"
        cure = did_you_mean(rule, rules) or "Look it up with: ivr explain"
        return Problem(
            place, "bad-allowance", message, cure, "warning", chinese=(chinese, "用 ivr explain 查看规则名称。")
        )
    # The last day counts: an allowance "until 2027-06-30" still holds on that day, as the words say.
    if date.fromisoformat(form["until"]) < today:
        message, chinese = f"This allowance ended on {form['until']}.", f"这条豁免已于{form['until']}到期。"
        cure = "Mend the line, or give the allowance a new end if its reason still holds."
        cured = "修改该行；理由仍成立的，写上新的截止日期。"
        return Problem(place, "ended-allowance", message, cure, "warning", chinese=(chinese, cured))
    return None


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _unused(allowance: Allowance, place: Place) -> Problem:
    message = f'Nothing here breaks "{allowance.rule}", so this allowance exempts nothing.'
    chinese = f"这里没有违反「{allowance.rule}」，这条豁免没有用处。"
    # `whole_line` keeps the line where the comment stands behind something, and removes it where it stands alone.
    fix = Fix(place, "", whole_line=True)
    return Problem(
        place, "unused-allowance", message, "Delete it.", "warning", chinese=(chinese, "删去它。"), fixes=(fix,)
    )
