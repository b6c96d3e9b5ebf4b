"""An ASGI application on a real port of loopback, served as `pincite serve` does."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from app.api.timed_protocol import TimedProtocol


@contextmanager
def listening(app: Any) -> Iterator[str]:
    """The address, for the length of a ``with`` block."""
    config = uvicorn.Config(app, port=0, log_config=None, http=TimedProtocol, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        end = time.monotonic() + 20
        while not server.started:
            assert thread.is_alive()
            assert time.monotonic() < end
            time.sleep(0.01)
        (host, port) = server.servers[0].sockets[0].getsockname()[:2]
        yield f"http://{host}:{port}"
    finally:
        server.should_exit = True
        thread.join(20)
