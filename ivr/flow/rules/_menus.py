"""Find menus and the choices that callers hear there, for rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ivr.flow.model import Choice, Flow, Step

FREE_KEYS = frozenset("0*#9")
"""Keys that do not count as options: a person, back, repeat, the end (ISO/IEC 13714)."""
_RETURNS = frozenset({"back", "main_menu"})


def menus(flow: Flow) -> Iterator[Step]:
    """Yield the written steps that offer choices and to which callers return; not the choices of a waiting caller."""
    # Choices of a transfer's wait are none: callers hear them between music, and do not come back to them.
    return (step for step in flow.written_steps() if step.returnable and step.own_choices())


def menus_without(flow: Flow, does: Callable[[Choice], bool]) -> Iterator[Step]:
    """Yield the menus at which no key does something, neither one of their own nor one that works everywhere."""
    # Choices without a key, which are only spoken words, do not count: a caller in a noisy street has keys alone.
    for step in menus(flow):
        if not any(choice.key and does(choice) for choice in (*step.own_choices(), *flow.globals)):
            yield step


def menu_options(step: Step) -> list[Choice]:
    """Return the choices of a menu that count as options."""
    return [choice for choice in step.own_choices() if choice.key not in FREE_KEYS and not choice.switches_language]


def meaning(choice: Choice) -> tuple[str, str]:
    """Return what a choice does, so that two with the same meaning are equal. Back and main menu count as the same."""
    return (choice.goto.name if choice.goto else ""), ("return" if choice.do in _RETURNS else choice.do)
