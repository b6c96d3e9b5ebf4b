"""``pincite serve``: the HTTP API under uvicorn."""

from __future__ import annotations

import asyncio
import copy
import errno
import ipaddress
import logging.config
import signal
import socket
import sys
from contextlib import suppress
from types import FrameType
from typing import Any, Literal

import uvicorn

from app.api.application import Beside, create_app
from app.api.service import make_service
from app.api.standing import not_shared, standing
from app.api.tenants import Tenants
from app.api.timed_protocol import TimedProtocol
from app.controls.drain import Drain
from app.errors import SettingsError
from app.identity.identify import key_store
from app.observability.access_log import AccessLineFilter
from app.observability.redaction import RedactingFilter
from app.observability.request_log import JsonFormatter, request_log_config
from app.settings import Settings, load_settings
from app.storage.writable import unreadable, unwritable

logger = logging.getLogger(__name__)

LAST_S = 5
"""Seconds that connections have to close after all questions ended; 1 where a second signal came."""
KEEP_ALIVE_S = 75
"""Seconds that a connection stays open without a request, as nginx's default. Longer than callers and
balancers keep theirs (httpx 5, an AWS balancer 60): who ends it first may break a request off."""


class DrainingServer(uvicorn.Server):
    """Uvicorn, which lets questions that are being answered end for a while before it stops."""

    def __init__(self, config: uvicorn.Config, drain: Drain, most_s: float) -> None:
        super().__init__(config)
        self._drain = drain
        self._most_s = most_s
        self._ending: asyncio.Task[int] | None = None
        self._at_once = False

    async def shutdown(self, sockets: list[Any] | None = None) -> None:
        """Take no new question, wait, cancel what is left; then as Uvicorn does. A second signal ends the
        waiting."""
        if count := self._drain.in_flight:
            logging.getLogger("uvicorn.error").info(
                "Waiting %g s at most for %d question%s to be answered; interrupt once more to end at once",
                self._most_s,
                count,
                "" if count == 1 else "s",
            )
        self._ending = asyncio.create_task(self._drain.end(0 if self._at_once else self._most_s))
        await asyncio.wait({self._ending})
        if self._ending.cancelled():
            await self._drain.end(0)
        else:
            self._ending.result()
        await super().shutdown(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """The first signal asks for the end in good order; the second cancels what it waits for."""
        if not self.should_exit:
            super().handle_exit(sig, frame)
            return
        if self._at_once:
            self.force_exit = True
            return
        self._at_once = True
        self.config.timeout_graceful_shutdown = 1
        if self._ending is not None:
            self._ending.get_loop().call_soon_threadsafe(self._ending.cancel)


def run_serve(host: str | None, port: int | None, beside: Beside = Beside()) -> int:  # noqa: B008
    """Serve until interrupted or terminated, then close in good order. Options win over the settings;
    ``beside``: what there is beside the API.

    Raises:
        SettingsError: there is no such port, it cannot be listened on, or it would listen beyond loopback to
            callers that nobody knows.
    """
    if port is not None and not 0 <= port <= 65_535:
        raise SettingsError(f"{port} is no port; choose one from 0 (any that is free) to 65535")
    settings = load_settings()
    refuse_unusable_home(settings)
    address = host or settings.api.host
    refuse_unknown_callers(address, settings)
    wanted = settings.api.port if port is None else port
    refuse_taken_port(address, wanted)
    form = settings.observability.log_format
    known = request_log_config(form)
    logging.config.dictConfig({**known, "root": {"level": "WARNING", "handlers": [*known["handlers"]]}})
    with standing(settings) as others, Tenants(settings) as tenants:
        if others:
            logger.warning(
                "%d other server%s on this data folder; each has for itself: %s",
                others,
                " runs" if others == 1 else "s run",
                not_shared(settings),
            )
        tenants(settings.tenant)  # what cannot work is said before anybody asks
        service = make_service(settings, tenants, tenants.wake)
        app = create_app(service, beside=beside)
        # Uvicorn stops in good order, then raises the signal once more.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        with suppress(KeyboardInterrupt):
            config = uvicorn.Config(
                app,
                host=address,
                port=wanted,
                log_level="info",
                log_config=redacted_logs(form),
                server_header=False,
                http=TimedProtocol,
                timeout_keep_alive=KEEP_ALIVE_S,
                timeout_graceful_shutdown=LAST_S,
            )
            DrainingServer(config, service.drain, settings.limits.drain_s).run()
    return 0


def refuse_unusable_home(settings: Settings) -> None:
    """Raises ``SettingsError`` where the data folder cannot be read or written: answers are kept there."""
    place = unreadable(settings.home, settings.tenant) or unwritable(settings.home, settings.tenant)
    if place is not None:
        raise SettingsError(
            f"{place} cannot be read and written by this user, and a server keeps answers, threads and keys "
            "there; change its owner or permissions, or set PINCITE_HOME to another folder"
        )


def refuse_unknown_callers(address: str, settings: Settings) -> None:
    """Raises ``SettingsError`` where others can reach the address, and callers need not or cannot log in."""
    if is_loopback(address):
        return
    if not settings.auth.required:
        raise SettingsError(
            f"{address} can be reached by others, and callers would not have to log in; set "
            "PINCITE_AUTH__REQUIRED=true, and make a key with: pincite keys create NAME --user USER"
        )
    if settings.auth.issuer is None and not key_store(settings).any_valid():
        raise SettingsError(
            "callers must log in and nobody can: make a key with: pincite keys create NAME --user USER; or "
            "name a login server in PINCITE_AUTH__ISSUER"
        )


def refuse_taken_port(address: str, port: int) -> None:
    """Raises ``SettingsError`` where an address cannot be listened on, before anything is opened for it."""
    try:
        for family, kind, protocol, _, place in socket.getaddrinfo(
            address, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        ):
            with socket.socket(family, kind, protocol) as one:
                # As the server itself does: a port that was just given back is free.
                one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                one.bind(place)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise SettingsError(
                f"another program listens on port {port} of {address}; choose another port with --port (0 "
                "takes any that is free), or end that program"
            ) from None
        raise SettingsError(
            f"port {port} of {address} cannot be listened on ({error.strerror or error}); choose another "
            "with --host and --port"
        ) from None


def is_loopback(address: str) -> bool:
    """Whether only this machine can reach an address.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("0.0.0.0"), is_loopback("::1")
    (True, True, False, True)
    """
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False


def redacted_logs(form: Literal["text", "json"] = "text") -> dict[str, Any]:
    """Uvicorn's own logs, without secrets and addresses in what it says of requests and errors."""
    config = copy.deepcopy(uvicorn.config.LOGGING_CONFIG)
    config["filters"] = {"redacted": {"()": RedactingFilter}, "access": {"()": AccessLineFilter}}
    config["handlers"]["default"]["filters"] = ["redacted"]
    config["handlers"]["access"]["filters"] = ["access"]
    if form == "json":
        config["formatters"] = {name: {"()": JsonFormatter} for name in config["formatters"]}
    return config
