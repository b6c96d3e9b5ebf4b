"""Adding documents by a form, and the pages of the jobs that read them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from app.api.settings import ApiSettings
from app.jobs.settings import JobsSettings
from app.settings import IngestSettings
from tests.support.document_pages import job_over, looking, serving_pages

pytestmark = pytest.mark.anyio

RELAY = b"# Relay\n\nThe relay clicks twice at noon.\n"


def files(**named: bytes) -> list[tuple[str, Any]]:
    return [("files", (name.replace("_", "."), content)) for name, content in named.items()]


async def test_a_form_adds_all_its_files_by_one_job(tmp_path: Path) -> None:
    with serving_pages(tmp_path, api=ApiSettings(max_body_kb=16)) as app:
        async with looking(app, tmp_path, "con", "asker", "contributor") as con:
            said = {"readers": "hr, board", "source": "notes"}
            big = b"A line of a large file.\n" * 2000  # more than any other body may have
            sent = await con.post(
                "/documents/add", data=said, files=files(relay_md=RELAY, big_txt=big, bad_pdf=b"no")
            )
            assert sent.status_code == 303
            job_id = await job_over(con, sent.headers["location"])
            page = (await con.get(sent.headers["location"])).text
            assert "Done, but not every file could be read" in page
            assert "bad.pdf" in page
            assert "What to do:" in page
            assert 'hx-trigger="every' not in page  # it is over: nothing asks further
            assert f'action="/jobs/{job_id}/retry"' in page
            assert f'action="/jobs/{job_id}/cancel"' not in page
            assert job_id in (await con.get("/jobs")).text
        async with looking(app, tmp_path, "op", "operator") as op:
            found = (await op.get("/v1/documents")).json()["documents"]
            assert {(one["title"], one["source"], tuple(one["groups"])) for one in found} == {
                ("Relay", "notes", ("board", "hr")),
                ("big", "notes", ("board", "hr")),
            }


async def test_of_a_form_with_a_file_that_cannot_be_nothing_is_begun(tmp_path: Path) -> None:
    with serving_pages(tmp_path, ingest=IngestSettings(max_file_mb=1)) as app:
        async with looking(app, tmp_path, "con", "asker", "contributor") as con:
            for given, why in (
                (files(relay_md=RELAY, empty_txt=b""), "the file is empty"),
                (files(relay_md=RELAY, con_md=RELAY), "cannot name a file"),
                ([("files", ("", b""))], "Choose at least one file"),
            ):
                sent = await con.post("/documents/add", data={"readers": "hr"}, files=given)
                assert sent.status_code == 422
                assert why in sent.text
                assert 'value="hr"' in sent.text  # what was typed is still there
            bad = await con.post("/documents/add", data={"readers": "a|b"}, files=files(relay_md=RELAY))
            assert bad.status_code == 422
            large = await con.post("/documents/add", files=files(relay_md=b"x" * 2**20))
            assert large.status_code == 413
            assert (await con.get("/v1/jobs")).json() == []


async def test_only_contributors_add_and_see_jobs_and_only_their_own(tmp_path: Path) -> None:
    with serving_pages(tmp_path, jobs=JobsSettings(in_server=False)) as app:
        async with (
            looking(app, tmp_path, "con", "asker", "contributor") as con,
            looking(app, tmp_path, "dan", "asker", "contributor") as dan,
            looking(app, tmp_path, "ann", "asker") as ann,
        ):
            sent = await con.post("/documents/add", files=files(relay_md=RELAY))
            address = sent.headers["location"].partition("?")[0]
            for path in ("/documents/add", "/jobs", address):
                assert (await ann.get(path)).status_code == 403
            assert (await ann.post("/documents/add", files=files(relay_md=RELAY))).status_code == 403
            for method, path in (("GET", ""), ("POST", "/cancel"), ("POST", "/retry")):
                assert (await dan.request(method, address + path)).status_code == 404
            assert address not in (await dan.get("/jobs")).text
            waiting = await con.get(address)
            assert "Waiting for its turn" in waiting.text
            assert 'hx-trigger="every 1s"' in waiting.text
            part = await con.get(address, headers={"hx-request": "true"})
            assert "<html" not in part.text
            assert 'id="job"' in part.text
            assert (await con.post(f"{address}/cancel")).headers["location"] == f"{address}?done=cancelled"
            assert "Cancelled" in (await con.get(address)).text
            assert (await con.post(f"{address}/cancel")).status_code == 409
            again = (await con.post(f"{address}/retry")).headers["location"]
            assert again.startswith("/jobs/")
            assert not again.startswith(address)
            page = await con.get(f"{again}&done=<b>")
            assert "<b>" not in page.text


async def test_sources_are_for_operators_and_allowed_folders(tmp_path: Path) -> None:
    home, folder = tmp_path / "home", tmp_path / "shelf"
    folder.mkdir()
    (tmp_path / "other").mkdir()
    (folder / "relay.md").write_bytes(RELAY)
    with serving_pages(home, jobs=JobsSettings(folders=[str(folder)])) as app:
        async with (
            looking(app, home, "op", "operator") as op,
            looking(app, home, "con", "contributor") as con,
        ):
            asked = {"place": str(folder), "name": "shelf", "readers": "", "minutes": "60"}
            assert (await con.get("/sources")).status_code == 403
            assert (await con.post("/sources", data=asked)).status_code == 403
            refused = await op.post("/sources", data={**asked, "place": str(tmp_path / "other")})
            assert refused.status_code == 403
            assert "whoever runs this server can allow the folder" in refused.text
            assert (await op.post("/sources", data=asked)).headers["location"] == "/sources?done=scheduled"
            assert "every hour" in (await op.get("/sources")).text
            now = (await op.post("/sources/shelf/sync")).headers["location"]
            await job_over(op, now)
            assert "Relay" in (await op.get("/documents")).text
            await op.post("/sources/shelf/remove")
            assert "every hour," not in (await op.get("/sources")).text.partition("Add one")[0]
            assert (await op.post("/sources/shelf/sync")).status_code == 404
            assert "Relay" in (await op.get("/documents")).text


async def test_a_page_of_another_place_adds_nothing(tmp_path: Path) -> None:
    with serving_pages(tmp_path) as app:
        async with looking(app, tmp_path, "con", "contributor") as con:
            sent: httpx.Response = await con.post(
                "/documents/add", files=files(relay_md=RELAY), headers={"origin": "https://evil.example"}
            )
            assert sent.status_code == 403
            assert (await con.get("/v1/jobs")).json() == []
