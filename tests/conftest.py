"""What every test may use: golden files and their rebuilding."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest

from ivr.calendar import CHINAS, use_calendar
from ivr.flow.loader import load
from ivr.flow.model import Release
from ivr.session.step_registry import catalogue
from tests.__main__ import TELEPHONES

# A busy machine is no finding; the phase that explains a failure runs whole conversations for ten minutes.
hypothesis.settings.register_profile(
    "ivr", deadline=None, phases=[phase for phase in hypothesis.Phase if phase is not hypothesis.Phase.explain]
)
hypothesis.settings.load_profile("ivr")

pytest_plugins = [
    "tests.store_fixtures",
    "tests.server_fixtures",
    "tests.web_fixtures",
    "tests.carrier.fixtures",
    "tests.channels.twilio.rest_api",
]

GOLDEN = Path(__file__).parent / "golden"
FLOWS = Path(__file__).parents[1] / "flows"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="write the golden files anew; read the diff afterwards"
    )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly which calls were not tried."""
    lacking = [package for program, package in TELEPHONES.items() if not shutil.which(program)]
    if lacking and any("carrier/line" in report.nodeid for report in terminalreporter.stats.get("skipped", [])):
        terminalreporter.section("NOT TESTED", red=True)
        terminalreporter.line(f"Calls with real telephones and a browser; apt-get install {' '.join(lacking)}")


@pytest.fixture(autouse=True)
def calendar_of_china() -> Iterator[None]:
    """Let no test leave the calendar of its line to the next."""
    yield
    use_calendar(lambda: CHINAS)


@pytest.fixture(scope="session")
def shipped() -> Release:
    """Return the shipped flows, read once: they are half of what it costs to build an engine."""
    return load(FLOWS, catalogue())


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with tests/golden/<name>, or write it there with --update-golden."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"{path} is missing; run pytest --update-golden and read what it wrote"
        assert text == path.read_text(encoding="utf-8"), f"{path} differs; if that is meant, run pytest --update-golden"

    return compare
