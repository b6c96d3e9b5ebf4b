"""``pincite --server … list``, ``add``, ``text`` and ``show``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from app.api.client.call import ProblemError
from app.api.client.synchronous import PinciteClient
from app.api.contract.documents import DocumentDetail, DocumentItem
from app.terminal.document_text import (
    NotADocumentError,
    citation_of,
    print_documents,
    print_words,
    said_of_hidden,
)
from app.terminal.record_text import print_job

PAGE = 500


def remote_list(client: PinciteClient, *, source: str | None, as_json: bool, filter: Any) -> int:
    """As ``pincite list``, of what the key may read."""
    records = [one for one in _every(client, filter or ()) if source in (None, one.source)]
    if not records and not as_json:
        print("no document that you may read" + (" matches the filter" if filter else ""))
        return 0
    return print_documents(records, as_json)


def remote_add(
    client: PinciteClient, *, places: Any, sitemap: str | None, source: str | None, groups: str | None
) -> int:
    """Upload files and wait for their job; 1 when one could not be read."""
    paths = [Path(place) for place in places or ()]
    if sitemap or not paths or not all(path.is_file() for path in paths):
        raise NotADocumentError(
            "name files to upload; folders and sitemaps are read by the machine of the server (/v1/sources)"
        )
    readers = [name.strip() for name in groups.split(",")] if groups else []
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    ids: list[str] = []
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        for path in paths:
            task = bar.add_task(path.name, total=None)

            def show(done: int, whole: int, task: Any = task) -> None:
                bar.update(task, completed=done, total=whole)

            upload = client.upload(path, source=source, readers=readers, progress=show)
            ids.append(upload.id)
        task = bar.add_task("Reading", total=None)
        job = client.wait_for_job(
            client.finish_uploads(ids).id,
            progress=lambda one: bar.update(task, completed=one.bytes_done, total=one.bytes_total or None),
        )
    return print_job(job, job.failures, as_json=False)


def remote_text(client: PinciteClient, *, doc_id: str, version: str, hidden: bool) -> int:
    """As ``pincite text``; hidden words are told to operators."""
    record = find_document(client, doc_id)
    if hidden:
        for one in record.hidden_texts:
            print(f"{one.kind}: {one.how} ({one.chars} characters)\n    {one.text!r}")
        if not record.hidden_texts:
            print(f"{record.doc_id} has no hidden words that you may see")
        return 0
    if said := said_of_hidden(record):
        print(said, file=sys.stderr)
    sys.stdout.flush()
    sys.stdout.buffer.write(_text(client, record, _version(record, version)).encode("utf-8"))
    sys.stdout.buffer.flush()
    return 0


def remote_show(client: PinciteClient, *, citation: str, context: int) -> int:
    """As ``pincite show``."""
    match = citation_of(citation)
    if match is None:
        raise NotADocumentError(
            f"{citation!r} is not a citation; write DOC_ID@VERSION:START-END, as ask prints it"
        )
    record = find_document(client, match["doc"])
    version = _version(record, match["version"])
    text = _text(client, record, version)
    start, end = int(match["start"]), int(match["end"])
    if not 0 <= start < end <= len(text):
        raise NotADocumentError(
            f"the text of {record.doc_id} has {len(text)} characters; {start}-{end} is not in it"
        )
    print_words(record, text, start, end, context, version == record.version)
    return 0


def find_document(client: PinciteClient, name: str) -> DocumentDetail:
    """The one document that a name stands for: its id or URI, or the beginning or end of one.

    Raises:
        NotADocumentError: there is none, or more than one.
    """
    try:
        return client.document(name)
    except ProblemError as error:
        if error.http_status != 404:
            raise
    found = [
        one.doc_id
        for one in _every(client, ())
        if one.doc_id.startswith(name) or one.uri == name or one.uri.endswith(name)
    ]
    if len(found) != 1:
        what = f"stands for {len(found)} documents; give the whole doc_id" if found else "is no document"
        raise NotADocumentError(f"{name!r} {what}; see: pincite list")
    return client.document(found[0])


def _every(client: PinciteClient, filters: Any) -> Iterator[DocumentItem]:
    cursor = ""
    while True:
        page = client.documents(filters=list(filters), cursor=cursor, limit=PAGE)
        yield from page.documents
        if not (cursor := page.next):
            return


def _version(record: DocumentDetail, beginning: str) -> str:
    named = [one.version for one in record.versions if one.version.startswith(beginning)]
    if not beginning:
        return record.version
    if len(named) != 1:
        raise NotADocumentError(f"{record.doc_id} has no version {beginning!r}")
    return named[0]


def _text(client: PinciteClient, record: DocumentDetail, version: str) -> str:
    """The whole text, in as many parts as it takes."""
    parts: list[str] = []
    at = 0
    while True:
        part = client.document_text(record.doc_id, version=version, start=at, end=at + 1_000_000)
        parts.append(part.text)
        at = part.end
        if at >= part.length:
            return "".join(parts)
