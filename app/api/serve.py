"""``pincite serve``: the HTTP API under uvicorn."""

from __future__ import annotations

import uvicorn

from app.api.application import create_app
from app.compose import open_pincite
from app.settings import load_settings


def run_serve(host: str | None, port: int | None) -> int:
    """Serve until interrupted. Options win over the settings."""
    settings = load_settings()
    with open_pincite(settings) as pincite:
        app = create_app(lambda: pincite, settings.api.max_concurrent)
        uvicorn.run(
            app,
            host=host or settings.api.host,
            port=settings.api.port if port is None else port,
            log_level="info",
            server_header=False,
        )
    return 0
