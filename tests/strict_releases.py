"""Releases from texts in a test, which must pass every rule, as those of a folder must before they are published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ivr.errors import FlowError
from ivr.flow.catalogue import Catalogue
from ivr.flow.loader import inspect_files
from ivr.flow.model import Release


def strict_release(files: Mapping[str, str], catalogue: Catalogue) -> Release:
    """Return the release of these files, whose questions to the bank need not exist. Raises FlowError."""
    release, problems = inspect_files(files, replace(catalogue, questions={}))
    if release is None or any(problem.level == "error" for problem in problems):
        raise FlowError(problems)
    return release
