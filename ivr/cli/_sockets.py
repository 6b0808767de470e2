"""What the commands that serve share: a port claimed before anything starts, and addresses as people write them."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

import click


class Refused(click.ClickException):
    """The command cannot run as it was asked to; the text says why and what to give instead."""

    exit_code = 2


class Address(click.ParamType):  # type: ignore[type-arg]
    """HOST:PORT, with an IPv6 host in brackets."""

    name = "host:port"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, int]:
        """Split into host and port."""
        if isinstance(value, tuple):
            return value
        host, _, port = str(value).rpartition(":")
        host = host.removeprefix("[").removesuffix("]")
        if not host or not (port.isascii() and port.isdecimal()) or int(port) > 65535:
            self.fail(f"{value!r} is not HOST:PORT, for example 127.0.0.1:8080", param, ctx)
        return host, int(port)


def claim_port(host: str, port: int, option: str) -> int:
    """Return the port to listen on, a free one for 0; `option` is what to change when it is taken. Raises Refused."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        # The server shares its port between its workers and would share it with a stranger too, so it is tried first.
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            return int(probe.getsockname()[1])
    except OSError as fault:
        reason = f"cannot listen on {host}:{port}: {fault.strerror}."
        raise Refused(f"{reason} Choose another address with {option}.") from None


def is_loopback(host: str) -> bool:
    """Say whether only this machine can reach an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def url_of(host: str, port: int) -> str:
    """Write host and port as an address that this machine can open."""
    near = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - asked for by the operator
    return f"http://[{near}]:{port}" if ":" in near else f"http://{near}:{port}"
