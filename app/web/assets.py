"""The pages' style and scripts: small files of our own, and vendored ones, each under its hash."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import Response

FOLDER = Path(__file__).parent / "static"
PATH = "/static/"

_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@dataclass(frozen=True)
class Asset:
    """A file that a page loads."""

    name: str
    content: bytes

    @cached_property
    def address(self) -> str:
        """Changes with the content, so that a browser may keep it for good."""
        return f"{PATH}{hashlib.sha256(self.content).hexdigest()[:12]}/{self.name}"

    @cached_property
    def packed(self) -> bytes:
        return gzip.compress(self.content, mtime=0)

    @property
    def media_type(self) -> str:
        return _TYPES[Path(self.name).suffix]


def read_assets(folder: Path = FOLDER) -> dict[str, Asset]:
    """All files, by their names under the folder."""
    return {
        name: Asset(name, path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.suffix in _TYPES and (name := path.relative_to(folder).as_posix())
    }


def add_asset_routes(app: FastAPI, assets: dict[str, Asset]) -> None:
    """The files, for everybody: a page that asks for a log-in has a style too."""
    found = {one.address: one for one in assets.values()}

    @app.get(PATH + "{version}/{name:path}", include_in_schema=False)
    async def asset(request: Request) -> Response:
        one = found.get(request.url.path)
        if one is None:
            return Response(status_code=404)
        headers = {
            "cache-control": "public, max-age=31536000, immutable",
            "vary": "accept-encoding",
            "x-content-type-options": "nosniff",
        }
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["content-encoding"] = "gzip"
            return Response(one.packed, media_type=one.media_type, headers=headers)
        return Response(one.content, media_type=one.media_type, headers=headers)
