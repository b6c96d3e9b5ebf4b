"""``pincite serve``: the HTTP API under uvicorn."""

from __future__ import annotations

import copy
import ipaddress
import logging.config
import signal
import sys
from contextlib import suppress
from typing import Any, Literal

import uvicorn

from app.api.application import create_app
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
"""Seconds that connections have to close after all questions ended."""


class DrainingServer(uvicorn.Server):
    """Uvicorn, which lets questions that are being answered end for a while before it stops."""

    def __init__(self, config: uvicorn.Config, drain: Drain, most_s: float) -> None:
        super().__init__(config)
        self._drain = drain
        self._most_s = most_s

    async def shutdown(self, sockets: list[Any] | None = None) -> None:
        """Take no new question, wait, cancel what is left; then as Uvicorn does."""
        await self._drain.end(self._most_s)
        await super().shutdown(sockets)


def run_serve(host: str | None, port: int | None) -> int:
    """Serve until interrupted or terminated, then close in good order. Options win over the settings.

    Raises:
        SettingsError: there is no such port, or it would listen beyond loopback to callers that nobody knows.
    """
    if port is not None and not 0 <= port <= 65_535:
        raise SettingsError(f"{port} is no port; choose one from 0 (any that is free) to 65535")
    settings = load_settings()
    refuse_unusable_home(settings)
    address = host or settings.api.host
    refuse_unknown_callers(address, settings)
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
        app = create_app(service)
        # Uvicorn stops in good order, then raises the signal once more.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        with suppress(KeyboardInterrupt):
            config = uvicorn.Config(
                app,
                host=address,
                port=settings.api.port if port is None else port,
                log_level="info",
                log_config=redacted_logs(form),
                server_header=False,
                http=TimedProtocol,
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
