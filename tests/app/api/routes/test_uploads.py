"""Uploads, jobs and sources over HTTP."""

from __future__ import annotations

import asyncio
import hashlib
import re
import tracemalloc
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.jobs.settings import JobsSettings
from app.settings import IngestSettings
from tests.app.api.test_application import problem_of
from tests.support.served import calling, key_of, serving

pytestmark = pytest.mark.anyio

NOTES = b"# Notes\n\nThe Heron relay clicks twice at noon.\n" * 50


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    with serving(tmp_path, ingest=IngestSettings(max_file_mb=8)) as app:
        async with calling(app, key_of(tmp_path, "nora", "contributor", "asker")) as client:
            yield client


def begin(content: bytes, name: str = "notes.md") -> dict[str, Any]:
    return {"name": name, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}


async def over(client: httpx.AsyncClient, job: dict[str, Any]) -> dict[str, Any]:
    while job["state"] in ("queued", "running"):
        await asyncio.sleep(0.05)
        job = (await client.get(f"/v1/jobs/{job['id']}")).json()
    return job


async def first_job(client: httpx.AsyncClient) -> dict[str, Any]:
    jobs: list[dict[str, Any]] = []
    while not jobs:
        await asyncio.sleep(0.05)
        jobs = (await client.get("/v1/jobs")).json()
    return jobs[0]


async def test_a_file_is_sent_in_parts_and_gone_on_with_where_it_stopped(client: httpx.AsyncClient) -> None:
    begun = await client.post("/v1/uploads", json=begin(NOTES))
    assert (begun.status_code, begun.headers["upload-offset"]) == (201, "0")
    path = f"/v1/uploads/{begun.json()['id']}"
    first = await client.patch(path, content=NOTES[:100], headers={"upload-offset": "0"})
    assert first.json()["received"] == 100
    wrong = await client.patch(path, content=NOTES[50:], headers={"upload-offset": "50"})
    assert (wrong.status_code, wrong.headers["upload-offset"]) == (409, "100")
    assert problem_of(wrong)["code"] == "upload-offset"
    empty = await client.put(path, params={"offset": 99}, content=b"")
    assert empty.status_code == 409
    assert problem_of(await client.patch(path, content=b"x"))["code"] == "invalid-request"
    early = problem_of(await client.post(f"{path}/finish"))
    assert (early["status"], early["code"]) == (409, "job-state")

    again = (await client.post("/v1/uploads", json=begin(NOTES))).json()
    assert (again["id"], again["received"]) == (begun.json()["id"], 100)
    looked = await client.head(path)
    assert (looked.headers["upload-offset"], looked.headers["upload-length"]) == ("100", str(len(NOTES)))
    assert (await client.put(path, params={"offset": 100}, content=NOTES[100:])).status_code == 200
    more = await client.patch(path, params={"offset": len(NOTES)}, content=b"x")
    assert (more.status_code, problem_of(more)["code"]) == (413, "upload-too-large")
    queued = await client.post(f"{path}/finish")
    assert queued.status_code == 202
    job = await over(client, queued.json())
    assert (job["state"], job["added"], job["bytes_done"]) == ("done", 1, len(NOTES))
    asked = await client.post("/v1/answers", json={"question": "When does the Heron relay click?"})
    assert "noon" in asked.json()["text"]


async def test_words_of_another_hash_are_one_line_and_gone(client: httpx.AsyncClient) -> None:
    begun = {**begin(NOTES), "sha256": "0" * 64}
    path = f"/v1/uploads/{(await client.post('/v1/uploads', json=begun)).json()['id']}"
    await client.patch(path, params={"offset": 0}, content=NOTES)
    refused = problem_of(await client.post(f"{path}/finish"))
    assert (refused["status"], "another sha256" in refused["detail"]) == (422, True)
    assert "\n" not in refused["detail"]
    assert (await client.get(path)).status_code == 404


async def test_what_arrived_before_a_connection_broke_stays(client: httpx.AsyncClient) -> None:
    path = f"/v1/uploads/{(await client.post('/v1/uploads', json=begin(NOTES))).json()['id']}"
    messages = iter(
        [
            {"type": "http.request", "body": NOTES[:70], "more_body": True},
            {"type": "http.disconnect"},
        ]
    )
    sent: list[Any] = []

    async def receive() -> Any:
        return next(messages)

    async def send(message: Any) -> None:
        sent.append(message)

    transport: Any = client._transport
    headers = [(b"host", b"127.0.0.1"), (b"authorization", client.headers["authorization"].encode())]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "PATCH",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"offset=0",
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "state": {},
    }
    await transport.app(scope, receive, send)
    assert sent[0]["status"] == 408
    assert (await client.get(path)).json()["received"] == 70


