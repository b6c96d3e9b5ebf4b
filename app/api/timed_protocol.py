"""Uvicorn's HTTP/1.1, closing connections whose request line and headers do not come in time."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

HEADER_S = 10.0
"""As nginx's and Apache's defaults are 60 and 20: ours are small and come at once."""


class TimedProtocol(H11Protocol):
    """As Uvicorn's, which waits for a request's headers as long as a caller likes."""

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        before = self.cycle
        super().data_received(data)
        if self.cycle is not before or (self.cycle is not None and not self.cycle.response_complete):
            self._stop()
        elif self._late is None:
            # The beginning of a next request on a connection that was kept.
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._late = self.loop.call_later(HEADER_S, self._close)

    def _stop(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _close(self) -> None:
        self._late = None
        transport: Any = self.transport
        if not transport.is_closing():
            transport.close()
