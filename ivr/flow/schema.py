"""The JSON Schema (draft-07) of a flow file and of `line.yaml`, for editors, from the declarations that reading uses.

Draft-07, because that is what the language servers of YAML editors understand best.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping

from .fields import Schema, documented, object_schema, options
from .hotline import LineFields
from .loader import Catalogue, FlowFields, step_options
from .model import Step

_DRAFT = "http://json-schema.org/draft-07/schema#"
_STEP_NAME = r"^(?!return$)(?![-0-9])[^\s!-,./:-@\[-^`{-~]+$"
"""Letters of any script, digits, _ and -; written without classes that differ between JSON Schema's readers."""


def flow_schema(catalogue: Catalogue) -> Schema:
    """Return the schema of a flow file with every kind of step."""
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


def _step_schema(kinds: Mapping[str, type[Step]]) -> Schema:
    """Offer the key of every kind, and check the step by the one that is there."""
    return {
        "type": "object",
        "description": "A step does one thing; the key that says which is its kind.",
        "properties": {kind: documented(option_summary(cls)) for kind, cls in sorted(kinds.items())},
        "anyOf": [{"required": [kind]} for kind in sorted(kinds)],
        "allOf": [
            {"if": {"required": [kind]}, "then": {"$ref": f"#/definitions/{kind}%20step"}} for kind in sorted(kinds)
        ],
    }


def _kind_schema(cls: type[Step]) -> Schema:
    schema = object_schema(step_options(cls))
    return {"title": f"{cls.kind} step", **documented(manual_text(cls)), **schema}


def option_summary(cls: type[Step]) -> str:
    """Return the first paragraph of what a kind of step says of itself."""
    return manual_text(cls).split("\n\n")[0].replace("\n", " ")


def manual_text(cls: type[Step]) -> str:
    """Return what a kind of step says of itself, with its sample."""
    return inspect.cleandoc(cls.__doc__ or "")
