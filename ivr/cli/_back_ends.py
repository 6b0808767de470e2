"""The back ends of the simulator: the demo bank, sample answers, or a service at another address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

if TYPE_CHECKING:
    from ivr.engine.ports import Lookup
    from ivr.flow.outside_services import Lookups

BANK = "bank"


class ServiceUrl(click.ParamType):  # type: ignore[type-arg]  # generic only in the newest click
    """`URL` for the bank, or `SERVICE=URL`."""

    name = "[SERVICE=]URL"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """Return service and URL."""
        if isinstance(value, tuple):
            return value
        service, equals, url = str(value).partition("=")
        # A URL may have "=" in its query: what stands before it is a name only without "://".
        if not equals or "://" in service:
            service, url = BANK, str(value)
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
            self.fail(f"{url} is no address; write for example http://127.0.0.1:8081", param, ctx)
        return service, url.rstrip("/")


bank_option = click.option(
    "--bank",
    "banks",
    type=ServiceUrl(),
    multiple=True,
    help="Ask the bank, or another service of lookups.yaml, at this address instead of samples.",
)


def in_simulator(lookups: Lookups, demo_bank: str, banks: Mapping[str, str], named: Callable[[str], str]) -> Lookup:
    """Return the lookup of the simulator. Raises UsageError for a service of `banks` that is not declared.

    Each service is asked at its address in `banks`, else at the demo bank if that stands in for it, else by its
    samples. Without lookups.yaml the demo bank is the bank.
    """
    from ivr.backends.declared import service_addresses
    from ivr.backends.http import HttpLookup
    from ivr.backends.samples import SampleLookup
    from ivr.flow.outside_services import DEMO_BANK

    services = set(lookups.services) if lookups.declared else {BANK}
    if unknown := sorted(banks.keys() - services):
        raise click.UsageError(f"--bank: there is no service {unknown[0]!r}; there are {', '.join(sorted(services))}")
    if not lookups.declared:
        return HttpLookup({BANK: banks.get(BANK, demo_bank)})
    stand_ins = {name: demo_bank for name, service in lookups.services.items() if service.stand_in == DEMO_BANK}
    instead = {**stand_ins, **banks}
    addresses = service_addresses(lookups, named, instead)
    over_http = HttpLookup({name: addresses[name] for name in instead})
    samples = SampleLookup(lookups)

    def ask(source: str, question: Mapping[str, Any], *, deadline: float, key: str) -> Mapping[str, Any]:
        lookup = over_http if source.partition(".")[0] in instead else samples
        return lookup(source, question, deadline=deadline, key=key)

    return ask