async def test_a_file_is_never_whole_in_memory(client: httpx.AsyncClient) -> None:
    size = 6 * 1024 * 1024

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(size // 65536):
            yield bytes(65536)

    content = begin(bytes(size), "zeros.txt")
    path = f"/v1/uploads/{(await client.post('/v1/uploads', json=content)).json()['id']}"
    tracemalloc.start()
    try:
        sent = await client.patch(path, params={"offset": 0}, content=pieces())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert sent.json()["received"] == size
    assert peak < size * 0.75


async def test_what_is_too_large_is_refused_before_it_is_sent(client: httpx.AsyncClient) -> None:
    too_large = {**begin(NOTES), "size": 9 * 1024 * 1024}
    assert problem_of(await client.post("/v1/uploads", json=too_large))["code"] == "upload-too-large"
    whole = await client.post("/v1/documents?name=a.txt", content=bytes(9 * 1024 * 1024))
    assert problem_of(whole)["code"] == "too-large"
    # JSON is held in memory, and bounded as everywhere.
    listed = await client.post("/v1/uploads/finish", json={"uploads": ["x" * 3_000_000]})
    assert problem_of(listed)["code"] == "too-large"
    nothing = problem_of(await client.post("/v1/documents?name=a.txt", content=b""))
    assert (nothing["status"], nothing["code"]) == (422, "job")


async def test_several_files_are_one_job_and_what_failed_is_told_and_tried_again(
    client: httpx.AsyncClient,
) -> None:
    ids: list[str] = []
    for name, content in (("good.md", NOTES), ("bad.pdf", b"%PDF-1.7 but no more")):
        upload = (await client.post("/v1/uploads", json=begin(content, name))).json()
        await client.patch(f"/v1/uploads/{upload['id']}", params={"offset": 0}, content=content)
        ids.append(upload["id"])
    job = await over(client, (await client.post("/v1/uploads/finish", json={"uploads": ids})).json())
    job = (await client.get(f"/v1/jobs/{job['id']}")).json()
    assert (job["files_done"], job["added"], job["failed"]) == (2, 1, 1)
    (failure,) = job["failures"]
    assert (failure["name"], bool(failure["why"] and failure["hint"])) == ("bad.pdf", True)
    retried = await client.post(f"/v1/jobs/{job['id']}/retry")
    assert retried.status_code == 202
    again = await over(client, retried.json())
    assert (again["retry_of"], again["files_total"], again["failed"]) == (job["id"], 1, 1)
    assert [one["id"] for one in (await client.get("/v1/jobs", params={"limit": 5})).json()] == [
        again["id"],
        job["id"],
    ]
    ended = problem_of(await client.post(f"/v1/jobs/{job['id']}/cancel"))
    assert (ended["status"], ended["code"]) == (409, "job-state")


async def test_where_others_do_the_jobs_they_wait(tmp_path: Path) -> None:
    with serving(tmp_path, jobs=JobsSettings(in_server=False)) as app:
        async with calling(app, key_of(tmp_path, "nora", "contributor")) as client:
            job = (await client.post("/v1/documents?name=a.md", content=NOTES)).json()
            assert job["state"] == "queued"
            cancelled = (await client.post(f"/v1/jobs/{job['id']}/cancel")).json()
            assert cancelled["state"] == "cancelled"
            assert (await client.get("/v1/jobs", params={"state": "queued"})).json() == []


async def test_a_folder_is_read_by_a_schedule_and_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "a.md").write_bytes(NOTES)
    with serving(tmp_path / "home", jobs=JobsSettings(folders=[str(folder)])) as app:
        async with calling(app, key_of(tmp_path / "home", "otto", "operator")) as client:
            wanted = {"name": "team", "place": str(folder), "minutes": 60}
            made = await client.post("/v1/sources", json=wanted)
            assert (made.status_code, made.json()["kind"]) == (201, "folder")
            assert (await over(client, await first_job(client)))["added"] == 1
            (folder / "b.md").write_bytes(NOTES + b"more\n")
            synced = await client.post("/v1/sources/team/sync")
            assert synced.status_code == 202
            assert (await over(client, synced.json()))["added"] == 1
            (listed,) = (await client.get("/v1/sources")).json()
            assert re.fullmatch(r"\S+", listed["last_job"])
            assert (await client.delete("/v1/sources/team")).status_code == 204
            assert (await client.post("/v1/sources/team/sync")).status_code == 404
            link = folder / "out"
            link.symlink_to(tmp_path)
            for place in ("not/whole", tmp_path, tmp_path / "home", "/", folder / "..", link, f"{folder}x"):
                refused = await client.post("/v1/sources", json={**wanted, "place": str(place)})
                assert problem_of(refused)["code"] == "operator-only", place
            assert (await client.get("/v1/sources")).json() == []
