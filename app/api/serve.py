"""``pincite serve``: the HTTP API under uvicorn."""

from __future__ import annotations

import copy
import logging
import signal
import sys
from contextlib import suppress
from typing import Any

import uvicorn

from app.api.application import create_app
from app.compose import open_pincite
from app.observability.redaction import RedactingFilter
from app.settings import load_settings


def run_serve(host: str | None, port: int | None) -> int:
    """Serve until interrupted or terminated, then close in good order. Options win over the settings."""
    settings = load_settings()
    handler = logging.StreamHandler()
    handler.addFilter(RedactingFilter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    with open_pincite(settings) as pincite:
        app = create_app(lambda: pincite, settings.api.max_concurrent)
        # Uvicorn stops in good order, then raises the signal once more.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        with suppress(KeyboardInterrupt):
            uvicorn.run(
                app,
                host=host or settings.api.host,
                port=settings.api.port if port is None else port,
                log_level="info",
                log_config=redacted_logs(),
                server_header=False,
            )
    return 0


def redacted_logs() -> dict[str, Any]:
    """Uvicorn's own logs, without secrets and addresses in what it says of errors."""
    config = copy.deepcopy(uvicorn.config.LOGGING_CONFIG)
    config["filters"] = {"redacted": {"()": RedactingFilter}}
    config["handlers"]["default"]["filters"] = ["redacted"]
    return config
