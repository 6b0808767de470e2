"""Live calls ask as their release says, new ones as the newest says."""

from __future__ import annotations

from typing import Any

import pytest

from ivr.backends.of_releases import CLIENT_LIMIT, LookupOfReleases
from ivr.flow.lookups import read_lookups
from ivr.flow.outside_services import Lookups
from ivr.session.step_registry import catalogue
from ivr.yamlfile.source import read_text


def lookups(question: str) -> Lookups:
    written = "services:\n  crm:\n    address: http://127.0.0.1:1\n    questions:\n"
    text = written + f"      {question}: {{gives: {{name: text}}}}\n"
    declared, problems = read_lookups(read_text(text, "lookups.yaml")[0], catalogue().lookup_types)
    assert not [problem for problem in problems if problem.level == "error"], problems
    return declared


class Client:
    """Answers with the questions that it was made for."""

    def __init__(self, declared: Lookups) -> None:
        self.names, self.closed = sorted(declared.questions), False

    def __call__(self, source: str, question: dict[str, Any], *, deadline: float, key: str) -> dict[str, Any]:
        return {"of": self.names}

    def troubles(self) -> dict[str, str]:
        return dict.fromkeys(self.names, "gone")

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def made() -> list[Client]:
    return []


@pytest.fixture
def lookup(made: list[Client]) -> LookupOfReleases:
    def connect(declared: Lookups) -> Any:
        made.append(Client(declared))
        return made[-1]

    return LookupOfReleases(connect, lookups("old"))


def ask(lookup: LookupOfReleases, source: str) -> Any:
    return lookup(source, {}, deadline=1.0, key="k")["of"]


def test_a_question_goes_to_the_newest_release_that_declares_it(lookup: LookupOfReleases, made: list[Client]) -> None:
    lookup.take(lookups("new"))
    assert (ask(lookup, "crm.new"), ask(lookup, "crm.old"), ask(lookup, "crm.other")) == (
        ["crm.new"],
        ["crm.old"],
        ["crm.new"],
    )
    assert lookup.troubles() == {"crm.new": "gone"}
    lookup.take(lookups("new"))
    lookup.take(lookups("old"))
    assert len(made) == 2  # a release that comes back needs no new client
    assert lookup.troubles() == {"crm.old": "gone"}


def test_the_number_of_clients_is_bounded(lookup: LookupOfReleases, made: list[Client]) -> None:
    for number in range(CLIENT_LIMIT * 2):
        lookup.take(lookups(f"q{number}"))
    lookup.close()
    assert sum(client.closed for client in made) == CLIENT_LIMIT
