"""``/docs``: the API's description as a page, from files of our own; nothing is loaded from elsewhere."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI, HTTPException
from fastapi.responses import FileResponse

FOLDER = Path(__file__).parents[1] / "docs_page"

_TYPES = {
    "index.html": "text/html; charset=utf-8",
    "start.js": "text/javascript",
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
}
# Swagger UI writes style attributes; it needs no inline script.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def add_reference_routes(app: FastAPI) -> None:
    """The page and its files."""

    @app.get("/docs", include_in_schema=False)
    async def docs() -> FileResponse:
        return _file("index.html")

    @app.get("/docs/{name}", include_in_schema=False)
    async def docs_file(name: str) -> FileResponse:
        if name not in _TYPES:
            raise HTTPException(404, "Not Found")
        return _file(name)


def _file(name: str) -> FileResponse:
    headers = {"content-security-policy": _POLICY, "cache-control": "no-cache"}
    return FileResponse(FOLDER / name, media_type=_TYPES[name], headers=headers)
