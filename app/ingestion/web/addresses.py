"""Which network addresses may be connected to: a page must not lead into the network this runs in."""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import httpcore

from app.errors import PinciteError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], list[str]]

# Services of cloud hosts that hand out credentials; this one has a public address.
_METADATA = frozenset({ipaddress.ip_address("168.63.129.16")})
_WRAPPED = tuple(
    # NAT64 (RFC 6052), IPv4-compatible (RFC 4291, withdrawn), IPv4-translated (RFC 7915): the last 32 bits.
    ipaddress.IPv6Network(one)
    for one in ("64:ff9b::/96", "::/96", "::ffff:0:0:0/96")
)
_GLOBAL = ipaddress.IPv6Network("2000::/3")
"""What is assigned for use across the Internet (RFC 4291, 2.5.4); all else leads somewhere nearer."""
_UNIQUE_LOCAL = ipaddress.IPv6Network("fc00::/7")


class AddressRefusedError(PinciteError):
    """A host name that leads to an address which may not be connected to."""

    code = "address-refused"
    status = 403


class PageTimeoutError(PinciteError):
    """The time for one page is over."""

    code = "page-timeout"
    retryable = True
    status = 504


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, as the system resolves them. Raises ``OSError``."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(item[4][0]).partition("%")[0] for item in found))


def embedded(address: Address) -> Address:
    """The IPv4 address that an IPv6 address only wraps (mapped, compatible, translated, 6to4, Teredo, NAT64);
    else itself.

    >>> embedded(ipaddress.ip_address("::ffff:127.0.0.1"))
    IPv4Address('127.0.0.1')
    """
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.is_loopback or address.is_unspecified:
        return address
    if any(address in network for network in _WRAPPED):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    wrapped = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
    return wrapped or address


def may_connect(address: Address, private: bool) -> bool:
    """Whether an address is public; with ``private`` also loopback and private networks.

    Link-local, multicast and unspecified addresses, and those of metadata services, are never connected to.

    >>> [may_connect(ipaddress.ip_address(a), False) for a in ("93.184.216.34", "10.0.0.1")]
    [True, False]
    """
    address = embedded(address)
    if address in _METADATA or address.is_multicast or address.is_unspecified or address.is_link_local:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        near = address.is_loopback or address in _UNIQUE_LOCAL
        return (address in _GLOBAL and address.is_global) or (private and near)
    return address.is_global or (private and (address.is_loopback or address.is_private))


def checked(host: str, addresses: Iterable[str], private: bool) -> list[str]:
    """The addresses, all of them checked. Raises ``AddressRefusedError`` when one may not be connected to."""
    found = list(addresses)
    for text in found:
        if not may_connect(ipaddress.ip_address(text), private):
            raise AddressRefusedError(f"{host} is at {text}, which is not a public address")
    return found


class CheckedBackend(httpcore.NetworkBackend):
    """Connects to the very address it has checked, so a name that changes in between gains nothing.

    ``deadline`` (on the clock of ``now``) bounds everything that goes over its connections.
    """

    def __init__(
        self,
        private_hosts: frozenset[str],
        resolve: Resolve = resolve,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._private_hosts = private_hosts
        self._resolve = resolve
        self._now = now
        self._backend = httpcore.SyncBackend()
        self.deadline = float("inf")

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            addresses: Sequence[str] = self._resolve(host, port)
        except OSError as error:
            raise httpcore.ConnectError(f"{host} is not known") from error
        addresses = checked(host, addresses, host.lower() in self._private_hosts)
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in addresses:
            try:
                stream = self._backend.connect_tcp(
                    address, port, self.left(timeout), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _BoundedStream(stream, self)
        raise failure

    def left(self, timeout: float | None) -> float:
        """Seconds an operation may take: those asked for, or what is left. Raises ``PageTimeoutError``."""
        left = self.deadline - self._now()
        if left <= 0:
            raise PageTimeoutError
        return left if timeout is None else min(timeout, left)


class _BoundedStream(httpcore.NetworkStream):
    """A connection whose every step counts against the deadline: a host may send a byte now and then."""

    def __init__(self, stream: httpcore.NetworkStream, backend: CheckedBackend) -> None:
        self._stream = stream
        self._backend = backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._backend.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._backend.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._backend.left(timeout))
        return _BoundedStream(stream, self._backend)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
