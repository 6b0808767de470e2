"""Tests stand where their module stands: tests/<room>/test_<module>.py for ivr/<room>/<module>.py.

A package is tested by a file with its name. Three sorts of modules need no file of their own: a module that only
declares (structs, protocols, tables), a private module (`_x.py`, or in a private package), which belongs to the public
modules that import it, and a rule of `ivr check`, whose cases tests/flow/test_broken_flows.py holds complete.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
IVR, TESTS = ROOT / "ivr", ROOT / "tests"
THEME_ROOMS = ("flows", "contract", "bench", "conversations", "simulation")
"""Rooms whose tests are about whole flows, promises of several modules, speed, what editors write, and faults."""

THEMES = {
    "test_canary": "no secret in anything that real processes write",
    "test_many_machines": "two servers on one database",
    "web/test_api_roles": "each role at each route of the API, and no answer 500",
    "test_reaching_a_person": "the way to a person, from the call to the desk",
    "test_supply_chain": "known vulnerabilities of packages",
    "test_wheel": "what is built of the tree",
    "test_signed_calls": "signed calls over real HTTP",
    "test_waiting": "a server that does not get ready fails its test at once",
    "attacks/test_deaths": "calls go on while their workers are killed",
    "attacks/test_publishing": "calls while flows are edited and published, and workers die",
    "attacks/test_locked_store": "callers while another process keeps the store locked",
    "attacks/test_api_requests": "requests to the API at random, with tokens of every role",
    "attacks/test_door": "honest calls while connections hold the server",
    "attacks/test_forged_requests": "requests that the carrier did not send",
    "attacks/test_full_queue": "a flood of calls",
    "attacks/test_guessing": "PINs guessed, and customers passed for",
    "attacks/test_guessing_days": "days of guessing beside honest callers",
    "attacks/test_hostile_input": "anything in any field",
    "attacks/test_reaching_out": "calls and requests that the bank should not make",
    "attacks/test_staff_api": "the API without a token and with junk",
    "carrier/line/test_calls_over_sip": "the shipped flows, called with telephones that were not written here",
    "carrier/line/test_conversations_over_sip": "the conversations of the terminal over SIP",
    "carrier/line/test_hostile_sip": "malformed and hostile SIP",
    "carrier/line/test_many_calls": "many calls at once",
    "carrier/line/test_phone_in_chromium": "the telephone page in a real browser",
    "cli/test_commands": "help, exit codes and start time of all commands",
    "demo/bank/test_change_pin": "a PIN is changed",
    "engine/test_expiry": "a proof runs out",
    "engine/test_spoken": "entries and choices by voice",
    "engine/test_unheard": "nobody can hear the caller any more",
    "flow/test_broken_flows": "each rule finds what its file marks",
    "flow/rules/test_example_calls": "the calls that proofs print show the fault",
    "flow/rules/test_samples": "each rule finds its wrong sample and passes its right one",
    "loadtest/test_load": "`ivr load` as a whole",
    "services/identity/test_attacks_on_calls": "guessing over many calls",
    "services/queue/test_invariants": "what holds in the queue whatever happens",
    "services/queue/test_waits": "what waiting callers are told",
    "session/test_repeated_requests": "requests that come twice, late and at once",
    "session/test_replay": "turns that are run again",
    "session/test_stuck_store": "a store that another process keeps locked",
    "session/test_unit_of_work": "what a turn reads, writes and keeps",
    "engine/test_long_calls": "what a call of many turns costs",
    "speech/prompts/test_calls": "whole turns with local voices",
    "speech/test_recordings_in_calls": "what callers say, from the carrier to the entry",
}
"""Tests of several modules, each with its theme."""


def computes(module: Path) -> bool:
    """Whether any function of a module does more than return a constant."""
    tree = ast.parse((IVR / module).read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return any(not _declares(statement) for function in functions for statement in function.body)


def _declares(statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass() | ast.Expr(value=ast.Constant()) | ast.Return(value=None | ast.Constant() | ast.Tuple(elts=[])):
            return True
        case _:
            return False


def modules() -> list[Path]:
    """Return every module that is to have tests of its own, relative to ivr/."""
    files = (path.relative_to(IVR) for path in sorted(IVR.rglob("*.py")))
    public = (path for path in files if not any(part.startswith("_") for part in path.parts))
    return [path for path in public if path.parent != Path("flow/rules") and computes(path)]


def own_tests(module: Path) -> Path:
    return TESTS / module.parent / f"test_{module.stem.lstrip('_')}.py"


@pytest.mark.parametrize("room", sorted({path.parts[0] for path in modules()}))
def test_every_module_has_tests_of_its_own(room: str) -> None:
    missing = [str(module) for module in modules() if module.parts[0] == room and not own_tests(module).exists()]
    assert not missing, f"no tests of their own have {', '.join(missing)}"


def test_every_test_file_names_a_module_or_a_theme() -> None:
    sources = [path.relative_to(IVR) for path in IVR.rglob("*.py")]
    packages = [path.parent for path in sources if path.stem == "__init__"]
    named = {own_tests(module) for module in [*sources, *packages] if module != Path()}
    strays = []
    for path in sorted(TESTS.rglob("test_*.py")):
        place = path.relative_to(TESTS).with_suffix("").as_posix()
        if path not in named and place not in THEMES and place.split("/")[0] not in THEME_ROOMS:
            strays.append(place)
    assert not strays, "rename these after their module, move them to tests/flows, or list their theme in THEMES"
