"""Which addresses may be connected to."""

from __future__ import annotations

import ipaddress

import httpcore
import pytest

from app.ingestion.web.addresses import (
    AddressRefusedError,
    CheckedBackend,
    PageTimeoutError,
    checked,
    may_connect,
)

PUBLIC = ["93.184.216.34", "8.8.8.8", "2606:2800:220:1::1", "64:ff9b::808:808"]
PRIVATE = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.9",
    "192.168.1.1",
    "::1",
    "fd12::5",
    "::ffff:10.0.0.1",
    "::10.0.0.1",
    "::ffff:0:127.0.0.1",
]
NEVER = [
    "169.254.169.254",  # metadata of most clouds
    "168.63.129.16",  # that of Azure, public by its number
    "fe80::1",
    "0.0.0.0",  # noqa: S104
    "::",
    "224.0.0.1",
    "ff02::1",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::1",
    "::169.254.169.254",
    "64:ff9b:1::7f00:1",  # NAT64 of somebody's own
    "fec0::1",
    "5f00::1",
    "100::1",
    "4000::1",
]


@pytest.mark.parametrize("text", PUBLIC)
def test_public_addresses_are_open(text: str) -> None:
    assert may_connect(ipaddress.ip_address(text), False)


@pytest.mark.parametrize("text", PRIVATE)
def test_private_ones_only_for_hosts_that_may(text: str) -> None:
    assert not may_connect(ipaddress.ip_address(text), False)
    assert may_connect(ipaddress.ip_address(text), True)


@pytest.mark.parametrize("text", [*NEVER, "64:ff9b::7f00:1", "100.64.0.1", "100.100.100.200"])
def test_others_are_closed(text: str) -> None:
    assert not may_connect(ipaddress.ip_address(text), False)


@pytest.mark.parametrize("text", NEVER)
def test_some_are_closed_to_everybody(text: str) -> None:
    assert not may_connect(ipaddress.ip_address(text), True)


def test_one_bad_address_among_good_ones_closes_the_host() -> None:
    with pytest.raises(AddressRefusedError, match=r"x\.org is at 10\.0\.0\.1"):
        checked("x.org", ["93.184.216.34", "10.0.0.1"], False)


def test_an_unknown_host() -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise OSError(-2, "Name or service not known")

    with pytest.raises(httpcore.ConnectError, match=r"x\.org is not known"):
        CheckedBackend(frozenset(), unknown).connect_tcp("x.org", 80)


def test_time_that_is_over() -> None:
    backend = CheckedBackend(frozenset(), now=lambda: 10.0)
    backend.deadline = 12.0
    assert backend.left(None) == 2.0
    assert backend.left(1.0) == 1.0
    backend.deadline = 10.0
    with pytest.raises(PageTimeoutError):
        backend.left(1.0)
