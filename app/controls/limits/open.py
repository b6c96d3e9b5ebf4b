"""Where requests that run at the same time are counted, as the settings have it."""

from __future__ import annotations

from app.controls.limits.at_once import AtOnce, RequestsAtOnce
from app.controls.redis_server import redis_url
from app.controls.settings import LimitSettings


def requests_at_once(settings: LimitSettings) -> AtOnce:
    """Those of this process, or of all that share the storage of settings.

    Raises:
        SettingsError: the storage cannot be had.
    """
    url = redis_url(settings)
    if url is None:
        return RequestsAtOnce(settings)
    from app.controls.limits.shared_at_once import SharedRequestsAtOnce

    return SharedRequestsAtOnce(settings, url)
