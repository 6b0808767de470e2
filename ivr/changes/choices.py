"""Differences in the choices of a menu, or in the choices that work everywhere in a flow."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from ivr.flow.model import Choice

from .model import Difference
from .texts import label_texts

Renamed = Callable[[str], str]
"""Returns the new name of a step of the old release."""


@dataclass
class ChoiceComparison:
    """Two lists of choices at one place, and what is different between them."""

    flow: str
    step: str
    old: Sequence[Choice]
    new: Sequence[Choice]
    renamed: Renamed
    _pairs: list[tuple[Choice, Choice]] = field(default_factory=list)

    def differences(self) -> Iterator[Difference]:
        """Yield what a caller notices at the keys, then what is different in words."""
        old, new = self._pair()
        yield from self._moves()
        for before, after in self._pairs:
            yield from self._pair_differences(before, after)
        for choice in old:
            yield self._difference("key_removed", key=_key(choice), label=label_texts(choice))
        for choice in new:
            yield self._difference("key_added", key=_key(choice), label=label_texts(choice), after=_aim(choice))

    def _pair(self) -> tuple[list[Choice], list[Choice]]:
        """Pair the choices: those that are the same, that lead to the same, that have the same key; return the rest."""
        old, new = list(self.old), list(self.new)
        # The strictest test first: a choice that stayed must not be paired with a new one that leads to the same step.
        tests: Sequence[Callable[[Choice, Choice], bool]] = (
            lambda a, b: self._same_aim(a, b) and label_texts(a) == label_texts(b) and a.key == b.key,
            lambda a, b: self._same_aim(a, b) and label_texts(a) == label_texts(b),
            lambda a, b: label_texts(a) == label_texts(b) and a.label is not None,
            self._same_aim,
            lambda a, b: a.key == b.key and bool(a.key),
        )
        for test in tests:
            for before in list(old):
                after = next((choice for choice in new if test(before, choice)), None)
                if after is not None:
                    self._pairs.append((before, after))
                    old.remove(before)
                    new.remove(after)
        return old, new

    def _same_aim(self, old: Choice, new: Choice) -> bool:
        if old.do or new.do:
            return old.do == new.do
        return bool(old.goto and new.goto) and self._aim_now(old) == _aim(new)

    def _aim_now(self, old: Choice) -> str:
        return self.renamed(old.goto.name) if old.goto else old.do

    def _moves(self) -> Iterator[Difference]:
        """Yield the keys that moved: several that moved by the same as one difference."""
        moved = [(before, after) for before, after in self._pairs if before.key != after.key]
        digits = [pair for pair in moved if pair[0].key.isdecimal() and pair[1].key.isdecimal()]
        digits.sort(key=lambda pair: int(pair[0].key))
        together: set[int] = set()
        # An option that is put in front moves all others: one sentence for them, so that the rest is not lost among
        # them.
        for delta, group in groupby(digits, key=lambda pair: int(pair[1].key) - int(pair[0].key)):
            pairs = list(group)
            if len(pairs) > 1:
                # By identity, because two choices of a menu may be equal.
                together |= {id(before) for before, _ in pairs}
                yield self._difference(
                    "keys_moved_up" if delta > 0 else "keys_moved_down",
                    first=pairs[0][0].key, last=pairs[-1][0].key, by=str(abs(delta)),
                    now_first=pairs[0][1].key, now_last=pairs[-1][1].key,
                )  # fmt: skip
        for before, after in moved:
            if id(before) not in together:
                yield self._difference("key_moved", label=label_texts(after), before=_key(before), after=_key(after))

    def _pair_differences(self, old: Choice, new: Choice) -> Iterator[Difference]:
        label = label_texts(new)
        if self._aim_now(old) != _aim(new):
            yield self._difference("key_leads", key=_key(new), label=label, before=self._aim_now(old), after=_aim(new))
        if label_texts(old) != label:
            yield self._difference("option_words", key=_key(new), before=label_texts(old), after=label)
        if (old.when.text if old.when else "") != (new.when.text if new.when else ""):
            kind = "option_condition" if new.when else "option_always"
            yield self._difference(kind, label=label, after=new.when.text if new.when else "")
        yield from self._phrases(old, new)
        for name in ("reason", "value"):
            before, after = getattr(old, name), getattr(new, name)
            if before != after:
                yield self._difference("option_setting", label=label, name=name, before=before, after=after)

    def _phrases(self, old: Choice, new: Choice) -> Iterator[Difference]:
        before = dict(old.phrases.by_language) if old.phrases else {}
        after = dict(new.phrases.by_language) if new.phrases else {}
        for language in dict.fromkeys([*before, *after]):
            was, now = before.get(language, ()), after.get(language, ())
            for kind, phrases in (("phrases_removed", set(was) - set(now)), ("phrases_added", set(now) - set(was))):
                if phrases:
                    yield self._difference(kind, label=label_texts(new), phrases=", ".join(sorted(phrases)))

    def _difference(self, kind: str, **facts: str | dict[str, str]) -> Difference:
        return Difference(kind, self.flow, self.step, facts)


def _key(choice: Choice) -> str:
    return {"*": "star", "#": "pound", "": "-"}.get(choice.key, choice.key)


def _aim(choice: Choice) -> str:
    return choice.goto.name if choice.goto else choice.do
