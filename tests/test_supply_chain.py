"""An audit that has looked up nothing is not taken for a good one."""

from __future__ import annotations

import json
import subprocess

import pytest

from tests import supply_chain
from tests.supply_chain import Audit, read_audit

SOUND = {"name": "flask", "version": "3.1.0", "vulns": []}
FLAWED = {"name": "old", "version": "1.0", "vulns": [{"id": "PYSEC-1"}, {"id": "PYSEC-2"}]}
NOT_LOOKED_UP = {"name": "lost", "skip_reason": "not found"}


def test_vulnerabilities_and_packages_that_were_not_looked_up_are_told_apart():
    assert read_audit({"dependencies": [SOUND, FLAWED, NOT_LOOKED_UP]}) == Audit(("old 1.0: PYSEC-1, PYSEC-2",), 2, 1)


@pytest.mark.parametrize(
    ("output", "code", "words"),
    [
        ("", 0, "NOT AUDITED"),
        (json.dumps({"dependencies": [NOT_LOOKED_UP]}), 0, "NOT AUDITED"),
        (json.dumps({"dependencies": [SOUND, NOT_LOOKED_UP]}), 0, "1 packages looked up, 1 not"),
        (json.dumps({"dependencies": [FLAWED]}), 1, "PYSEC-1"),
    ],
)
def test_the_audit_fails_for_a_known_vulnerability_only(monkeypatch, capsys, output, code, words):
    monkeypatch.setattr(
        supply_chain.subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, code, output, "")
    )
    assert supply_chain.audit() == code
    assert words in capsys.readouterr().out
