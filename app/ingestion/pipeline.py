"""The steps one file goes through, and the runs that are made of them: add, sync, remove."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import Literal

from app.errors import PinciteError
from app.ingestion.access import Groups, PlaceAccess, allowed
from app.ingestion.discover import LOCAL_FILES, UPLOAD, Found, FoundFile
from app.ingestion.errors import LoadError
from app.ingestion.load import READABLE_SUFFIXES, LoadLimits, read_file
from app.ingestion.load.hidden import notice
from app.ingestion.load.installed import InstalledLoaders
from app.ingestion.load.restrictions import CODE as UNCLEAR
from app.ingestion.load.restrictions import withdrawn
from app.ingestion.reader import FileReader
from app.ingestion.split import split
from app.ingestion.writer import IndexWriter
from app.registry.new_document import NewDocument
from app.registry.registry import DocumentRecord, Registry
from app.registry.source_folders import remember_folders
from graphs.text.version import TEXT_VERSION

LOADER_VERSION = "4"
"""Raised when loading or splitting changes, so documents are read anew at the next run."""

_TEXT = f"text-{TEXT_VERSION}"

_PLACE_END = "|"
"""Stands in no name of a group."""

_SOURCE_GROUPS = "groups of "
"""Begins the registry's keys of what was said of sources."""

BATCH_DOCUMENTS = 64
BATCH_PASSAGES = 256
"""A batch is written at either: one transaction of the registry and one commit of the words cost as much as
embedding some ten small files. A kill loses no more than the reading of one batch."""

