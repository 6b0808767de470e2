"""Check that every question is one of the engine's own services, of lookups.yaml, or of an undeclared bank."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow
from ivr.yamlfile.suggest import did_you_mean

from ._rule import Parts, Rule

_BANK = "bank"


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check every question; without lookups.yaml except those to the bank, which the bank defines."""
    if not parts.questions:
        return
    services = {name.partition(".")[0] for name in parts.questions} | (set() if parts.bank_is_declared else {_BANK})
    for step in flow.written_steps():
        asked = step.asks()
        if asked is None or asked.source.name in parts.questions:
            continue
        name, place = asked.source.name, asked.source.place
        service, _, question = name.partition(".")
        # Without lookups.yaml any question goes to the bank's service, which answers or refuses it.
        if service == _BANK and question and not parts.bank_is_declared:
            continue
        own = [full.partition(".")[2] for full in parts.questions if full.startswith(f"{service}.")]
        if own:
            cure = did_you_mean(name, [f"{service}.{sibling}" for sibling in own]) or f"It answers {', '.join(own)}."
            wrong = f'has no question "{question}"' if question else "stands here without a question"
            yield Problem(place, RULE.id, f'The service "{service}" {wrong}.', cure)
        else:
            cure = did_you_mean(name, parts.questions) or f"The services are {', '.join(sorted(services))}."
            yield Problem(place, RULE.id, f'"{name}" is no question to a service.', cure)


RULE = Rule("unknown-question", "A lookup asks a question that no service answers.", flow=check)
