"""Find variables of the environment that look like settings and are none, such as IVR_STOR."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches

from . import FILE_VARIABLES, VARIABLES

_PREFIX = "IVR_"
_OF_TOOLS = frozenset({"IVR_DEBUG", "IVR_VENV", "IVR_SET_UP_BY", "IVR_RANDOM_CALLS"})
"""Variables that no deployment sets: of the set-up, of the tests, and to show where a fault arose."""
_OF_TESTS = "IVR_TEST_"


def misspelt(env: Mapping[str, str], more: Collection[str] = ()) -> Iterator[tuple[str, str]]:
    """Yield each variable that is no setting with the setting that was probably meant, or an empty text.

    `more` are the variables that lookups.yaml names.
    """
    settings = (*VARIABLES.values(), *FILE_VARIABLES, *more)
    for name in sorted(env):
        # A misspelt setting would otherwise be ignored without a word, and its default be in force.
        if name.startswith(_PREFIX) and name not in _OF_TOOLS.union(settings) and not name.startswith(_OF_TESTS):
            yield name, next(iter(get_close_matches(name, settings, 1, 0.75)), "")
