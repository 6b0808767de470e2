"""Connect the services of lookups.yaml with the settings that hold their addresses and secrets."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ivr.flow.outside_services import Lookups, OutsideService, SettingOrText

from .http import ServiceAddress

NamedSetting = Callable[[str], str]
"""Returns the text of a setting by its variable, or an empty text."""


def service_addresses(
    lookups: Lookups, named: NamedSetting, instead: Mapping[str, str] | None = None
) -> dict[str, ServiceAddress]:
    """Return the address of each declared service; `instead` holds other addresses by service.

    An address that stands in `instead` is not the service's own, so it gets neither its token nor its headers.
    """
    addresses = {name: service_address(service, named) for name, service in lookups.services.items()}
    for name, url in (instead or {}).items():
        if name in lookups.services:
            addresses[name] = ServiceAddress(url, questions=lookups.services[name].questions, closed=True)
    return addresses


def service_address(service: OutsideService, named: NamedSetting) -> ServiceAddress:
    """Return the address of one service. Without its token or certificate it has none, since it would refuse all."""
    if missing_settings(service, named):
        # Treated as not reachable: a request without its token would tell a stranger what the caller typed.
        return ServiceAddress("", questions=service.questions, closed=True)
    headers = {name: _text(value, named) for name, value in service.headers.items()}
    if service.token:
        headers["Authorization"] = f"Bearer {_text(service.token, named)}"
    return ServiceAddress(
        url=_text(service.address, named).rstrip("/"),
        headers=headers,
        certificate=_text(service.certificate, named) if service.certificate else "",
        questions=service.questions,
        closed=True,
    )


def missing_settings(service: OutsideService, named: NamedSetting) -> list[str]:
    """Return the settings that a service needs and that are not set."""
    names = (text.setting for text in service.texts() if text.setting)
    return [name for name in names if not named(name)]


def _text(value: SettingOrText, named: NamedSetting) -> str:
    return named(value.setting) if value.setting else value.text
