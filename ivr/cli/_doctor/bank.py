"""Check the bank and every service of lookups.yaml: settings, certificate, connection, and one question."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from . import Check, Deployment, Finding

if TYPE_CHECKING:
    from ivr.flow.outside_services import OutsideService

_LOST = "every lookup takes its on_error branch"


class BankCheck(Check):
    """Opens a connection to each service, and asks the question that lookups.yaml names as its probe, if any."""

    kind = "bank"
    order = 70

    def findings(self, deployment: Deployment) -> Iterator[Finding]:
        """Yield whether lookups can be answered."""
        lookups = deployment.release.lookups if deployment.release else None
        if lookups is None or not lookups.declared:
            yield _connection("IVR_BANK_URL", deployment.settings.bank_url)
            return
        for service in lookups.services.values():
            yield from _service(service, deployment)


def _connection(name: str, url: str) -> Finding:
    from ivr.net.reachability import Reach

    if not url:
        return Finding("warning", name, f"not set: {_LOST}", "Set it.")
    if trouble := Reach(url).trouble():
        return Finding("warning", url, f"{trouble}: {_LOST}")
    return Finding("fine", url, "accepts connections")


def _service(service: OutsideService, deployment: Deployment) -> Iterator[Finding]:
    from ivr.backends.declared import missing_settings, service_address

    named = deployment.settings.named
    if missing := missing_settings(service, named):
        for setting in missing:
            yield Finding("warning", setting, f"not set, and {service.name} needs it: {_LOST}", "Set it.")
        return
    address = service_address(service, named)
    if address.certificate and (fault := _certificate_fault(address.certificate)):
        yield Finding("warning", address.certificate, f"{fault}: {_LOST}", "It holds a certificate and its key (PEM).")
        return
    connection = _connection(service.name, address.url)
    yield connection
    if connection.level == "fine" and service.probe:
        yield _answer(service, deployment)


def _certificate_fault(path: str) -> str:
    import ssl

    try:
        ssl.create_default_context().load_cert_chain(path)
    except OSError as fault:
        return f"cannot be used ({type(fault).__name__})"
    return ""


def _answer(service: OutsideService, deployment: Deployment) -> Finding:
    from ivr.backends.declared import service_address
    from ivr.backends.http import HttpLookup
    from ivr.errors import LookupFailed

    what = f"{service.name}.{service.probe}"
    question = service.questions[service.probe]
    asked = question.samples[0].asked if question.samples else {}
    lookup = HttpLookup({service.name: service_address(service, deployment.settings.named)})
    try:
        answer = lookup(what, question.declared.fitted(asked), deadline=question.deadline, key="ivr doctor")
    except LookupFailed as fault:
        # The customer of the sample need not exist at the real bank; "no such customer" is an answer.
        return Finding("fine", what, "answers") if fault.missing else Finding("warning", what, f"{fault}: {_LOST}")
    finally:
        lookup.close()
    if lacking := [name for name in question.declared.answer if name not in answer]:
        return Finding("warning", what, f"answers without {', '.join(lacking)}", "Compare lookups.yaml.")
    return Finding("fine", what, "answers")
