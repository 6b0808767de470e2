"""Find why a server must not start: weak settings, services asked over an open line or without proof of who asks."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from ivr.flow.outside_services import Lookups, OutsideService
from ivr.net.reachability import is_loopback
from ivr.settings import Settings
from ivr.settings.production import production_faults, public_host

from .declared import NamedSetting, service_address
from .http import ServiceAddress


def unsafe_settings(settings: Settings, host: str = "") -> list[str]:
    """Return why a server must not start with these settings, a sentence each.

    A server that listens on this machine alone, at `host` if that is known, needs no key of its own.
    """
    hosts = [name for name in (host, public_host(settings)) if name]
    return [] if settings.insecure or all(map(is_loopback, hosts)) else [*production_faults(settings)]


def unsafe_services(settings: Settings, lookups: Lookups) -> list[str]:
    """Return why a server must not ask its services as the settings say, a sentence each."""
    return [] if settings.insecure else [*exposed_services(lookups, settings.named, settings.bank_url)]


def exposed_services(lookups: Lookups, named: NamedSetting, bank_url: str) -> Iterator[str]:
    """Yield a sentence for each fault of a service on another machine. PINs and balances go to it.

    Without lookups.yaml there is one service, the bank of `bank_url`.
    """
    if not lookups.declared:
        yield from _faults("bank", ServiceAddress(bank_url), proves=False)
    for name, service in lookups.services.items() if lookups.declared else ():
        address = service_address(service, named)
        yield from _faults(name, address, proves=_proves(service, address))


def _faults(name: str, address: ServiceAddress, *, proves: bool) -> Iterator[str]:
    parts = urlsplit(address.url)
    if not parts.hostname or is_loopback(parts.hostname):
        return
    if parts.scheme != "https":
        yield f'the service "{name}" is asked over http, which anyone on the way can read; give its address with https'
    if not proves:
        yield (
            f'the service "{name}" cannot tell who asks: give it a token or a certificate in lookups.yaml,'
            f" such as token: {{setting: IVR_{name.upper()}_TOKEN}}"
        )


def _proves(service: OutsideService, address: ServiceAddress) -> bool:
    """Return whether requests carry a token, a header from a setting, or a client certificate."""
    headers = any(value.setting for value in service.headers.values())
    return bool(service.token or headers or address.certificate)
