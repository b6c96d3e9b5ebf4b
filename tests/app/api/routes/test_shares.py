"""Shared conversations: who may open one, what they see of it, and when it ends."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.api.application import create_app
from app.api.service import make_service
from app.api.settings import ApiSettings
from app.api.tenants import Tenants
from app.identity.identify import key_store
from app.settings import Settings
from app.web.pages_beside import make_pages

pytestmark = pytest.mark.anyio
SALARY = "What does an engineer of band E4 earn?"
VOLTS = "How many volts does the Heron gateway need?"

PEOPLE: dict[str, tuple[str, str, list[str]]] = {
    "hilda": ("hilda", "default", ["hr"]),
    "ann": ("ann", "default", []),
    "henry": ("henry", "default", ["hr"]),
    "henry, moved": ("henry", "default", []),
    "sue": ("sue", "south", ["hr"]),
}
"""By what they are called here: user, tenant, groups."""


class Served:
    """A server of two tenants as each of ``PEOPLE`` asks it."""

    def __init__(self, tenants: Tenants, clients: dict[str, httpx.AsyncClient]) -> None:
        self.tenants = tenants
        self._clients = clients

    def __getitem__(self, name: str) -> httpx.AsyncClient:
        return self._clients[name]

    async def ask(self, name: str, thread: str, question: str) -> dict[str, Any]:
        asked = {"question": question, "thread": thread}
        answer: dict[str, Any] = (await self[name].post("/v1/answers", json=asked)).json()
        assert answer["status"] == "answered", answer
        return answer

    async def share(self, name: str, thread: str) -> str:
        made = await self[name].post("/v1/shares", json={"thread": thread})
        assert made.status_code == 201, made.text
        return str(made.json()["id"])

    async def read(self, name: str, share: str) -> dict[str, Any]:
        shown = await self[name].get(f"/v1/shares/{share}")
        assert shown.status_code == 200, shown.text
        read: dict[str, Any] = shown.json()
        return read


@pytest.fixture
async def served(home: Path) -> AsyncIterator[Served]:
    settings = Settings(home=home, api=ApiSettings(tenants=["south"], resume_s=0))
    settings = settings.model_copy(update={"auth": settings.auth.model_copy(update={"required": True})})
    keys = key_store(settings)
    with Tenants(settings) as tenants:
        app = create_app(make_service(settings, tenants), beside=make_pages())
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        clients = {}
        for name, (user, tenant, groups) in PEOPLE.items():
            secret = keys.issue(name, user=user, tenant=tenant, groups=groups, roles=["asker"]).secret
            clients[name] = httpx.AsyncClient(
                transport=transport,
                base_url="http://127.0.0.1",
                timeout=30,
                headers={"authorization": f"Bearer {secret}"},
            )
        yield Served(tenants, clients)
        for client in clients.values():
            await client.aclose()


def words_of(answer: dict[str, Any]) -> list[str]:
    """What of an answer is the documents', that nobody may find who may not read them."""
    cited = [value for one in answer["citations"] for value in (one["quote"], one["doc_id"], one["title"])]
    return [*cited, *(one["text"] for one in answer["claims"])]


async def test_each_reads_what_they_may_read_themselves(served: Served) -> None:
    secret = await served.ask("hilda", "pay", SALARY)
    plain = await served.ask("hilda", "pay", VOLTS)
    share = await served.share("hilda", "pay")
    first, second = (await served.read("henry", share))["turns"]
    assert first["question"] == SALARY
    assert [one["quote"] for one in first["answer"]["citations"]] == [
        one["quote"] for one in secret["citations"]
    ]
    assert first["answer"]["receipt"] == {}
    assert first["answer"]["notices"] == []
    for name in ("ann", "henry, moved"):
        shown = await served[name].get(f"/v1/shares/{share}")
        page = await served[name].get(f"/shared/{share}", headers={"accept": "text/html"})
        assert (shown.status_code, page.status_code) == (200, 200)
        for words in words_of(secret):
            assert words not in shown.text
            assert words not in page.text
        assert "documents that you may not read" in page.text
        hidden, open_ = shown.json()["turns"]
        assert (hidden["answer"]["claims"], hidden["answer"]["text"]) == ([], "")
        assert [one["text"] for one in open_["answer"]["claims"]] == [one["text"] for one in plain["claims"]]
    assert second["question"] == VOLTS


async def test_a_stranger_another_tenant_and_a_guess_find_nothing(served: Served) -> None:
    await served.ask("ann", "volts", VOLTS)
    share = await served.share("ann", "volts")
    refused = await served["sue"].get(f"/v1/shares/{share}")
    guessed = await served["sue"].get(f"/v1/shares/{'x' * len(share)}")
    assert refused.status_code == guessed.status_code == 404
    assert refused.json()["detail"] == guessed.json()["detail"]
    stranger = await served["ann"].get(f"/v1/shares/{share}", headers={"authorization": ""})
    assert stranger.status_code == 401
    assert (await served["henry"].get(f"/v1/shares/{share[:-1]}")).status_code == 404
    assert len(share) >= 32