Status = Literal["added", "updated", "unchanged", "removed", "failed"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file or document; ``error`` only where ``status`` is ``failed``.

    ``readers``: who may read what was added or updated. ``notice``: what its readers do not see of it.
    ``set_aside``: whether its format keeps words apart. ``withdrawn``: the document that must not be
    answered from any more, since its file may restrict it in a way that was not understood.
    """

    status: Status
    name: str
    uri: str
    passages: int = 0
    error: LoadError | None = None
    readers: tuple[str, ...] = ()
    withdrawn: str = ""
    notice: str = ""
    set_aside: bool = False


Read = tuple[Outcome, NewDocument | None]
"""What became of a file, and the document that is to be written where there is one."""


@dataclass(frozen=True, slots=True)
class Content:
    """Bytes to become the document ``uri``; ``file_name`` decides the loader, ``name`` is for reports."""

    name: str
    uri: str
    file_name: str
    data: bytes
    place: Groups = ()
    """Who its place allows to read it."""


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A file whose document is not known by where it is; ``groups``: who may read it, empty as its source."""

    path: Path
    name: str
    uri: str
    groups: Groups = ()


@dataclass(frozen=True, slots=True)
class PassageLength:
    """Characters a passage aims at, and never exceeds."""

    target: int
    maximum: int


class EmptySyncError(PinciteError, ValueError):
    """A sync that would remove every document of its source because the tree holds none."""

    code = "empty-sync"
    status = 422


class Pipeline:
    """Reads files into documents and hands them to the writer, small ones many at a time.

    Each document is complete once its outcome is yielded, so a run that is stopped is continued by running
    it again: what is there with the same content and the same pipeline is left alone.
    """

    def __init__(
        self,
        registry: Registry,
        fingerprint: str,
        limits: LoadLimits,
        length: PassageLength,
        reader: FileReader,
        groups: Sequence[str] = (),
    ) -> None:
        """``groups``: who may read what is added, where neither its source nor its place says so."""
        self._registry = registry
        self._groups = tuple(groups)
        self._reader = reader
        self._limits = limits
        self._length = length
        # The vector space comes last: the registry looks for it there.
        self._rest = f"{_TEXT}/{length.target}-{length.maximum}/{fingerprint}"
        self._pipeline = f"{LOADER_VERSION}/{self._rest}"

    @property
    def loaders(self) -> InstalledLoaders:
        """Those that others brought."""
        return self._reader.loaders

    def groups_of(self, source: str) -> Groups:
        """Who may read what is added to a source: as was said of it, else by the setting."""
        said = self._registry.state(_SOURCE_GROUPS + source)
        return tuple(said.split(",")) if said else self._groups

    def set_groups(self, source: str, groups: Sequence[str]) -> None:
        """Say who may read what is added to a source from now on, until it is said anew."""
        self._registry.set_state(_SOURCE_GROUPS + source, ",".join(groups))

    def add(self, found: Found, source: str | None, writer: IndexWriter) -> Iterator[Outcome]:
        """Add or update every found file; documents that are not among them stay."""
        named = source or LOCAL_FILES
        access = PlaceAccess(self.groups_of(named))
        if source is not None:  # else each address is the file's own
            remember_folders(self._registry, source, found.folders)
        read = (self._read_file(file, named, self._registry.at(file.uri), access) for file in found.files)
        yield from _written(read, writer)

    def add_given(self, files: Iterable[GivenFile], source: str, writer: IndexWriter) -> Iterator[Outcome]:
        """Add or update the documents of files that are kept under other names than theirs."""
        yield from _written((self._read_given(file, source) for file in files), writer)

    def sync(self, found: Found, source: str, writer: IndexWriter) -> Iterator[Outcome]:
        """Make ``source`` equal to the found files. What cannot be read keeps its old documents.

        Raises:
            EmptySyncError: there is nothing to read, yet the source has documents.
        """
        records = [one for one in self._registry.documents(source) if not one.uri.startswith(UPLOAD)]
        if records and not found.files:
            raise EmptySyncError(
                f"no readable files there, and the sync would remove all {len(records)} documents of source "
                f"{source!r}; to remove them, run: pincite remove --source {source}"
            )
        present = {file.uri for file in found.files}
        known = {record.uri: record for record in records}
        access = PlaceAccess(self.groups_of(source))
        remember_folders(self._registry, source, found.folders)
        read = (self._read_file(file, source, known.get(file.uri), access) for file in found.files)
        yield from _written(read, writer)
        closed = tuple(f"{folder.uri}/" for folder in found.closed)
        for record in records:
            if record.uri in found.unread:
                yield _unread_now(record)
            elif record.uri not in present and not record.uri.startswith(closed):
                yield self.remove(record, writer)

    def remove(self, record: DocumentRecord, writer: IndexWriter, *, forget: bool = False) -> Outcome:
        writer.remove(record.doc_id, forget=forget)
        return Outcome("removed", record.uri, record.uri, record.passages)

    def is_current(self, known: DocumentRecord, source: str) -> bool:
        """Whether reading the same content of a web page again would give the same document."""
        place = _place(self.groups_of(source))
        ours = [self._pipeline, *map(self._read_by, self.loaders.tags())]
        return known.pipeline in [place + one for one in ours] and known.source == source

    def put(
        self, content: Content, source: str, known: DocumentRecord | None, writer: IndexWriter
    ) -> Outcome:
        """Add or update the document of ``content``; ``known`` is what the registry has of it."""
        outcome, new = self._read(replace(content, place=self.groups_of(source)), source, known)
        if outcome.withdrawn:
            writer.remove(outcome.withdrawn)
        if new is not None:
            writer.put(new)
        return outcome

    def _read(self, content: Content, source: str, known: DocumentRecord | None) -> Read:
        digest = hashlib.sha256(content.data).hexdigest()
        pipeline = _place(content.place) + self._pipeline_of(content.file_name)
        if known and (known.content_sha256, known.pipeline, known.source) == (digest, pipeline, source):
            return Outcome("unchanged", content.name, content.uri, known.passages), None
        try:
            loaded = allowed(self._reader.read(content.file_name, content.data), content.place)
        except LoadError as error:
            return _failed(content.name, content.uri, error, known), None
        spans = split(loaded, target_chars=self._length.target, max_chars=self._length.maximum)
        new = NewDocument(source, content.uri, digest, pipeline, loaded, spans)
        status: Status = "updated" if known else "added"
        outcome = Outcome(
            status,
            content.name,
            content.uri,
            len(spans),
            readers=self._registry.overridden([new])[0].readers,
            notice=notice(loaded.hidden),
            set_aside=any(one.kind == "set-aside" for one in loaded.hidden),
        )
        return outcome, new

    def _pipeline_of(self, file_name: str) -> str:
        suffix = PurePath(file_name).suffix.lower()
        found = None if suffix in READABLE_SUFFIXES else self.loaders.of(suffix)
        return self._read_by(found.tag) if found else self._pipeline

    def _read_by(self, tag: str) -> str:
        return f"{LOADER_VERSION}/{tag}/{self._rest}"

    def _read_given(self, file: GivenFile, source: str) -> Read:
        known = self._registry.at(file.uri)
        try:
            data = read_file(file.path, self._limits)
        except LoadError as error:
            return _failed(file.name, file.uri, error, known), None
        place = file.groups or self.groups_of(source)
        return self._read(Content(file.name, file.uri, file.name, data, place), source, known)

    def _read_file(
        self, file: FoundFile, source: str, known: DocumentRecord | None, access: PlaceAccess
    ) -> Read:
        name = str(file.path)
        try:
            place = access.of(file.path)
            data = read_file(file.path, self._limits)
        except LoadError as error:
            return _failed(name, file.uri, error, known), None
        return self._read(Content(name, file.uri, file.path.name, data, place), source, known)


def is_read_as_now(record: DocumentRecord) -> bool:
    """Whether the document was read and cut by the rules of today; if not, the next add or sync does it."""
    version, *rest = record.pipeline.rpartition(_PLACE_END)[2].split("/")
    return version == LOADER_VERSION and _TEXT in rest


def _place(groups: Groups) -> str:
    """What a pipeline's name begins with where a place has readers: with others a document is read anew."""
    return f"{','.join(sorted(groups))}{_PLACE_END}" if groups else ""


def _failed(name: str, uri: str, error: LoadError, known: DocumentRecord | None) -> Outcome:
    """What a file becomes that was not read; a document that it may restrict now is withdrawn."""
    if error.code == UNCLEAR and known is not None:
        return Outcome("failed", name, uri, error=withdrawn(error), withdrawn=known.doc_id)
    return Outcome("failed", name, uri, error=error)


def _written(read: Iterable[Read], writer: IndexWriter) -> Iterator[Outcome]:
    """Write documents in batches; an outcome is yielded, in order, once all before it are in the index.

    The first batch is one document and each next one twice as many: something can be searched at once.
    """
    outcomes: list[Outcome] = []
    batch: list[NewDocument] = []
    most = 1
    for outcome, new in read:
        outcomes.append(outcome)
        if outcome.withdrawn:
            writer.remove(outcome.withdrawn)
        if new is not None:
            batch.append(new)
        if len(batch) >= most or sum(len(one.spans) for one in batch) >= BATCH_PASSAGES:
            writer.put(*batch)
            batch.clear()
            most = min(2 * most, BATCH_DOCUMENTS)
        if not batch:
            yield from outcomes
            outcomes.clear()
    if batch:
        writer.put(*batch)
    yield from outcomes


def _unread_now(record: DocumentRecord) -> Outcome:
    error = LoadError(
        "unsupported-type",
        "the loader that read it is not there any more; its document stays as it is",
        "see pincite doctor and install it again, or remove the document",
    )
    return Outcome("failed", record.uri, record.uri, error=error)


def missing_outcomes(found: Found) -> Iterable[Outcome]:
    """Failures that are known before anything is read: paths that do not exist or open, URIs given twice."""
    for path in found.missing:
        error = LoadError("not-found", "there is no such file or folder", "check the path")
        yield Outcome("failed", str(path), str(path), error=error)
    for folder in found.closed:
        error = LoadError(
            "unreadable", "the folder cannot be listed", "give the ingesting user permission to read it"
        )
        yield Outcome("failed", str(folder.path), folder.uri, error=error)
    for first, second in found.clashes:
        error = LoadError(
            "same-name",
            f"would be the same document as {first.path}",
            "add their common folder, or give one of them another --source",
        )
        yield Outcome("failed", str(second.path), second.uri, error=error)
