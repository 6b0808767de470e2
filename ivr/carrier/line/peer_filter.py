"""The peers that may send to the line, enforced by the kernel: a socket filter drops the rest unseen.

SIP is taken from the peers on the list only; others get silence, cost nothing and fill no log. The sound of a call is
taken from the address that its SDP announces, so that no other machine can speak or press keys in it. Linux only;
elsewhere `close_door` refuses. The filters are classic BPF (linux/filter.h); that of a UDP socket sees the packet from
its UDP header on, and the IP header at SKF_NET_OFF.
"""

from __future__ import annotations

import ctypes
import ipaddress
import os
import socket
import stat
import struct
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress

from ivr.errors import IvrError

LOOPBACK = ("127.0.0.0/8",)
_SO_ATTACH_FILTER = 26
_LOAD_WORD, _LOAD_HALF, _AND, _EQUAL, _RETURN = 0x20, 0x28, 0x54, 0x15, 0x06
_IP_SOURCE = 0x1_0000_0000 - 0x100000 + 12
_UDP_SOURCE_PORT = 0
_ALL, _NONE = 0xFFFFFFFF, 0
_Code = list[tuple[int, int, int, int]]


class NoFilter(IvrError):
    """The kernel takes no filter here."""


def addresses_code(networks: Sequence[ipaddress.IPv4Network]) -> _Code:
    """Return a filter that passes the packets of some networks."""
    code: _Code = []
    for network in networks:
        code += [
            (_LOAD_WORD, 0, 0, _IP_SOURCE),
            (_AND, 0, 0, int(network.netmask)),
            (_EQUAL, 0, 1, int(network.network_address)),
            (_RETURN, 0, 0, _ALL),
        ]
    return [*code, (_RETURN, 0, 0, _NONE)]


def source_code(address: ipaddress.IPv4Address, port: int) -> _Code:
    """Return a filter that passes the packets of one address and port."""
    return [
        (_LOAD_WORD, 0, 0, _IP_SOURCE),
        (_EQUAL, 0, 3, int(address)),
        (_LOAD_HALF, 0, 0, _UDP_SOURCE_PORT),
        (_EQUAL, 0, 1, port),
        (_RETURN, 0, 0, _ALL),
        (_RETURN, 0, 0, _NONE),
    ]


def attach(file: int, code: _Code) -> None:
    """Put a filter on a socket of this process. Raises NoFilter."""
    if sys.platform != "linux":
        raise NoFilter("the list of peers needs Linux")
    program = b"".join(struct.pack("HBBI", *step) for step in code)
    kept = ctypes.create_string_buffer(program)
    # A duplicate, since closing the Python object must not close baresip's socket; a filter belongs to both.
    with socket.socket(fileno=os.dup(file)) as near:
        near.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, struct.pack("HP", len(code), ctypes.addressof(kept)))


def udp_sockets() -> dict[int, tuple[str, int]]:
    """Return the IPv4 UDP sockets of this process, each with its own address."""
    sockets = {}
    for name in os.listdir("/proc/self/fd"):
        with suppress(OSError):  # the folder's own file is closed by now
            if stat.S_ISSOCK(os.stat(int(name)).st_mode):
                with socket.socket(fileno=os.dup(int(name))) as near:
                    if near.family == socket.AF_INET and near.type == socket.SOCK_DGRAM:
                        sockets[int(name)] = near.getsockname()[:2]
    return sockets


class PeerFilter:
    """The filters of one line. Thread-safe."""

    def __init__(self, host: str, port: int, allowed: Sequence[str]) -> None:
        self._host, self._port = host, port
        self.networks = [ipaddress.IPv4Network(each, strict=False) for each in allowed or LOOPBACK]
        self._lock = threading.Lock()
        self._remote: dict[str, tuple[str, int]] = {}
        self._local: dict[str, int] = {}
        self._answered: set[str] = set()
        self._well_formed: dict[str, bool] = {}

    def close_door(self) -> None:
        """Take SIP from the allowed peers only. Raises NoFilter."""
        # Baresip hands out no sockets, so the line's own is found by its address among those of the process.
        for file, address in udp_sockets().items():
            if address == (self._host, self._port):
                attach(file, addresses_code(self.networks))
                return
        raise NoFilter("the line's own socket was not found")

    def announced(self, call_id: str, *, ours: bool, host: str, port: int) -> None:
        """Receive the address of sound in a message of a call. It may come after the call has been answered."""
        with self._lock:
            if ours:
                self._local[call_id] = port
            else:
                self._remote[call_id] = (host, port)
            answered = call_id in self._answered
        if answered:
            self._apply(call_id)

    def invited(self, call_id: str, *, well_formed: bool) -> None:
        """Receive whether the request for a call is well formed."""
        with self._lock:
            self._well_formed.setdefault(call_id, well_formed)

    def verdict(self, call_id: str) -> bool | None:
        """Return whether the request for a call was well formed; None if it has not been read yet."""
        return self._well_formed.get(call_id)

    def learn(self, call_id: str) -> None:
        """Take the sound of a call that was answered from the address that the peer announced only."""
        with self._lock:
            self._answered.add(call_id)
        self._apply(call_id)

    def _apply(self, call_id: str) -> None:
        with self._lock:
            remote, local = self._remote.get(call_id), self._local.get(call_id)
        if remote is None or local is None:
            return
        try:
            code = source_code(ipaddress.IPv4Address(remote[0]), remote[1])
        # An address that is a name or IPv6: the call goes on without a filter of its own.
        except ValueError:
            return
        for file, address in udp_sockets().items():
            if address[1] == local:
                attach(file, code)

    def forget(self, call_id: str) -> None:
        """Forget a call that has ended."""
        with self._lock:
            self._answered.discard(call_id)
            self._well_formed.pop(call_id, None)
            self._remote.pop(call_id, None)
            self._local.pop(call_id, None)
