"""The typed clients: documents, uploads and jobs, against a real server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.api.client import file_parts
from app.api.client.asynchronous import AsyncPinciteClient
from app.api.client.call import ProblemError
from app.api.client.synchronous import PinciteClient
from app.jobs.settings import JobsSettings
from tests.support.loopback import listening
from tests.support.served import key_of, serving

NOTES = "# Notes\n\n" + "The Heron relay clicks twice at noon.\n\n" * 40


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    with (
        serving(tmp_path / "home", jobs=JobsSettings(folders=[str(tmp_path / "team")])) as app,
        listening(app) as address,
    ):
        yield address


@pytest.fixture
def key(tmp_path: Path) -> str:
    return key_of(tmp_path / "home", "otto", "operator")


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    path = tmp_path / "notes.md"
    path.write_text(NOTES)
    return path


class Losing(httpx.HTTPTransport):
    """Responses to parts of files get lost, though the server has them, so many times."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = super().handle_request(request)
        if request.method == "PATCH" and "/uploads/" in request.url.path and self.times:
            self.times -= 1
            response.read()
            raise httpx.ReadError("lost")
        return response


def test_a_file_is_uploaded_resumed_read_changed_and_deleted(
    url: str, key: str, notes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_parts, "PART", 500)
    seen: list[tuple[int, int]] = []
    size = notes.stat().st_size
    with PinciteClient(url, key, client=httpx.Client(transport=Losing(2), timeout=30)) as client:
        upload = client.upload(
            notes, readers=["everyone"], progress=lambda done, whole: seen.append((done, whole))
        )
        assert upload.received == size
        assert [one for one, _ in seen] == [*range(0, size, 500), size]
        told: list[str] = []
        job = client.wait_for_job(
            client.finish_uploads([upload.id]).id, every_s=0.05, progress=lambda one: told.append(one.state)
        )
        assert (job.state, job.added, told[-1]) == ("done", 1, "done")
        assert [one.id for one in client.jobs(state="done")] == [job.id]
        (document,) = client.documents(words="notes", limit=1).documents
        assert client.document(document.doc_id).has_file
        text = client.document_text(document.doc_id, start=9, end=27)
        assert text.text == NOTES.strip()[9:27]
        changed = client.change_document(document.doc_id, metadata={"room": "3"})
        assert changed.metadata["room"] == "3"
        assert client.facets(["room"])[0].values[0].value == "3"
        assert "room" not in client.reset_document(document.doc_id).metadata
        assert [one.current for one in client.document_versions(document.doc_id)] == [True]
        assert client.citing_answers(document.doc_id) == []
        with pytest.raises(ProblemError, match="no PDF"):
            client.page_image(document.doc_id, 1)
        client.delete_document(document.doc_id)
        assert client.documents().total == 0
        assert {one.spent_tokens for one in client.usage()} == {0}


def test_an_upload_that_was_given_up_goes_on_where_it_stopped(
    url: str, key: str, notes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_parts, "PART", 700)

    class StoppedError(Exception):
        pass

    def stop(done: int, _whole: int) -> None:
        if done >= 700:
            raise StoppedError

    seen: list[int] = []
    with PinciteClient(url, key) as client:
        with pytest.raises(StoppedError):
            client.upload(notes, progress=stop)
        upload = client.upload(notes, progress=lambda done, _: seen.append(done))
        assert seen[0] == 700
        client.cancel_upload(upload.id)
        with pytest.raises(ProblemError) as gone:
            client.finish_uploads([upload.id])
    assert (gone.value.code, gone.value.http_status) == ("no-such-job", 404)


def test_sources_are_listed_added_synced_and_removed(url: str, key: str, tmp_path: Path) -> None:
    folder = tmp_path / "team"
    folder.mkdir()
    with PinciteClient(url, key) as client:
        made = client.add_source("team", str(folder), 60)
        assert client.sources()[0].name == made.name
        assert client.wait_for_job(client.sync_source("team").id, every_s=0.05).state == "done"
        client.remove_source("team")
        assert client.sources() == []


@pytest.mark.anyio
async def test_the_asynchronous_client_uploads_too(url: str, key: str, notes: Path) -> None:
    async with AsyncPinciteClient(url, key) as client:
        upload = await client.upload(notes, name="other.md")
        job = await client.wait_for_job((await client.finish_uploads([upload.id])).id, every_s=0.05)
        assert job.state == "done"
        (document,) = (await client.documents()).documents
        forgotten = await client.forget_document(document.doc_id)
        assert forgotten.done
