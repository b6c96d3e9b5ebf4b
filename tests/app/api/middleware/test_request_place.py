"""Which name a server is asked by, and from which page."""

from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI

from app.api.middleware.request_place import RequestPlace

pytestmark = pytest.mark.anyio


def client(*hosts: str, origins: tuple[str, ...] = ()) -> httpx.AsyncClient:
    app = FastAPI()

    @app.api_route("/", methods=["GET", "POST"])
    async def there() -> str:
        return "there"

    app.add_middleware(RequestPlace, hosts=hosts, origins=origins)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8000")


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "", "localhost.", "127.0.0.2", "[::2]:80"]
)
async def test_another_name_that_leads_here_is_refused(host: str) -> None:
    """As DNS rebinding has it: a page's own name, pointed at this machine."""
    async with client("127.0.0.1", "localhost", "[::1]") as asked:
        response = await asked.get("/", headers={"host": host})
    assert (response.status_code, response.json()["code"]) == (421, "host-not-allowed")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:9999", "LOCALHOST:1", "[::1]:80", "[::1]"])
async def test_its_own_names_are_taken_on_any_port(host: str) -> None:
    async with client("127.0.0.1", "localhost", "[::1]") as asked:
        assert (await asked.get("/", headers={"host": host})).status_code == 200


async def test_a_star_stands_for_names_below_a_domain_and_not_for_the_domains_end() -> None:
    async with client("*.example.org") as asked:
        for host, status in (("a.example.org", 200), ("a.b.example.org:1", 200), ("badexample.org", 421)):
            assert (await asked.get("/", headers={"host": host})).status_code == status


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:9", "https://evil.example/127.0.0.1:8000"]
)
async def test_another_page_may_read_nothing_new_and_change_nothing(origin: str) -> None:
    async with client("127.0.0.1") as asked:
        response = await asked.post("/", headers={"origin": origin})
        assert (response.status_code, response.json()["code"]) == (403, "origin-not-allowed")


async def test_the_servers_own_pages_and_those_that_are_named_may() -> None:
    async with client("127.0.0.1", origins=("https://chat.example.org",)) as asked:
        for origin in ("http://127.0.0.1:8000", "https://chat.example.org"):
            assert (await asked.post("/", headers={"origin": origin})).status_code == 200
        assert (await asked.post("/")).status_code == 200, "a program has no origin"
