"""Check a sample answer of lookups.yaml against the fields that its question gives: their names, forms and kinds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time
from typing import Any

from ivr.diagnostics.problem import Place
from ivr.yamlfile.plain_value import plain_value
from ivr.yamlfile.source import Mapping as SourceMapping
from ivr.yamlfile.source import Node, Scalar, Sequence
from ivr.yamlfile.suggest import did_you_mean

from .questions import AnswerField

SampleFault = tuple[Place, str, str]
"""The place, message and cure of a fault."""

_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,10})?\Z")
_WHOLE = re.compile(r"-?\d{1,15}\Z")
_PHONE = re.compile(r"\+?\d{3,15}\Z")


def _read_by(read: Callable[[str], Any]) -> Callable[[Any], bool]:
    def fits(value: Any) -> bool:
        try:
            read(str(value))
        except ValueError:
            return False
        return True

    return fits


def _matches(form: re.Pattern[str]) -> Callable[[Any], bool]:
    return lambda value: not isinstance(value, bool) and form.match(str(value)) is not None


_FORMS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "flag": (lambda value: isinstance(value, bool), "true"),
    "date": (_read_by(date.fromisoformat), "2026-12-01"),
    "datetime": (_read_by(datetime.fromisoformat), "2026-12-01T09:30"),
    "time": (_read_by(time.fromisoformat), '"09:30"'),
    "amount": (_matches(_NUMBER), '"12.50"'),
    "number": (_matches(_NUMBER), '"7.12"'),
    "percent": (_matches(_NUMBER), '"2.1"'),
    "duration": (_matches(_NUMBER), "90"),
    "count": (_matches(_WHOLE), "3"),
    "ordinal": (_matches(_WHOLE), "3"),
    "phone": (_matches(_PHONE), '"+861085550100"'),
    "digits": (_matches(re.compile(r"\d+\Z")), '"0128"'),
    "card_tail": (_matches(re.compile(r"\d{4}\Z")), '"0128"'),
    "code": (_matches(re.compile(r"[0-9A-Za-z -]+\Z")), "A12"),
}
"""The form of the values of each kind, and a sample. Texts and names have any form."""


def sample_faults(node: SourceMapping, fields: Mapping[str, AnswerField]) -> Iterator[SampleFault]:
    """Yield the faults of an answer, to the deepest field; without declared fields any answer fits."""
    for key, body in node.entries if fields else ():
        if key.text not in fields:
            cure = did_you_mean(key.text, fields) or f"It has {', '.join(fields)}."
            yield key.place, f'The answer has no "{key.text}".', cure
        else:
            yield from _faults(key.text, body, fields[key.text])


def _faults(name: str, body: Node, field: AnswerField) -> Iterator[SampleFault]:
    if isinstance(body, Scalar) and plain_value(body) is None:
        return  # a field that the answer does not have this time
    if field.listed and not isinstance(body, Sequence):
        yield body.place, f'"{name}" is a list.', f"Write its items in brackets, as in {name}: []"
    elif field.parts and not field.listed and not isinstance(body, SourceMapping):
        yield body.place, f'"{name}" is a block of fields.', f"It has {', '.join(field.parts)}."
    elif isinstance(body, Scalar):
        yield from _value_faults(name, body, field)
    else:
        items = (body,) if isinstance(body, SourceMapping) else body.items
        for item in items if field.parts else ():
            if isinstance(item, SourceMapping):
                yield from sample_faults(item, field.parts)
            else:
                yield item.place, f'An item of "{name}" is a block of fields.', f"It has {', '.join(field.parts)}."


def _value_faults(name: str, body: Scalar, field: AnswerField) -> Iterator[SampleFault]:
    fits, sample = _FORMS.get(field.kind, (None, ""))
    if fits is not None and not fits(plain_value(body)):
        yield (
            body.place,
            f'"{name}" is declared as {field.words}, and "{body.text}" is none.',
            f"As in {name}: {sample}",
        )
