"""`ivr explain`: the manual of one rule of `ivr check`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from ._message_language import CHINESE, message_language

if TYPE_CHECKING:
    from ivr.flow.rules import Rule

_HEADS = {
    "en": (
        "Wrong (each line with # here breaks the rule):",
        "Right:",
        "Source:",
        "Exempt a line, with a reason and an end:",
    ),
    CHINESE: ("错误写法（带 # here 的行）：", "正确写法：", "依据：", "豁免某一行（须写理由和截止日期）："),
}


def _complete(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from ivr.flow.rule_summaries import RULES

    return [CompletionItem(rule, help=line) for rule, line in RULES.items() if rule.startswith(incomplete)]


@click.command(short_help="Explain one rule of ivr check.")
@click.argument("rule", required=False, shell_complete=_complete)
def command(rule: str | None) -> None:
    """Explain a RULE: why it matters, a wrong and a right sample, and who says so. Without RULE, list all rules.

    \b
    Example:
      ivr explain too-many-options
      IVR_LANG=zh ivr explain vague-time
    """  # noqa: D301
    from ivr.flow.rule_summaries import GROUPS, RULES
    from ivr.flow.rules import all_rules
    from ivr.yamlfile.suggest import did_you_mean

    if rule is None:
        for title, group in GROUPS.items():
            click.echo(f"{title}:")
            for name, line in sorted(group.items()):
                click.echo(f"  {name:26} {line}")
        return
    if rule not in RULES:
        meant = did_you_mean(rule, RULES) or "ivr explain lists all rules."
        raise click.UsageError(f'there is no rule "{rule}". {meant}')
    by_id = {each.id: each for each in all_rules()}
    click.echo("\n".join(_lines(rule, RULES[rule], by_id.get(rule), message_language())))


def _lines(name: str, summary: str, rule: Rule | None, language: str) -> Iterator[str]:
    yield f"{name}: {summary}"
    manual = rule.manual if rule is not None else None
    if rule is None or manual is None:
        return
    wrong, right, source, allow = _HEADS[language]
    yield from ("", manual.chinese if language == CHINESE else manual.why, "", wrong, "")
    yield from (f"    {line}" for line in manual.wrong.rstrip().split("\n"))
    yield from ("", right, "")
    yield from (f"    {line}" for line in manual.right.rstrip().split("\n"))
    yield from ("", f"{source} {manual.source}")
    if not rule.at_load:
        yield from ("", f"{allow}", "", f"    # allow {name} until 2027-06-30: …")
