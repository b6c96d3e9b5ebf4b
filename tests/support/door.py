"""An application behind a real server on loopback, with a key to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.identity.identify import key_store
from app.identity.settings import AuthSettings
from tests.support.http_server import on_loopback
from tests.support.service import app_of

USER = "anna"


@dataclass(frozen=True)
class Door:
    """Where a server listens, and a key of ``USER``'s."""

    url: str
    key: str

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.key}"}


@contextmanager
def door_of(pincite: Any, keys: Path, groups: tuple[str, ...] = (), **api: Any) -> Iterator[Door]:
    """A server over ``pincite``; its keys are in the folder ``keys``, so the data folder is only read."""
    auth = AuthSettings(required=True)
    settings = pincite.settings.model_copy(update={"home": keys, "auth": auth})
    made = key_store(settings).issue(
        USER, user=USER, tenant=settings.tenant, roles=["asker"], groups=list(groups)
    )
    with on_loopback(app_of(pincite, settings, **api)) as url:
        yield Door(url, made.secret)
