"""The file that a document's current version was read from, where it still is."""

from __future__ import annotations

import hashlib
from pathlib import Path

from app.corpus import Corpus
from app.jobs.originals import original_of
from app.registry.registry import DocumentRecord
from app.registry.source_folders import possible_files

PDF = "application/pdf"


def original_file(corpus: Corpus, record: DocumentRecord) -> Path | None:
    """An upload's kept file; or a PDF in the folder that its source was read from, which must still have the
    very bytes that were read. None where there is no such file (any more)."""
    kept = original_of(corpus.settings.home / corpus.settings.tenant, record.uri, record.content_sha256)
    if kept is not None or record.media_type != PDF:
        return kept
    return next((one for one in possible_files(corpus.registry, record) if _is_same(one, record)), None)


def _is_same(path: Path, record: DocumentRecord) -> bool:
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return False
    return digest == record.content_sha256
