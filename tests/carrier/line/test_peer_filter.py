"""Who may send to the line: the kernel drops the packets of the others."""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
from collections.abc import Iterator

import pytest

from ivr.carrier.line.peer_filter import (
    NoFilter,
    PeerFilter,
    addresses_code,
    attach,
    source_code,
    udp_sockets,
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the filters are Linux's")


@pytest.fixture
def sockets() -> Iterator[list[socket.socket]]:
    """Return a socket that receives, and two that send."""
    made = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(3)]
    for each, host in zip(made, ("127.0.0.1", "127.0.0.1", "127.0.0.2"), strict=True):
        each.bind((host, 0))
        each.settimeout(5)
    yield made
    for each in made:
        each.close()


def received(sockets: list[socket.socket]) -> list[bytes]:
    """Let both senders send, the second and then the first; return what arrives up to the first one's packet."""
    receiver, first, second = sockets
    second.sendto(b"second", receiver.getsockname())
    first.sendto(b"first", receiver.getsockname())
    found = [receiver.recv(100)]
    while found[-1] != b"first":
        found.append(receiver.recv(100))
    return found


def test_packets_of_other_addresses_are_dropped(sockets: list[socket.socket]) -> None:
    assert received(sockets) == [b"second", b"first"]
    attach(sockets[0].fileno(), addresses_code([ipaddress.IPv4Network("127.0.0.1/32")]))
    assert received(sockets) == [b"first"]
    attach(sockets[0].fileno(), addresses_code([ipaddress.IPv4Network(each) for each in ("10.0.0.0/8", "127.0.0.0/8")]))
    assert received(sockets) == [b"second", b"first"]


def test_packets_of_another_port_are_dropped(sockets: list[socket.socket]) -> None:
    receiver, first, _ = sockets
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        attach(receiver.fileno(), source_code(ipaddress.IPv4Address("127.0.0.1"), first.getsockname()[1]))
        other.sendto(b"foreign", receiver.getsockname())
        first.sendto(b"own", receiver.getsockname())
        assert receiver.recv(100) == b"own"


def guard(receiver: socket.socket, allowed: tuple[str, ...] = ()) -> PeerFilter:
    return PeerFilter(*receiver.getsockname(), allowed)


def test_the_door_is_open_to_the_list_only(sockets: list[socket.socket]) -> None:
    files = len(os.listdir("/proc/self/fd"))
    assert sockets[0].getsockname() in udp_sockets().values()
    assert len(os.listdir("/proc/self/fd")) == files
    guard(sockets[0], ("127.0.0.1",)).close_door()
    assert received(sockets) == [b"first"]
    with pytest.raises(NoFilter):
        PeerFilter("127.0.0.9", 1, ()).close_door()


def test_the_sound_of_a_call_is_taken_from_where_its_sdp_says(sockets: list[socket.socket]) -> None:
    receiver, first, second = sockets
    filters = guard(receiver)
    filters.learn("unknown")
    filters.announced("call", ours=True, host="127.0.0.1", port=receiver.getsockname()[1])
    filters.announced("call", ours=False, host="127.0.0.1", port=first.getsockname()[1])
    filters.learn("call")
    assert received(sockets) == [b"first"]
    filters.announced("call", ours=False, host="127.0.0.2", port=second.getsockname()[1])
    first.sendto(b"first", receiver.getsockname())
    second.sendto(b"second", receiver.getsockname())
    assert receiver.recv(100) == b"second"
    filters.forget("call")
    filters.announced("named", ours=False, host="pbx.example", port=1)
    filters.learn("named")


def test_a_malformed_request_is_remembered_until_its_call_ends(sockets: list[socket.socket]) -> None:
    filters = guard(sockets[0])
    assert filters.verdict("call") is None
    filters.invited("call", well_formed=False)
    filters.invited("call", well_formed=True)
    assert filters.verdict("call") is False
    filters.forget("call")
    assert filters.verdict("call") is None
