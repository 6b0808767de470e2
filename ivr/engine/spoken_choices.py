"""Understand callers at a menu: its own choices, services of the whole line, and choices of menus below.

A caller who names a service hears it at once, wherever he is. What the menu itself has just offered goes before, and so
do words that only this menu gives a meaning; two services that are named alike are asked for again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from ivr.flow.model import Choice
from ivr.flow.reach import DistantChoice

from .expected_words import phrases_of
from .turn import Turn

ChoicePhrases = tuple[str, ...]


@dataclass(frozen=True)
class SpokenChoices:
    """The phrases at a menu. `own` are those of its choices on offer; `local` tells which of them are no services.

    `services` are choices of other menus, each with its phrases. `rest` counts only if nothing else was named: choices
    of menus below, and what other menus call a choice that this one has, too (by its place).
    """

    own: tuple[ChoicePhrases, ...]
    local: tuple[bool, ...]
    services: tuple[tuple[DistantChoice, ChoicePhrases], ...]
    rest: tuple[tuple[DistantChoice | int, ChoicePhrases], ...]

    @cached_property
    def all_phrases(self) -> tuple[ChoicePhrases, ...]:
        """All phrases by choice, those of the menu first."""
        return (*self.own, *(phrases for _, phrases in (*self.services, *self.rest)))

    def named(self, turn: Turn, words: str, universal: Sequence[ChoicePhrases]) -> int | DistantChoice | None:
        """Return which choice the words name: the place of an own one, or one of another menu; None for none.

        None also stands for words that the flow's `universal` choices understand.
        """
        language, understand = turn.call.language, turn.services.understand
        place = understand(words, [*self.own, *universal], language)
        if place is None:  # a choice of the menu goes before a global of the flow
            place = understand(words, self.own, language)
        if place is not None and (place >= len(self.own) or self.local[place]):
            return place if place < len(self.own) else None
        offers = [phrases for _, phrases in self.services]
        best = understand(words, [*self.own, *offers], language)
        if best is not None:
            return best if best < len(self.own) else self.services[best - len(self.own)][0]
        if place is not None or understand(words, [sum(offers, ())], language) is not None:
            return None  # two services are named alike
        best = understand(words, [phrases for _, phrases in self.rest], language)
        return None if best is None else self.rest[best][0]


def spoken_choices(turn: Turn, menu: str, offered: Sequence[Choice]) -> SpokenChoices:
    """Compose what can be said at a menu of the active flow, whose choices on offer are `offered`."""
    composing = _Composing(turn, menu, offered)
    for distant in turn.reach.distant_choices(turn.flow.name, menu):
        composing.add(distant)
    return composing.done()


@dataclass
class _Group:
    """A service, with the phrases of all choices for it; the nearest choice is taken."""

    taken: DistantChoice
    phrases: list[str] = field(default_factory=list)


class _Composing:
    """Puts choices of the same service together. A phrase belongs to the nearest choice that has it."""

    def __init__(self, turn: Turn, menu: str, offered: Sequence[Choice]) -> None:
        self._phrases = turn.line.phrases
        self._language, self._flow, self._understand = turn.call.language, turn.flow.name, turn.services.understand
        self._here = (self._flow, menu)
        self._own = [phrases_of(choice, self._language) for choice in offered]
        self._further: dict[int, list[str]] = defaultdict(list)
        # A phrase of the menu itself is never taken by another menu, in any order in which choices are added.
        self._own_words = {phrase.casefold() for phrases in self._own for phrase in phrases}
        self._taken = set(self._own_words)
        step = turn.flow.steps[menu]
        landings = [turn.reach.landing_of(self._flow, step, choice) for choice in offered]
        self._local = tuple(landing is None for landing in landings)
        self._places: dict[object, int] = {}
        for place, (choice, landing) in enumerate(zip(offered, landings, strict=True)):
            # A choice is known by its reason and by its landing, because menus name one service by either.
            for name in filter(None, (choice.reason, landing)):
                self._places.setdefault(name, place)
        self._groups: dict[object, _Group] = {}
        self._targets: dict[str, set[object]] = defaultdict(set)

    def add(self, distant: DistantChoice) -> None:
        """Add a choice of another menu to the own choice or service that is the same, or as a further one."""
        said = phrases_of(distant.choice, self._language)
        landing = (distant.flow, distant.step)
        name = distant.choice.reason or landing
        for phrase in said:
            self._targets[phrase.casefold()].add(name)
        if landing == self._here and not distant.choice.reason:
            return  # the caller is there already
        own = self._places.get(name, self._places.get(landing))
        if own is None:
            group = self._groups.setdefault(name, _Group(distant))
            group.phrases += self._new(said) if distant.choice.reason else said
        elif distant.choice.reason:
            self._further[own] += self._new(said)

    def _new(self, said: Sequence[str]) -> list[str]:
        phrases = [phrase for phrase in said if phrase.casefold() not in self._taken and not self._own_name(phrase)]
        self._taken |= {phrase.casefold() for phrase in phrases}
        return phrases

    def _own_name(self, phrase: str) -> bool:
        """Return whether a phrase is understood just as one of an own choice: "your balance" beside "balance"."""
        words = phrase.casefold()
        if not any(own in words or words in own for own in self._own_words):
            return False
        named = self._understand(phrase, self._own, self._language)
        return named is not None and self._understand(phrase, [*self._own, (phrase,)], self._language) is None

    def done(self) -> SpokenChoices:
        """Return all choices.

        A phrase that several choices below share, such as "again", says nothing here; nor does a yes or no to a
        question that was not asked yet, or a single character.
        """
        groups = self._groups.values()
        services = [(group.taken, tuple(group.phrases)) for group in groups if group.taken.choice.reason]
        below = [(group.taken, self._telling(group)) for group in groups if not group.taken.choice.reason]
        further = [(place, tuple(phrases)) for place, phrases in self._further.items() if phrases]
        return SpokenChoices(
            tuple(self._own),
            self._local,
            tuple((taken, phrases) for taken, phrases in services if phrases),
            (*((taken, phrases) for taken, phrases in below if phrases), *further),
        )

    def _telling(self, group: _Group) -> ChoicePhrases:
        phrases = dict.fromkeys(group.phrases)
        plain = (phrase for phrase in phrases if len(self._targets[phrase.casefold()]) == 1)
        return tuple(phrase for phrase in plain if phrase.casefold() not in self._taken and not self._answers(phrase))

    def _answers(self, phrase: str) -> bool:
        """Return whether a phrase only answers the question of its own menu."""
        words = [word for key in ("yes_words", "no_words") for word in self._phrases.words(self._language, key)]
        return len(phrase) == 1 or phrase.casefold() in (word.casefold() for word in words)