async def test_nobody_shares_ends_or_goes_on_with_what_is_not_theirs(served: Served) -> None:
    await served.ask("ann", "volts", VOLTS)
    assert (await served["henry"].post("/v1/shares", json={"thread": "volts"})).status_code == 404
    share = await served.share("ann", "volts")
    assert (await served["henry"].delete(f"/v1/shares/{share}")).status_code == 404
    assert (await served["henry"].get("/v1/shares")).json() == []
    # The name is the owner's: the same name of somebody else's is another conversation.
    await served.ask("henry", "volts", VOLTS)
    assert len((await served.read("henry", share))["turns"]) == 1


async def test_what_is_said_later_is_not_shared_unless_it_is_said_so(served: Served) -> None:
    await served.ask("ann", "volts", VOLTS)
    share = await served.share("ann", "volts")
    await served.ask("ann", "volts", VOLTS)
    assert len((await served.read("henry", share))["turns"]) == 1
    assert await served.share("ann", "volts") == share
    assert len((await served.read("henry", share))["turns"]) == 2


async def test_a_share_ends_when_its_owner_says_so(served: Served) -> None:
    await served.ask("ann", "volts", VOLTS)
    share = await served.share("ann", "volts")
    (listed,) = (await served["ann"].get("/v1/shares")).json()
    assert (listed["id"], listed["thread"], listed["turns"]) == (share, "volts", 2)
    assert (await served["ann"].delete(f"/v1/shares/{share}")).status_code == 204
    assert (await served["henry"].get(f"/v1/shares/{share}")).status_code == 404
    assert await served.share("ann", "volts") != share


async def test_a_share_ends_with_its_conversation_also_where_its_name_is_used_again(served: Served) -> None:
    await served.ask("ann", "volts", VOLTS)
    share = await served.share("ann", "volts")
    assert (await served["ann"].delete("/v1/threads/volts")).status_code == 204
    assert (await served["henry"].get(f"/v1/shares/{share}")).status_code == 404
    await served.ask("ann", "volts", VOLTS)
    assert (await served["henry"].get(f"/v1/shares/{share}")).status_code == 404
    assert (await served["ann"].get("/v1/shares")).json() == []


async def test_a_share_ends_when_its_owner_is_forgotten(served: Served) -> None:
    await served.ask("ann", "volts", VOLTS)
    share = await served.share("ann", "volts")
    pincite = served.tenants("default")
    assert pincite.forget(user="ann").done
    assert (await served["henry"].get(f"/v1/shares/{share}")).status_code == 404
    file = pincite.settings.home / "default" / "threads.sqlite"
    assert share.encode() not in file.read_bytes()


async def test_an_answer_that_is_not_kept_any_more_is_not_told_from_the_conversation(served: Served) -> None:
    answer = await served.ask("hilda", "pay", SALARY)
    share = await served.share("hilda", "pay")
    assert (await served["hilda"].delete(f"/v1/answers/{answer['id']}")).status_code == 204
    shown = await served["henry"].get(f"/v1/shares/{share}")
    assert shown.json()["turns"] == [{"question": SALARY, "answer": None}]


async def test_sharing_is_in_the_audit_log_without_the_link(served: Served) -> None:
    from app.identity.audit import AuditLog

    await served.ask("ann", "volts", VOLTS)
    share = await served.share("ann", "volts")
    await served["ann"].delete(f"/v1/shares/{share}")
    path = served.tenants("default").settings.home / "default" / "audit.sqlite"
    noted = AuditLog(path, lambda: pytest.fail("nothing is written")).list()
    told = [(one.user, one.action) for one in noted if one.action.startswith("shares.")]
    assert told == [("ann", "shares.end"), ("ann", "shares.make")]
    assert share not in repr(noted)


async def test_the_page_makes_a_link_shows_it_and_ends_it(served: Served) -> None:
    html = {"accept": "text/html"}
    await served.ask("ann", "our <b>volts", VOLTS)
    address = "/conversations/our%20%3Cb%3Evolts"
    assert f'href="{address}/share"' in (await served["ann"].get(address, headers=html)).text
    assert "Make a link" in (await served["ann"].get(f"{address}/share", headers=html)).text
    made = await served["ann"].post(f"{address}/share", headers=html)
    assert (made.status_code, made.headers["location"]) == (303, f"{address}/share")
    (share,) = (await served["ann"].get("/v1/shares")).json()
    shown = (await served["ann"].get(f"{address}/share", headers=html)).text
    assert f'value="http://127.0.0.1/shared/{share["id"]}"' in shown
    read = await served["henry"].get(f"/shared/{share['id']}", headers=html)
    assert VOLTS in read.text
    assert 'action="/ask"' not in read.text
    assert (await served["henry"].get(f"{address}/share", headers=html)).status_code == 404
    await served["ann"].post(f"{address}/unshare", headers=html)
    assert (await served["henry"].get(f"/shared/{share['id']}", headers=html)).status_code == 404
