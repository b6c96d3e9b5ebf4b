"""Every route of the OpenAPI document, as callers who may not: nothing is told, nothing is changed."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.api.application import create_app
from app.api.service import make_service
from app.api.settings import ApiSettings
from app.api.tenants import Tenants
from app.compose import open_pincite
from app.identity.identify import key_store
from app.identity.settings import AuthSettings
from app.ingestion.discover import discover
from app.settings import Settings

pytestmark = pytest.mark.anyio

OPEN = {"/healthz", "/readyz", "/openapi.json"}
VOLTS = "How many volts does the kiln need?"


@dataclass
class Served:
    """A server that needs a key, with people of two tenants. ``keys``: by user."""

    client: httpx.AsyncClient
    schema: dict[str, Any]
    keys: dict[str, str]

    async def ask(self, user: str, method: str, path: str, **how: Any) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.keys[user]}"} if user else {}
        return await self.client.request(method, path, headers=headers, **how)

    @property
    def routes(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        for path, methods in self.schema["paths"].items():
            for method, operation in methods.items():
                yield method.upper(), path, operation


def add(settings: Settings, folder: Path, text: str) -> None:
    folder.mkdir()
    (folder / "kiln.md").write_text(text)
    with open_pincite(settings) as pincite, pincite.corpus.writing() as (pipeline, writer):
        assert [one.error for one in pipeline.add(discover([folder], "d"), "d", writer)] == [None]


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    settings = Settings(
        home=tmp_path / "home",
        tenant="north",
        auth=AuthSettings(required=True),
        api=ApiSettings(tenants=["south"], resume_s=0),
    )
    add(settings, tmp_path / "n", "# Kiln\n\nThe kiln needs 400 volts.\n")
    add(
        settings.model_copy(update={"tenant": "south"}),
        tmp_path / "s",
        "# Kiln\n\nThe kiln needs 230 volts.\n",
    )
    store = key_store(settings)
    people = {
        "ann": ("north", ["asker"]),
        "bob": ("north", ["asker"]),
        "rita": ("north", ["reviewer", "asker"]),
        "otto": ("north", ["operator"]),
        "sue": ("south", ["operator"]),
        "eve": ("elsewhere", ["operator"]),
        "nora": ("north", ["contributor"]),
        "carl": ("north", ["contributor"]),
    }
    keys = {
        user: store.issue(user, user=user, tenant=tenant, roles=roles).secret
        for user, (tenant, roles) in people.items()
    }
    with Tenants(settings) as tenants:
        app = create_app(make_service(settings, tenants))
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://pincite.test", timeout=30
        ) as client:
            yield Served(client, app.openapi(), keys)


def filled(path: str, name: str = "x") -> str:
    return re.sub(r"\{\w+\}", name, path)


async def test_without_a_key_with_a_wrong_one_or_an_ended_one_nothing_is_answered(served: Served) -> None:
    ended = served.keys["bob"]
    shown = (await served.ask("otto", "GET", "/v1/keys")).json()
    (bobs,) = [one["id"] for one in shown if one["user"] == "bob"]
    assert (await served.ask("otto", "DELETE", f"/v1/keys/{bobs}")).status_code == 200
    checked = 0
    for method, path, _ in served.routes:
        if path in OPEN:
            continue
        for headers in (
            {},
            {"authorization": "Bearer pck_aaaaaaaaaaaa_" + "A" * 43},
            {"authorization": "Bearer eyJhbGciOiJub25lIn0.e30."},
            {"authorization": "Basic YTpi"},
            [("authorization", "Bearer x"), ("authorization", f"Bearer {served.keys['otto']}")],
            {"x-api-key": ended},
            {"authorization": f"Bearer {ended}"},
            {"authorization": f"Bearer {served.keys['ann']}", "x-api-key": served.keys["otto"]},
        ):
            response = await served.client.request(method, filled(path), headers=headers, json={})
            assert response.status_code == 401, (method, path, headers)
            assert response.headers["www-authenticate"].startswith("Bearer")
            # A response to HEAD has no body.
            assert method == "HEAD" or response.json()["code"] == "unauthenticated"
            checked += 1
    assert checked > 100


async def test_every_route_that_is_not_for_everybody_says_that_it_needs_a_key(served: Served) -> None:
    for method, path, operation in served.routes:
        assert ("security" in operation) == (path not in OPEN), (method, path)


async def test_a_tenant_that_is_not_served_gets_nothing(served: Served) -> None:
    for method, path, _ in served.routes:
        if path not in OPEN:
            response = await served.ask("eve", method, filled(path), json={})
            code = "not-allowed" if method == "HEAD" else response.json()["code"]
            assert (response.status_code, code) == (403, "not-allowed"), (method, path)


async def test_another_persons_and_another_tenants_things_are_not_there(served: Served) -> None:
    asked = await served.ask("ann", "POST", "/v1/answers", json={"question": VOLTS, "thread": "mine"})
    assert "400" in asked.json()["text"]
    answer = asked.json()["id"]
    for other in ("bob", "otto", "sue", "nora"):
        for method, path in (
            ("GET", f"/v1/answers/{answer}"),
            ("GET", f"/v1/answers/{answer[:6]}"),
            ("DELETE", f"/v1/answers/{answer}"),
            ("GET", "/v1/threads/mine"),
            ("DELETE", "/v1/threads/mine"),
        ):
            response = await served.ask(other, method, path)
            may = 403 if other == "nora" else 404
            assert response.status_code == may, (other, method, path)
            assert "400 volts" not in response.text
        for path in ("/v1/answers", "/v1/threads", "/v1/feedback"):
            listed = await served.ask(other, "GET", path)
            assert listed.status_code == 403 or listed.json() == []
    for other, status in (("bob", 404), ("sue", 404)):
        body = {"answer_id": answer, "rating": "up"}
        assert (await served.ask(other, "POST", "/v1/feedback", json=body)).status_code == status
        verified = await served.ask(other, "POST", "/v1/verify", json={"answer_ids": [answer]})
        assert verified.status_code == status
    assert (await served.ask("ann", "GET", f"/v1/answers/{answer}")).status_code == 200
    assert (await served.ask("ann", "GET", "/v1/threads/mine")).json()["turns"]


async def test_reviewers_read_everybodys_and_askers_may_not_say_so(served: Served) -> None:
    asked = (await served.ask("ann", "POST", "/v1/answers", json={"question": VOLTS})).json()
    for path in ("/v1/answers", f"/v1/answers/{asked['id']}", "/v1/feedback"):
        assert (await served.ask("bob", "GET", path, params={"everybody": True})).status_code == 403
        assert (await served.ask("rita", "GET", path, params={"everybody": True})).status_code == 200
    given = {"answer_id": asked["id"], "rating": "down", "sentence": 1, "reason": "wrong"}
    assert (await served.ask("rita", "POST", "/v1/feedback", json=given)).status_code == 201
    assert (
        await served.ask("ann", "POST", "/v1/feedback", json={**given, "sentence": 99})
    ).status_code == 404
    (seen,) = (await served.ask("rita", "GET", "/v1/feedback", params={"everybody": True})).json()
    assert (seen["user"], seen["rating"], seen["reason"]) == ("rita", "down", "wrong")


async def test_an_operator_has_the_keys_of_one_tenant(served: Served) -> None:
    ours = (await served.ask("otto", "GET", "/v1/keys")).json()
    theirs = (await served.ask("sue", "GET", "/v1/keys")).json()
    assert {one["user"] for one in theirs} == {"sue"}
    assert "sue" not in {one["user"] for one in ours}
    (anns,) = [one["id"] for one in ours if one["user"] == "ann"]
    for method, path in (("DELETE", f"/v1/keys/{anns}"), ("POST", f"/v1/keys/{anns}/rotate")):
        assert (await served.ask("sue", method, path, json={})).status_code == 404
        assert (await served.ask("ann", method, path, json={})).status_code == 403
    made = await served.ask("sue", "POST", "/v1/keys", json={"name": "n", "user": "u", "roles": ["asker"]})
    assert made.json()["key"]["tenant"] == "south"
    headers = {"x-api-key": made.json()["secret"]}
    theirs = await served.client.post("/v1/answers", json={"question": VOLTS}, headers=headers)
    # The receipt's signature may hold any figures.
    assert "230" in theirs.json()["text"]
    assert "400" not in theirs.json()["text"]
    (line, *_) = (await served.ask("sue", "GET", "/v1/audit")).json()
    assert (line["user"], line["action"], line["target"]) == ("sue", "keys.issue", "u")
    assert all(one["user"] != "sue" for one in (await served.ask("otto", "GET", "/v1/audit")).json())


async def test_each_tenant_is_answered_from_its_own_documents(served: Served) -> None:
    answers = await asyncio.gather(
        *(served.ask(user, "POST", "/v1/answers", json={"question": VOLTS}) for user in ("ann", "sue") * 3)
    )
    texts = [one.json()["text"] for one in answers]
    assert all("400" in text and "230" not in text for text in texts[::2])
    assert all("230" in text and "400" not in text for text in texts[1::2])


PARTS = ("", "/text", "/answers", "/versions", "/pages/1", "/pages/1/image", "/rectangles?start=0&end=1")
SECRET = b"# Safe\n\nThe safe's combination is 4711.\n"


async def uploaded(served: Served, user: str, name: str, content: bytes, **query: Any) -> str:
    """The id of a document that was added over HTTP, once its job has ended."""
    query = {"name": name, **query}
    job = (await served.ask(user, "POST", "/v1/documents", params=query, content=content)).json()
    while job["state"] in ("queued", "running"):
        await asyncio.sleep(0.05)
        job = (await served.ask(user, "GET", f"/v1/jobs/{job['id']}")).json()
    assert (job["state"], job["failures"]) == ("done", [])
    listed = (await served.ask("otto", "GET", "/v1/documents", params={"words": name})).json()
    (found,) = [one["doc_id"] for one in listed["documents"] if one["uri"].endswith(f"/{name}")]
    return str(found)


async def test_what_contributors_send_is_theirs_and_readers_are_kept_to(served: Served) -> None:
    document = await uploaded(served, "nora", "safe.md", SECRET, reader=["vault"], source="s")
    digest = hashlib.sha256(SECRET).hexdigest()
    begun = {"name": "more.md", "sha256": digest, "size": len(SECRET)}
    upload = (await served.ask("nora", "POST", "/v1/uploads", json=begun)).json()["id"]
    (job,) = (await served.ask("nora", "GET", "/v1/jobs")).json()
    # Nora is no member: she reads it no more than the others.
    for other in ("ann", "bob", "nora", "carl", "sue"):
        for path in PARTS:
            response = await served.ask(other, "GET", f"/v1/documents/{document}{path}")
            # Who only contributes reads nothing at all.
            may = (403, 404) if other in ("nora", "carl") else (404,)
            assert response.status_code in may, (other, path)
            assert "4711" not in response.text
        listed = await served.ask(other, "GET", "/v1/documents")
        assert "safe" not in listed.text
        told = await served.ask(other, "GET", "/v1/facets", params={"key": ["source", "uri"]})
        assert "safe.md" not in told.text
        assert '"s"' not in told.text
    for other in ("carl", "sue"):
        for method, path in (
            ("GET", f"/v1/uploads/{upload}"),
            ("HEAD", f"/v1/uploads/{upload}"),
            ("PATCH", f"/v1/uploads/{upload}?offset=0"),
            ("PUT", f"/v1/uploads/{upload}?offset=0"),
            ("DELETE", f"/v1/uploads/{upload}"),
            ("POST", f"/v1/uploads/{upload}/finish"),
            ("GET", f"/v1/jobs/{job['id']}"),
            ("POST", f"/v1/jobs/{job['id']}/cancel"),
            ("POST", f"/v1/jobs/{job['id']}/retry"),
            ("PATCH", f"/v1/documents/{document}"),
            ("POST", f"/v1/documents/{document}/reset"),
            ("DELETE", f"/v1/documents/{document}"),
            ("DELETE", f"/v1/documents/{document}?forget=true"),
        ):
            response = await served.ask(other, method, path, json={})
            may = (403, 404) if path.endswith("=true") else (404,)
            assert response.status_code in may, (other, method, path)
        assert (await served.ask(other, "GET", "/v1/jobs")).json() == []
        finish = {"uploads": [upload]}
        assert (await served.ask(other, "POST", "/v1/uploads/finish", json=finish)).status_code == 404
    for method, path in (
        ("GET", "/v1/sources"),
        ("POST", "/v1/sources"),
        ("DELETE", "/v1/sources/x"),
        ("POST", "/v1/sources/x/sync"),
    ):
        body = {"name": "x", "place": "/", "minutes": 1}
        assert (await served.ask("nora", method, path, json=body)).status_code == 403
    # All of it is still there for those whose it is.
    assert "4711" in (await served.ask("otto", "GET", f"/v1/documents/{document}/text")).text
    shown = await served.ask("nora", "GET", f"/v1/uploads/{upload}")
    assert (shown.json()["received"], shown.headers["upload-offset"]) == (0, "0")


async def test_askers_may_not_add_and_documents_of_folders_are_the_operators_to_change(
    served: Served,
) -> None:
    (kiln,) = (await served.ask("ann", "GET", "/v1/documents")).json()["documents"]
    path = f"/v1/documents/{kiln['doc_id']}"
    said = {"metadata": {"room": "3"}}
    assert (await served.ask("ann", "POST", "/v1/documents?name=a.md", content=b"x")).status_code == 403
    assert (await served.ask("ann", "PATCH", path, json=said)).status_code == 403
    assert (await served.ask("nora", "PATCH", path, json=said)).json()["code"] == "document-refused"
    assert (await served.ask("nora", "DELETE", path)).json()["code"] == "document-refused"
    assert (await served.ask("nora", "DELETE", f"{path}?forget=true")).json()["code"] == "not-allowed"
    # Her tenant has one of the same id: hers goes, and ours stays.
    assert (await served.ask("sue", "DELETE", path)).status_code == 204
    assert (await served.ask("sue", "GET", path)).status_code == 404
    assert (await served.ask("otto", "PATCH", path, json=said)).json()["metadata"]["room"] == "3"
    (line, *_) = (await served.ask("otto", "GET", "/v1/audit")).json()
    assert (line["user"], line["action"], line["target"]) == ("otto", "documents.change", kiln["doc_id"])


def files_of(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", ["../../keys.sqlite", "/etc/passwd", "..\\..\\a.md", "a/../../b.md"])
async def test_a_name_never_becomes_a_path(served: Served, tmp_path: Path, name: str) -> None:
    before = files_of(tmp_path)
    digest = hashlib.sha256(SECRET).hexdigest()
    begun = {"name": name, "sha256": digest, "size": len(SECRET)}
    upload = (await served.ask("nora", "POST", "/v1/uploads", json=begun)).json()
    assert not set(upload["name"]) & set("/\\")
    sent = await served.ask("nora", "PATCH", f"/v1/uploads/{upload['id']}?offset=0", content=SECRET)
    assert sent.json()["received"] == len(SECRET)
    now = files_of(tmp_path)
    assert [path.name for path in now.keys() - before.keys() if now[path] == SECRET] == [upload["id"]]


@pytest.mark.parametrize("id", ["..%2F..%2Fkeys.sqlite", "%2Fetc%2Fpasswd", "..", "%00"])
async def test_an_id_that_is_a_path_names_nothing(served: Served, id: str) -> None:
    for path in ("uploads", "jobs", "documents"):
        response = await served.ask("otto", "GET", f"/v1/{path}/{id}")
        assert response.status_code in (404, 405)
