"""Several tenants of one server end at the same time, so that each may wait for what it sends."""

from __future__ import annotations

import threading
from pathlib import Path

from app.api.settings import ApiSettings
from app.api.tenants import Tenants
from app.settings import Settings


def test_tenants_are_closed_side_by_side(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, api=ApiSettings(tenants=["second", "third"]))
    all_are_closing = threading.Barrier(3, timeout=60)
    with Tenants(settings) as tenants:
        for name in ("default", "second", "third"):
            # One after the other, the first would wait here for nobody.
            tenants(name)._stack.callback(all_are_closing.wait)
    assert all_are_closing.broken is False
    assert list(tmp_path.glob("*/registry.sqlite")) != []


def test_one_tenant_is_closed_in_the_thread_that_leaves(tmp_path: Path) -> None:
    seen: list[threading.Thread] = []
    with Tenants(Settings(home=tmp_path)) as tenants:
        tenants("default")._stack.callback(lambda: seen.append(threading.current_thread()))
    assert seen == [threading.current_thread()]
