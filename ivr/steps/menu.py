"""`menu`: offers choices by key and by word; what is spoken is composed from the choices."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar

from ivr.engine.dialled_keys import is_extension, longest, matched_keys
from ivr.engine.entry_parser import FINISH
from ivr.engine.input_step import MISS, SILENCE, InputScratch, InputStep
from ivr.engine.keys_ahead import keep_ahead
from ivr.engine.option_words import language_of_choice, option_words, say_options
from ivr.engine.spoken_choices import SpokenChoices, spoken_choices
from ivr.engine.step import Jump, Move
from ivr.engine.turn import Turn
from ivr.engine.verbs import Hearing, Keys
from ivr.flow.expressions import Expression
from ivr.flow.fields import Block, ListOf, Reading, option
from ivr.flow.model import Choice, Route, Target, Way
from ivr.flow.outcomes import FAILED
from ivr.flow.routes import Choices, Condition, Goto
from ivr.flow.scalars import Flag, Name, WordField
from ivr.flow.text import Text
from ivr.flow.text_field import TextField
from ivr.yamlfile.source import Node

MOST_SILENCES = 2
"""The silences after which a menu with a `nudge` gives up."""
EXTENSION = "extension"
"""The outcome of an extension that was dialled."""
_SAID = "frequent"
"""The count of the call that tells that its frequent reasons were said."""
_ONE_KEY = frozenset("0123456789*#")


@dataclass(frozen=True)
class Pattern(WordField):
    """The digits of extensions, with x for any digit."""

    words: str = "digits, with x for any digit"
    sample: str = '"2xx"'

    def read(self, node: Node, reading: Reading) -> str | None:
        """Read a pattern."""
        text = super().read(node, reading)
        if text is not None and not re.fullmatch("[0-9x]{2,6}", text):
            self.wrong(node, reading)
            return None
        return text


@dataclass(frozen=True)
class Extensions:
    """The keys of `extensions`."""

    patterns: tuple[str, ...] = option(
        ListOf(Pattern(), lone=True), help="Which numbers are extensions, of two to six digits.", key="keys"
    )
    save_as: str = option(
        Name(), help="The variable that keeps the item of the list, or without one the number.", key="as"
    )
    goto: Target = option(Goto(), help="The step that connects the caller.")
    listed: Expression | None = option(
        Condition("a list", "staff.items"), help="The list of the people, as of a lookup.", key="in", default=None
    )
    by: str = option(Name(), help="The field of its items that holds the extension.", default="extension")


@dataclass(frozen=True)
class MenuScratch(InputScratch):
    """`nudged` is set while the caller is asked without the choices."""

    nudged: bool = False


@dataclass(frozen=True, kw_only=True)
class MenuStep(InputStep):
    """Offers choices. The caller presses a key or says a phrase; the spoken menu is made from the labels.

    A choice leads to a step (`goto`) or does one of: `back`, `repeat`, `main_menu`, `help`, `language` (switches to the
    flow's next language and stays here; it needs no label). Choices come before the flow's `globals`.

    With `as`, a variable keeps the `value` of the choice that was taken, as in `{label: 产品, goto: a, value: x}`, so
    that choices may share the steps behind them.

    A key may have several digits, as in `{key: "12", ...}`: the caller has `inter_digit_timeout` for the next one. With
    `extensions` callers may dial a colleague: `extensions: {keys: 2xx, in: staff.items, as: person, goto: connect}`.

    ```yaml
    main:
      prompt: 请选择您要办理的业务。
      short: 还需要什么服务？
      menu:
        - {label: 查询余额, phrases: [余额, 还有多少钱], goto: balance}
        - {label: 银行卡挂失, phrases: [挂失, 丢卡], goto: report_loss}
        - {key: "8", do: language}
    ```
    """

    kind: ClassVar[str] = "menu"
    returnable: ClassVar[bool] = True

    menu: tuple[Choice, ...] = option(Choices(numbered=True), help="The choices, in the order spoken.")
    offer_agent: bool = option(Flag(), help="Whether the key for a person is spoken with the choices.", default=True)
    save_as: str = option(Name(), help="The variable that keeps the `value` of what was chosen.", key="as", default="")
    frequent_first: bool = option(
        Flag(),
        help="Whether verified customers hear once, and first, the choices whose `reason` they call for most.",
        default=False,
    )
    spoken: bool = option(
        Flag(), help="Whether the choices are spoken; if not, the prompt must name the keys.", default=True
    )

    nudge: Text | None = option(
        TextField(),
        help="What is said after silence instead of the choices; a second silence is the last.",
        default=None,
        shown="the choices again",
    )
    extensions: Extensions | None = option(
        Block(Extensions, "extensions"), help="Numbers of people that may be dialled here, too.", default=None
    )

    def exits(self) -> Mapping[str, Route]:
        """Return where each choice leads."""
        return self._choice_exits() | self.failure_exits()

    def _choice_exits(self) -> dict[str, Route]:
        exits: dict[str, Route] = {self.outcome(choice): (Way(choice.goto),) for choice in self.menu if choice.goto}
        return exits | ({EXTENSION: (Way(self.extensions.goto),)} if self.extensions else {})

    def own_choices(self) -> tuple[Choice, ...]:
        """Return the choices, in the order spoken."""
        return self.menu

    def choice_outcomes(self) -> frozenset[str]:
        """Return the outcome of each choice that leads to a step."""
        return frozenset(self._choice_exits())

    def sets(self) -> Mapping[str, str]:
        """Return the variables that keep the value of the choice, and the extension."""
        kept = {self.save_as: "text"} if self.save_as else {}
        return kept | ({self.extensions.save_as: "value"} if self.extensions else {})

    def faults(self) -> Iterator[tuple[str, str, str]]:
        """Yield the problem of a variable without values, or of values without a variable."""
        valued = any(choice.value for choice in self.menu)
        if valued and not self.save_as:
            yield self.kind, 'A choice has a "value", but nothing keeps it.', 'Add "as:" with the name of a variable.'
        elif self.save_as and not valued:
            yield "as", 'No choice has a "value" to keep.', 'Add "value:" to the choices, or delete this line.'
        for choice in self.menu if self.extensions else ():
            if self.extensions and is_extension(choice.key, self.extensions.patterns):
                message = f"Key {choice.key} of a choice is an extension, too."
                yield "extensions", message, "Give the choice another key, or write a narrower pattern."

    def do(self, turn: Turn, choice: Choice, outcome: str) -> Move:
        """Keep the value of the choice, and carry it out."""
        if self.save_as and choice in self.menu:
            turn.set(self.save_as, choice.value or None)
        return super().do(turn, choice, outcome)

    def outcome(self, choice: Choice) -> str:
        """Name the outcome of a choice by its key, and by its place among those with the same key."""
        same = [other for other in self.menu if other.key == choice.key]
        return f"key {choice.key}" + (f" ({same.index(choice) + 1})" if len(same) > 1 else "")

    def keys(self, turn: Turn) -> Keys:
        """Wait for as many keys as the longest choice or extension has. Pound ends one of several."""
        most = longest(self._keys, self._patterns)
        return Keys(most=most, finish=FINISH if most > 1 else "")

    def hearing(self, turn: Turn) -> Hearing | None:
        """Return the words that can be said here. Where several keys may be typed, nothing is recorded."""
        hearing = super().hearing(turn)
        several = longest(self._keys, self._patterns) > 1
        return None if hearing and several and hearing.by == "recording" else hearing

    @cached_property
    def _keys(self) -> frozenset[str]:
        return frozenset(choice.key for choice in self.menu if choice.key)

    @property
    def _patterns(self) -> tuple[str, ...]:
        return self.extensions.patterns if self.extensions else ()

    def take_keys(self, turn: Turn, keys: str) -> Move:
        """Take the keys of a choice or extension, and keep the rest for the steps behind it."""
        # The pound key only ends an entry of several digits; alone it may be a choice of the menu.
        if len(keys) > 1 and longest(self._keys, self._patterns) > 1:
            keys = keys.removesuffix(FINISH)
        # Reversed, so that of two choices on one key the first that is offered wins, as it is spoken.
        offered = {choice.key: choice for choice in reversed(self._offered(turn))}
        matched = matched_keys(keys, offered.keys() | _ONE_KEY, self._patterns)
        if matched is None:
            return MISS
        key, rest = matched
        if key in offered:
            keep_ahead(turn, rest)
            return self.do(turn, offered[key], self.outcome(offered[key]))
        if is_extension(key, self._patterns):
            return self._dial_extension(turn, key, rest)
        return self.universal(turn, key)

    def _dial_extension(self, turn: Turn, typed: str, rest: str) -> Move:
        """Keep whom the extension reaches; an extension that the list does not have is no match."""
        assert self.extensions is not None  # noqa: S101 - only its patterns lead here
        person: Any = typed
        if self.extensions.listed is not None:
            items = self.extensions.listed(turn.values())
            matching = (
                item for item in items or () if isinstance(item, Mapping) and _number(item, self.extensions) == typed
            )
            person = next(matching, None)
        if person is None:
            return MISS
        proof = turn.proof_behind(self.extensions.listed) if self.extensions.listed else 0
        turn.set(self.extensions.save_as, person, proof=proof)
        turn.record_choice(typed)
        keep_ahead(turn, rest)
        return EXTENSION

    def take_speech(self, turn: Turn, words: str) -> Move:
        """Take the choice whose phrase or key was clearly said."""
        named = self._spoken(turn).named(turn, words, self.universal_phrases(turn))
        if isinstance(named, int):
            choice = self._offered(turn)[named]
            return self.do(turn, choice, self.outcome(choice))
        if named is not None:
            # For its reason and label; the jump replaces the outcome, and `as` of this menu keeps nothing of another's
            # choice.
            super().do(turn, named.choice, "")
            return Jump(named.flow, named.step)
        # The words name a global choice, which is carried out after this miss; they must not be read as a number
        # before.
        if turn.services.understand(words, self.universal_phrases(turn), turn.call.language) is not None:
            return MISS
        several = longest(self._keys, self._patterns) > 1
        key = turn.services.inverse_normalize(words, turn.call.language, "keys" if several else "key")
        return self.take_keys(turn, key) if key and len(key) <= longest(self._keys, self._patterns) else MISS

    def expected(self, turn: Turn) -> Sequence[tuple[str, ...]]:
        """Expect the phrases of all choices on offer, and of those that count here from other menus."""
        return self._spoken(turn).all_phrases

    def keys_said(self, turn: Turn) -> Sequence[str]:
        """Expect the keys of all choices on offer, and those that work everywhere."""
        universal = (choice for choice in turn.flow.globals if turn.offered(choice))
        return list(dict.fromkeys([*(choice.key for choice in (*self._offered(turn), *universal) if choice.key), "0"]))

    def _offered_set(self, turn: Turn) -> tuple[object, ...]:
        return (self.name, *turn.offered_set(*self._conditional))

    @cached_property
    def _conditional(self) -> tuple[Choice, ...]:
        return tuple(choice for choice in self.menu if choice.when is not None)

    def _offered(self, turn: Turn) -> Sequence[Choice]:
        return turn.release_cache.once(
            ("offered", *self._offered_set(turn)),
            lambda: tuple(c for c in self.menu if turn.offered(c) and not self._pointless(turn, c)),
        )

    def _spoken(self, turn: Turn) -> SpokenChoices:
        """Return what can be said here."""
        key = ("spoken", *self._offered_set(turn))
        return turn.release_cache.once(key, lambda: spoken_choices(turn, self.name, self._offered(turn)))

    @staticmethod
    def _pointless(turn: Turn, choice: Choice) -> bool:
        return choice.do == "language" and language_of_choice(turn, choice) == turn.call.language

    # prompts

    def listen(self, turn: Turn) -> Move:
        """Ask and wait; a menu without a choice to offer goes on at once."""
        return super().listen(turn) if self._offered(turn) or self.extensions else FAILED

    def ask(self, turn: Turn) -> None:
        """Say the prompt, then the choices. Languages come first: who needs one understands nothing else."""
        if turn.scratch_as(MenuScratch).nudged:
            turn.remember(replace(turn.scratch_as(MenuScratch), nudged=False))
            return
        super().ask(turn)
        if not self.spoken:
            return
        returned = turn.scratch_as(InputScratch).returned
        if not returned:
            self._offer_languages(turn)
        if self.frequent_first:
            self._say_frequent(turn)
        options = self._options(turn)
        if turn.profile.option_pause:
            for place, words in enumerate(options):
                turn.pause(turn.profile.option_pause if place else 0)
                turn.say_words(
                    words + turn.line.phrases.phrase(turn.call.language, "option_end"), barge_in=self.barge_in
                )
        else:
            say_options(turn, options, barge_in=self.barge_in)
        if returned:
            self._offer_languages(turn)

    def most_failures(self, turn: Turn, kind: str) -> int:
        """Return the usual failures; a caller who was nudged is silent only twice."""
        usual = super().most_failures(turn, kind)
        return min(usual, self.silences()) if self.silences() and kind == SILENCE else usual

    def silences(self) -> int:
        """Return how often a caller is silent who is nudged; 0 where the choices are told again."""
        return MOST_SILENCES if self.nudge else 0

    def _reprompt(self, turn: Turn, kind: str, failures: int) -> None:
        if self.nudge and kind == SILENCE:
            turn.say(self.nudge)
            turn.remember(replace(turn.scratch_as(MenuScratch), nudged=True))
        else:
            super()._reprompt(turn, kind, failures)

    def _say_frequent(self, turn: Turn) -> None:
        """Say once what a verified customer usually wants, in a sentence of its own; the menu behind it stays as it is.

        Before proof it is not said: it would tell the habits of the number's owner to any caller who shows that number.
        What the call has been about is left out.

        Why not in another order: keys must be spoken in ascending order, and a key must mean the same in every call.
        """
        if not turn.owns_number or _SAID in turn.call.tries:
            return
        wanted = [reason for reason in turn.caller.frequent if reason != turn.call.facts.reason]
        frequent = [choice for choice in self._offered(turn) if choice.reason in wanted and choice.label is not None]
        if frequent:
            turn.change(tries={**turn.call.tries, _SAID: 1})
            language = turn.call.language
            options = [option_words(turn, turn.words(choice.label), choice.key) for choice in frequent if choice.label]
            between = turn.line.phrases.phrase(language, "option_between")
            turn.phrase("frequent", options=between.join(options), barge_in=self.barge_in)

    def _options(self, turn: Turn) -> Sequence[str]:
        """Return the options as they are spoken; labels without values are the same in every call."""
        if not self._fixed(turn):
            return tuple(self._composed(turn))
        key = ("options", self.name, *turn.offered_set(*self._conditional, *turn.flow.conditional_globals))
        return turn.release_cache.once(key, lambda: tuple(self._composed(turn)))

    def _fixed(self, turn: Turn) -> bool:
        """Return whether no label holds a value."""
        labels = (choice.label for choice in (*self.menu, *turn.flow.globals) if choice.label)
        return turn.release_cache.once(
            ("fixed", self.name, *turn.offered_set()),
            lambda: all(label.template(turn.call.language).fixed is not None for label in labels),
        )

    def _composed(self, turn: Turn) -> Iterator[str]:
        agent = self._agent(turn) if self.offer_agent else None
        if agent and turn.profile.agent_spoken == "first":
            yield agent
        for choice in self._offered(turn):
            if choice.label is not None and not choice.switches_language:
                yield option_words(turn, turn.words(choice.label), choice.key)
        if agent and turn.profile.agent_spoken != "first":
            yield agent

    @staticmethod
    def _agent(turn: Turn) -> str | None:
        for choice in turn.flow.globals:
            if choice.goto and choice.goto.name == turn.flow.agent and choice.key and turn.offered(choice):
                language = turn.call.language
                label = turn.words(choice.label) if choice.label else turn.line.phrases.phrase(language, "agent_label")
                return option_words(turn, label, choice.key)
        return None

    def _offer_languages(self, turn: Turn) -> None:
        for choice in self._offered(turn):
            if choice.switches_language:
                language = language_of_choice(turn, choice)
                turn.phrase("option_language", language=language, barge_in=self.barge_in, key=choice.key)


def _number(item: Mapping[str, Any], extensions: Extensions) -> str:
    value = item.get(extensions.by)
    return "" if value is None else str(value)
