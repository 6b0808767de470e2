"""The JSON Schemas of flow files, line.yaml and lookups.yaml, for text editors, from the declarations of the language.

Draft-07, because YAML language servers support it best.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping

from .catalogue import Catalogue, step_key, step_options
from .fields import Schema, documented, object_schema, options
from .hotline import LineFields
from .loader import FlowFields
from .lookups import LookupsFields
from .model import Step
from .shared_parts import USE, WITH

_DRAFT = "http://json-schema.org/draft-07/schema#"
# The YAML extension of VS Code ignores a pattern under `propertyNames` for keys such as `12:`, so names of steps are
# checked by `patternProperties`.
_STEP_NAME = r"^(?!return$)(?![-0-9])[^\s!-,./:-@\[-^`{-~]+$"
"""Letters of any script, digits, _ and -; written without character classes that differ between implementations."""


def flow_schema(catalogue: Catalogue) -> Schema:
    """Return the schema of a flow file with every step kind."""
    schema = object_schema(options(FlowFields))
    steps = schema["properties"]["steps"]
    steps |= {
        "minProperties": 1,
        "patternProperties": {_STEP_NAME: {"$ref": "#/definitions/step"}},
        "additionalProperties": False,
    }
    definitions = {f"{kind} step": _kind_schema(cls) for kind, cls in sorted(catalogue.steps.items())}
    title = "A telephone menu: a flow of named steps"
    return {
        "$schema": _DRAFT,
        "title": title,
        **schema,
        "definitions": {"step": _step_schema(catalogue.steps), **definitions},
    }


def line_schema() -> Schema:
    """Return the schema of `line.yaml`."""
    schema = object_schema(options(LineFields))
    schema["properties"]["lines"]["required"] = ["default"]
    return {"$schema": _DRAFT, "title": "The telephone side: called numbers and desks", **schema}


def lookups_schema() -> Schema:
    """Return the schema of `lookups.yaml`."""
    return {"$schema": _DRAFT, "title": "The services that flows ask", **object_schema(options(LookupsFields))}


def _step_schema(kinds: Mapping[str, type[Step]]) -> Schema:
    """Return the schema of a step: it offers the key of every kind, and checks a step by the kind whose key it has."""
    keys = {kind: cls for kind, cls in sorted(kinds.items()) if not cls.written_as}
    return {
        "type": "object",
        "description": "A step does one thing; the key that says which is its kind.",
        "properties": {
            **{kind: documented(option_summary(cls)) for kind, cls in keys.items()},
            USE: documented("The step of line.yaml that this one is made of."),
            WITH: documented("The values of its parameters."),
        },
        # One key is offered, and the block is checked by `if` and `then`: under a plain `oneOf` of twenty kinds,
        # editors answer each slip with the faults of all twenty.
        "anyOf": [{"required": [kind]} for kind in (*keys, USE)],
        "allOf": [
            {"if": _written(cls, kinds), "then": {"$ref": f"#/definitions/{kind}%20step"}}
            for kind, cls in sorted(kinds.items())
        ],
    }


def _written(cls: type[Step], kinds: Mapping[str, type[Step]]) -> Schema:
    """Return what tells the steps of a kind from others: the key, and its value where the key has several kinds."""
    key = step_key(cls)
    # The kind that has the key for itself takes all values but those of its siblings, which are checked by theirs.
    values = [other.written_as[1] for other in kinds.values() if other.written_as and other.written_as[0] == key]
    if cls.written_as:
        return {"required": [key], "properties": {key: {"const": cls.written_as[1]}}}
    return {"required": [key], **({"properties": {key: {"not": {"enum": values}}}} if values else {})}


def _kind_schema(cls: type[Step]) -> Schema:
    schema = object_schema(step_options(cls))
    return {"title": f"{cls.kind} step", **documented(manual_text(cls)), **schema}


def option_summary(cls: type[Step]) -> str:
    """Return the first paragraph of a step kind's docstring."""
    return manual_text(cls).split("\n\n")[0].replace("\n", " ")


def manual_text(cls: type[Step]) -> str:
    """Return the docstring of a step kind, which ends with a sample."""
    return inspect.cleandoc(cls.__doc__ or "")
