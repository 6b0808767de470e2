"""`collect: one_of`: takes one item of a list, by its name or by its number; long lists are read by pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from ivr.engine.input_step import MISS, InputScratch, InputStep
from ivr.engine.option_words import option_words, say_options
from ivr.engine.step import Move
from ivr.engine.turn import Turn
from ivr.engine.verbs import Keys
from ivr.flow.expressions import Expression
from ivr.flow.fields import Block, ListOf, option
from ivr.flow.model import Phrases, Route
from ivr.flow.outcomes import FAILED
from ivr.flow.routes import Condition, Ways
from ivr.flow.scalars import Flag, Name, OneOf, WordField
from ivr.flow.text import Text
from ivr.flow.text_field import PhrasesField, TextField

ITEMS_A_PAGE = 8
"""The items of a page where a list has more than nine: the ninth key leads to the next page."""
_MORE = "9"
_ONE_PAGE = 9


@dataclass(frozen=True)
class ListedFields:
    """The keys of an item that the flow lists."""

    label: Text = option(TextField(), help="The name that callers hear and say.")
    value: str = option(WordField("a text", "xian"), help="What is kept.", default="", shown="the label")
    phrases: Phrases | None = option(PhrasesField(), help="Further words that callers say for it.", default=None)


@dataclass(frozen=True)
class Item:
    """An item on offer: its name, the phrases for it, and the value that is kept."""

    label: str
    phrases: tuple[str, ...]
    value: Any


@dataclass(frozen=True)
class OneOfScratch(InputScratch):
    """`page` is the page that was read last, from 0."""

    page: int = 0


@dataclass(frozen=True, kw_only=True)
class CollectOneOfStep(InputStep):
    """Takes one item of a list, such as a city or a product, by its name or by its number.

    The list stands in the flow (`items`: names, or blocks with `label`, `value` and `phrases`), or comes from a lookup
    (`in`, with the field `by` as its name). The variable keeps the `value` or the name, and of a list from a lookup
    the item. A list of more than nine is read by pages: key 9 leads on, and names of other pages are understood, too.

    ```yaml
    ask_city:
      collect: one_of
      items: [北京, 上海, {label: 西安, value: xian, phrases: [长安]}]
      as: city
      prompt: 您要查询哪个城市？
      next: tell_city
    ```
    """

    kind: ClassVar[str] = "collect_one_of"
    written_as: ClassVar[tuple[str, str] | None] = ("collect", "one_of")
    ladder: ClassVar[str] = "menu"

    collect: str = option(OneOf(("one_of",)), help="What is taken: an item of a list.")
    save_as: str = option(Name(), help="The variable that keeps it.", key="as")
    next: Route = option(Ways(), help="Where the call goes on.")
    written: tuple[ListedFields, ...] = option(
        ListOf(Block(ListedFields, "an item", short="label")),
        help="The items.",
        key="items",
        default=(),
        shown="those of `in`",
    )
    listed: Expression | None = option(
        Condition("a list", "branches.items"), help="The list, as of a lookup.", key="in", default=None
    )
    by: str = option(Name(), help="The field with the name of an item of `in`.", default="name")
    spoken: bool = option(Flag(), help="Whether the items are read to callers.", default=True)

    def exits(self) -> Mapping[str, Route]:
        """Return the way on."""
        return {"next": self.next} | self.failure_exits()

    def sets(self) -> Mapping[str, str]:
        """Return the variable and its type."""
        return {self.save_as: "value" if self.listed else "text"}

    def faults(self) -> Iterator[tuple[str, str, str]]:
        """Yield the fault of a step with two lists, or with none."""
        if bool(self.written) == bool(self.listed):
            message = "One list is needed." if not self.written else '"items" and "in" are two lists.'
            own_key = (self.written_as or (self.kind,))[0]
            yield "in" if self.written else own_key, message, 'Give it either "items" or "in".'

    # the items

    def _all(self, turn: Turn) -> Sequence[Item]:
        """Return the items; asking, hearing and answering share them."""
        compose = self._of_the_flow if self.written else self._of_a_lookup
        return turn.once((turn.flow.name, self.name), lambda: tuple(compose(turn)))

    def _of_the_flow(self, turn: Turn) -> Iterator[Item]:
        language = turn.call.language
        for item in self.written:
            label = turn.words(item.label)
            phrases = item.phrases.for_language(language) if item.phrases else ()
            own = item.label.template(turn.flow.language).fixed or label
            yield Item(label, (label, *phrases), item.value or own)

    def _of_a_lookup(self, turn: Turn) -> Iterator[Item]:
        assert self.listed is not None  # noqa: S101 - `faults` refuses a step without a list
        items = self.listed(turn.values())
        for item in items if isinstance(items, list | tuple) else ():
            name = item.get(self.by) if isinstance(item, Mapping) else item
            if isinstance(name, str) and name.strip():
                yield Item(name, (name,), item)

    def _page(self, turn: Turn) -> Sequence[Item]:
        """Return the items of the current page, by their keys from 1."""
        items = self._all(turn)
        if len(items) <= _ONE_PAGE:
            return items
        first = turn.scratch_as(OneOfScratch).page * ITEMS_A_PAGE
        return items[first : first + ITEMS_A_PAGE]

    def _pages(self, turn: Turn) -> int:
        count = len(self._all(turn))
        return 1 if count <= _ONE_PAGE else -(-count // ITEMS_A_PAGE)

    # asking

    def listen(self, turn: Turn) -> Move:
        """Ask and wait; an empty list can't be chosen from."""
        return super().listen(turn) if self._all(turn) else FAILED

    def ask(self, turn: Turn) -> None:
        """Say the prompt, then the items of the page."""
        # On further pages the prompt would be heard again before each eight names.
        if turn.scratch_as(OneOfScratch).page == 0:
            super().ask(turn)
        if self.spoken:
            language = turn.call.language
            options = [option_words(turn, item.label, str(key)) for key, item in enumerate(self._page(turn), start=1)]
            if self._pages(turn) > 1:
                options.append(option_words(turn, turn.line.phrases.phrase(language, "more_items"), _MORE))
            say_options(turn, options, barge_in=self.barge_in)

    def keys(self, turn: Turn) -> Keys:
        """One key is enough."""
        return Keys(most=1)

    def keys_said(self, turn: Turn) -> Sequence[str]:
        """Expect the numbers of the page."""
        return [*(str(key + 1) for key in range(len(self._page(turn)))), *([_MORE] if self._pages(turn) > 1 else [])]

    def expected(self, turn: Turn) -> Sequence[tuple[str, ...]]:
        """Expect the names of all items."""
        return [item.phrases for item in self._all(turn)]

    # answering

    def take_keys(self, turn: Turn, keys: str) -> Move:
        """Take the number of an item; the key for more reads the next page, after the last the first."""
        key, page = keys[:1], self._page(turn)
        if self._pages(turn) > 1 and key == _MORE:
            return self._next_page(turn)
        if key.isdecimal() and 0 < int(key) <= len(page):
            return self._accept(turn, page[int(key) - 1])
        return self.universal(turn, key)

    def take_speech(self, turn: Turn, words: str) -> Move:
        """Take the item whose name or number was clearly said."""
        items, language = self._all(turn), turn.call.language
        more = [turn.line.phrases.words(language, "more_words")] if self._pages(turn) > 1 else []
        place = turn.services.understand(words, [*(item.phrases for item in items), *more], language)
        if place is not None:
            return self._accept(turn, items[place]) if place < len(items) else self._next_page(turn)
        key = turn.services.inverse_normalize(words, language, "key")
        return self.take_keys(turn, key) if key and len(key) == 1 else MISS

    def _next_page(self, turn: Turn) -> Move:
        scratch = turn.scratch_as(OneOfScratch)
        turn.remember(replace(scratch, page=(scratch.page + 1) % self._pages(turn)))
        return self.listen(turn)

    def _accept(self, turn: Turn, item: Item) -> Move:
        # An item keeps the level of its list: one of a customer's accounts is not read to an unproved caller later.
        proof = turn.proof_behind(self.listed) if self.listed else 0
        turn.set(self.save_as, item.value, proof=proof)
        turn.record_choice(item.label)
        return "next"
