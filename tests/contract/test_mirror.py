"""Tests stand where their module stands: tests/<room>/test_<module>.py for ivr/<room>/<module>.py.

A private module `_x.py` is tested in `test_x.py`, a package by a file with its name. A rule of `ivr check` has its
cases in tests/broken_flows, which tests/flow/test_broken_flows.py holds complete.
"""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
IVR, TESTS = ROOT / "ivr", ROOT / "tests"
LEAST_SHARE = 0.62
"""The share of modules with a test file of their own; raise it when it has grown."""

THEME_ROOMS = ("flows", "contract", "bench", "conversations")
"""Rooms whose tests are about whole flows, promises of several modules, speed, and what editors write."""

THEMES = {
    "test_canary": "no secret in anything that real processes write",
    "test_reaching_a_person": "the way to a person, from the call to the desk",
    "test_wheel": "what is built of the tree",
    "test_signed_calls": "signed calls over real HTTP",
    "test_waiting": "a server that does not get ready fails its test at once",
    "carrier/terminal/test_commands": "the commands that open a telephone",
    "cli/test_commands": "help, exit codes and start time of all commands",
    "demo/bank/test_change_pin": "a PIN is changed",
    "engine/test_expiry": "a proof runs out",
    "engine/test_spoken": "entries and choices by voice",
    "engine/test_unheard": "nobody can hear the caller any more",
    "flow/test_broken_flows": "each rule finds what its file marks",
    "loadtest/test_load": "`ivr load` as a whole",
    "services/identity/test_attacks_on_calls": "guessing over many calls",
    "services/queue/test_invariants": "what holds in the queue whatever happens",
    "speech/prompts/test_calls": "whole turns with local voices",
    "speech/test_recordings_in_calls": "what callers say, from the carrier to the entry",
    "services/queue/test_waits": "what waiting callers are told",
}
"""Tests of several modules, each with its theme."""


def modules() -> list[Path]:
    """Return every module that is to have tests of its own, relative to ivr/."""
    files = (path.relative_to(IVR) for path in sorted(IVR.rglob("*.py")))
    return [path for path in files if not path.stem.startswith("__") and path.parent != Path("flow/rules")]


def own_tests(module: Path) -> Path:
    return TESTS / module.parent / f"test_{module.stem.lstrip('_')}.py"


def test_most_modules_have_tests_of_their_own() -> None:
    missing = [str(module) for module in modules() if not own_tests(module).exists()]
    share = 1 - len(missing) / len(modules())
    assert share >= LEAST_SHARE, f"{share:.3f} of the modules have their own tests; without are {missing}"


def test_every_test_file_names_a_module_or_a_theme() -> None:
    sources = [path.relative_to(IVR) for path in IVR.rglob("*.py")]
    packages = [path.parent for path in sources if path.stem == "__init__"]
    named = {own_tests(module) for module in [*sources, *packages] if module != Path()}
    strays = []
    for path in sorted(TESTS.rglob("test_*.py")):
        place = path.relative_to(TESTS).with_suffix("").as_posix()
        themed = place in THEMES or place.split("/")[0] in THEME_ROOMS
        if path not in named and not themed:
            strays.append(place)
    assert not strays, "rename these after their module, move them to tests/flows, or list their theme in THEMES"
