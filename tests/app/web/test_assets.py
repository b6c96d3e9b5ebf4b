"""The files that pages load: as they were given, and kept for good by their hash."""

from __future__ import annotations

import gzip
import hashlib
import re

import pytest

from app.compose import Pincite
from app.web.assets import FOLDER, read_assets
from tests.support.pages import browser_of, pages_of

ASSETS = read_assets()


def test_vendored_scripts_are_those_that_are_named() -> None:
    folder = FOLDER / "vendor"
    named = dict(re.findall(r"\| `([\w.-]+)` \|.*`(\w{64})`", (folder / "README.md").read_text()))
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.js")}
    assert found == named


@pytest.mark.anyio
@pytest.mark.parametrize("name", sorted(ASSETS))
async def test_a_file_is_served_packed_and_kept_under_its_hash(name: str, pincite: Pincite) -> None:
    async with browser_of(pages_of(pincite)) as browser:
        got = await browser.get(ASSETS[name].address)
        assert got.content == ASSETS[name].content
        assert got.headers["content-encoding"] == "gzip"
        assert "immutable" in got.headers["cache-control"]
        assert (await browser.get(f"/static/000000000000/{name}")).status_code == 404


def test_the_first_page_is_light() -> None:
    """Bytes over the wire: at most 150 kB for all that the pages load, with the largest page's HTML."""
    assert sum(len(gzip.compress(one.content)) for one in ASSETS.values()) < 100_000
