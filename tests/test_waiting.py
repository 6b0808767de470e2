"""Waiting ends as soon as it may; a server that does not get ready fails its test in seconds, with what it said."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.waiting import wait_until, wait_until_ready

NOWHERE = "http://127.0.0.1:1"


def test_a_condition_is_asked_until_it_holds_and_a_server_that_is_not_up_yet_does_not():
    answers = [ConnectionRefusedError, False, True, AssertionError]

    def condition() -> bool:
        answer = answers.pop(0)
        if isinstance(answer, bool):
            return answer
        raise answer

    wait_until(condition)
    assert answers == [AssertionError]


def test_a_condition_that_never_holds_fails_its_test():
    with pytest.raises(AssertionError, match=r"still waiting after 0\.02 s"):
        wait_until(lambda: False, 0.02)


def started(code: str, **files: object) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", code], text=True, **({"stderr": subprocess.PIPE} | files))


def test_a_server_that_ends_fails_its_test_at_once_with_its_words():
    with pytest.raises(pytest.fail.Exception, match=r"(?s)ended with 3:.*no flows here"):
        wait_until_ready(NOWHERE, started("import sys; print('no flows here', file=sys.stderr); sys.exit(3)"))


def test_a_server_that_writes_to_a_file_is_quoted_from_there(tmp_path):
    log = tmp_path / "err"
    with log.open("w") as err, pytest.raises(pytest.fail.Exception, match="no flows here"):
        wait_until_ready(NOWHERE, started("raise SystemExit('no flows here')", stderr=err), log)


def test_a_server_that_hangs_is_ended():
    process = started("import time; time.sleep(600)")
    with pytest.raises(pytest.fail.Exception, match=r"did not get ready within 0\.3 s"):
        wait_until_ready(NOWHERE, process, seconds=0.3)
    assert process.poll() is not None
