"""Check that names defined by flows and `line.yaml` are readable in expressions and not reserved."""

from __future__ import annotations

from collections.abc import Iterator
from keyword import iskeyword

from ivr.diagnostics.problem import Place, Problem
from ivr.flow.desk_field import OWN_DESK
from ivr.flow.evaluation import CONSTANTS
from ivr.flow.model import ALWAYS, Flow, Hotline
from ivr.flow.standing_values import STANDING_VALUES
from ivr.yamlfile.source import Mapping

from ._line_names import place_of_key
from ._rule import Parts, Rule


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check the names of parameters and of the variables that steps set."""
    del parts
    for name in flow.parameters:
        yield from _value(name, flow.place_of("parameters"))
    for step in flow.written_steps():
        for name in step.sets():
            yield from _value(name, step.place_of("as" if "as" in step.places else step.kind))


def check_taken(line: Hotline, node: Mapping) -> Iterator[Problem]:
    """Check that hours and desks do not have a reserved name."""
    if ALWAYS in line.hours:
        message = f'"{ALWAYS}" names hours that never end, and cannot mean others.'
        yield Problem(place_of_key(node, "hours", ALWAYS), RULE.id, message, "Take another name.")
    if OWN_DESK in line.desks:
        message = f'"{OWN_DESK}" stands for the desk of the caller\'s own segment, so no desk can be called that.'
        yield Problem(place_of_key(node, "desks", OWN_DESK), RULE.id, message, "Take another name.")


def _value(name: str, place: Place) -> Iterator[Problem]:
    if name in STANDING_VALUES or name == "item":
        message = f'"{name}" is the name of a value that every flow has.'
        yield Problem(place, RULE.id, message, "Take another name.")
    # As Python and the parser of conditions see names: 余额 is one, 2nd and 余-额 are none.
    elif not name.isidentifier() or name.startswith("_") or iskeyword(name) or name in CONSTANTS:
        message = f'"{name}" cannot be the name of a value: no text or condition could read it.'
        cure = "Use letters, digits and _ only, and none of the words of conditions."
        yield Problem(place, RULE.id, message, cure)


RULE = Rule(
    "bad-name",
    "A name has characters that names cannot have, or is reserved.",
    flow=check,
    line=check_taken,
    whole=True,
)
