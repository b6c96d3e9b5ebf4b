"""Documents, filters and facets over HTTP."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.app.api.test_application import VOLTS, events_of, problem_of
from tests.app.ingestion.load.test_pdf import drawn, lines
from tests.support.served import calling, key_of, serving

pytestmark = pytest.mark.anyio

NOTES = b"---\nversion: '2.10'\nproduct: Heron\n---\n# Notes\n\nThe Heron relay clicks twice at noon.\n"


@pytest.fixture
async def client(home: Path) -> AsyncIterator[httpx.AsyncClient]:
    with serving(home) as app:
        async with calling(app, key_of(home, "otto", "operator")) as client:
            yield client


async def added(client: httpx.AsyncClient, name: str, content: bytes, **query: Any) -> str:
    """The id of the document, once its job has ended."""
    sent = await client.post("/v1/documents", params={"name": name, **query}, content=content)
    assert sent.status_code == 202
    job = sent.json()
    while job["state"] in ("queued", "running"):
        await asyncio.sleep(0.05)
        job = (await client.get(f"/v1/jobs/{job['id']}")).json()
    assert (job["state"], job["failures"]) == ("done", [])
    found = (await client.get("/v1/documents", params={"filter": [f"uri={job_uri(job, name)}"]})).json()
    return str(found["documents"][0]["doc_id"])


def job_uri(job: dict[str, Any], name: str) -> str:
    from app.jobs.names import upload_uri

    return upload_uri(job["owner"], name)


async def test_the_list_comes_in_pages_that_cursors_join(client: httpx.AsyncClient) -> None:
    whole = (await client.get("/v1/documents", params={"limit": 500})).json()
    assert (len(whole["documents"]), whole["next"]) == (whole["total"], "")
    assert whole["total"] > 3
    pages: list[str] = []
    cursor = ""
    while True:
        page = (await client.get("/v1/documents", params={"limit": 2, "cursor": cursor})).json()
        pages += [one["doc_id"] for one in page["documents"]]
        if not (cursor := page["next"]):
            break
    assert pages == [one["doc_id"] for one in whole["documents"]]
    backwards = (await client.get("/v1/documents", params={"limit": 500, "descending": True})).json()
    assert [one["doc_id"] for one in backwards["documents"]] == pages[::-1]
    problem_of(await client.get("/v1/documents", params={"cursor": "nonsense"}))
    problem_of(await client.get("/v1/documents", params={"filter": "version!=2"}))


async def test_a_document_is_shown_read_and_known_by_the_answers_that_cite_it(
    client: httpx.AsyncClient,
) -> None:
    answer = (await client.post("/v1/answers", json={"question": VOLTS})).json()
    cited = answer["citations"][0]
    path = f"/v1/documents/{cited['doc_id']}"
    shown = (await client.get(path)).json()
    assert (shown["version"], shown["title"]) == (cited["version"], cited["title"])
    assert (await client.get(f"{path}/versions")).json() == shown["versions"]
    assert [one["current"] for one in shown["versions"]].count(True) == 1
    part = {"start": cited["start"], "end": cited["end"], "version": cited["version"]}
    read = (await client.get(f"{path}/text", params=part)).json()
    assert (read["text"], read["end"]) == (cited["quote"], cited["end"])
    assert any(one["start"] <= cited["start"] < one["end"] for one in read["passages"])
    whole = (await client.get(f"{path}/text")).json()
    assert whole["text"][cited["start"] : cited["end"]] == cited["quote"]
    (citing,) = (await client.get(f"{path}/answers")).json()
    assert (citing["id"], citing["stands"]) == (answer["id"], True)
    assert {one["state"] for one in citing["places"]} == {"in_place"}
    beyond = await client.get(f"{path}/text", params={"start": 10**7})
    assert problem_of(beyond)["code"] == "document-request"


async def test_filters_of_questions_are_an_object_or_lines_and_facets_say_what_there_is(
    client: httpx.AsyncClient,
) -> None:
    await added(client, "notes.md", NOTES)
    asked = "When does the Heron relay click?"
    for filters in (
        {"version": "2.10"},
        {"version": {">=": "2.9"}},
        ["version>=2.9"],
        ["version:2.9..", "product in Heron,Crane"],
    ):
        answer = await client.post("/v1/answers", json={"question": asked, "filters": filters})
        assert "noon" in answer.json()["text"], filters
    for none in (["version>=2.11"], {"version": {"<": "2.4"}, "product": "Heron"}):
        answer = await client.post("/v1/answers", json={"question": asked, "filters": none})
        assert (answer.json()["status"], "noon" in answer.json()["text"]) == ("abstained", False)
    told = (await client.get("/v1/facets", params={"key": ["version"], "filter": "product=Heron"})).json()
    assert told == [{"key": "version", "values": [{"value": "2.10", "documents": 1}], "more": 0}]


@pytest.mark.parametrize("stream", [False, True])
async def test_a_filter_that_is_none_is_refused_before_anything_starts(
    client: httpx.AsyncClient, stream: bool
) -> None:
    for filters in (["version!=2"], ["nonsense"], {"version": {"~": "2"}}, {"date": {">=": "soon"}}):
        asked = {"question": VOLTS, "filters": filters, "stream": stream}
        refused = problem_of(await client.post("/v1/answers", json=asked))
        assert (refused["status"], refused["code"]) == (422, "filter"), filters
    fine = {"question": VOLTS, "filters": [], "stream": stream}
    response = await client.post("/v1/answers", json=fine)
    answer = events_of(response.text)[-1][1]["answer"] if stream else response.json()
    assert answer["status"] == "answered"


async def test_what_is_said_over_the_source_is_changed_reset_deleted_and_forgotten(
    client: httpx.AsyncClient,
) -> None:
    document = await added(client, "notes.md", NOTES)
    path = f"/v1/documents/{document}"
    said = {"metadata": {"version": "3.0", "product": None}, "readers": ["hr"]}
    changed = (await client.patch(path, json=said)).json()
    assert (changed["metadata"]["version"], changed["groups"]) == ("3.0", ["hr"])
    assert "product" not in changed["metadata"]
    shown = (await client.get(path)).json()["override"]
    assert (shown["by"], shown["readers"], shown["dropped"]) == ("otto", ["hr"], ["product"])
    refused = await client.patch(path, json={"metadata": {"groups": "x"}})
    assert problem_of(refused)["code"] == "document-request"
    reset = (await client.post(f"{path}/reset")).json()
    assert (reset["metadata"]["version"], reset["groups"]) == ("2.10", [])
    assert (await client.delete(path)).status_code == 204
    assert problem_of(await client.get(path))["code"] == "no-such-document"

    document = await added(client, "notes.md", NOTES)
    forgotten = (await client.delete(f"/v1/documents/{document}", params={"forget": True})).json()
    assert (forgotten["done"], forgotten["left"]) == (True, 0)
    assert forgotten["removed"]


async def test_pages_of_an_uploaded_pdf_are_drawn(client: httpx.AsyncClient) -> None:
    pdf = drawn(lines("The warranty lasts 24 months."), lines("Batteries are excluded."))
    document = await added(client, "warranty.pdf", pdf)
    path = f"/v1/documents/{document}"
    text = (await client.get(f"{path}/text")).json()["text"]
    start = text.index("Batteries")
    (placed,) = (await client.get(f"{path}/rectangles", params={"start": start, "end": start + 9})).json()
    assert placed["page"] == 2
    assert placed["x0"] < placed["x1"]
    assert (await client.get(f"{path}/pages/2")).json()
    drawing = await client.get(f"{path}/pages/2/image", params={"scale": 1})
    assert drawing.headers["content-type"] == "image/png"
    assert Image.open(io.BytesIO(drawing.content)).format == "PNG"
    assert problem_of(await client.get(f"{path}/pages/3/image"))["status"] == 404
    assert problem_of(await client.get(f"{path}/pages/2/image", params={"scale": 50}))["status"] == 422
