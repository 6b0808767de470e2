"""Ports and addresses for the commands that serve. Must not start a server."""

from __future__ import annotations

import socket
from typing import Any

import click

from ._refused import Refused


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
    """Return the port to listen on, a free one for 0. Raises Refused, naming `option`, if the port is taken."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        # The server shares its port among its workers, and would share it with another program, too: so try it first.
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            return int(probe.getsockname()[1])
    except OSError as fault:
        reason = f"cannot listen on {host}:{port}: {fault.strerror}."
        raise Refused(f"{reason} Choose another address with {option}.") from None


def url_of(host: str, port: int) -> str:
    """Return the URL under which this machine reaches host and port."""
    near = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - requested by the operator
    return f"http://[{near}]:{port}" if ":" in near else f"http://{near}:{port}"
