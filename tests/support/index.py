"""Documents and indexes made in a test, without files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.compose import Pincite, open_pincite
from app.ingestion.load import load_bytes
from app.ingestion.split import split
from app.registry.document import LoadedDocument
from app.registry.new_document import NewDocument
from app.retrieval.embedding.minilm_embeddings import MiniLMEmbeddings
from app.settings import RetrievalSettings, Settings

FINGERPRINT = MiniLMEmbeddings().fingerprint


def new_document(
    uri: str, text: str, *, source: str = "files", fingerprint: str = FINGERPRINT, **metadata: Any
) -> NewDocument:
    """A Markdown document as the pipeline would hand it to the writer."""
    loaded = load_bytes("page.md", text.encode())
    loaded = LoadedDocument(
        loaded.text,
        loaded.title,
        loaded.media_type,
        loaded.blocks,
        loaded.pages,
        {**loaded.metadata, **metadata},
    )
    spans = split(loaded, target_chars=1000, max_chars=1400)
    return NewDocument(source, uri, f"sha of {text}", f"1/1000-1400/{fingerprint}", loaded, spans)


@contextmanager
def filled_index(home: Path, documents: Sequence[NewDocument], store: str = "rows") -> Iterator[Pincite]:
    """The application over a new data folder with these documents."""
    settings = Settings(home=home, retrieval=RetrievalSettings(vector_store=store))
    with open_pincite(settings) as pincite:
        with pincite.corpus.writing() as (_, writer):
            for document in documents:
                writer.put(document)
        yield pincite


def words_of(found: Sequence[Any]) -> list[str]:
    """The titles of retrieved documents, in order and without repeats."""
    return list(dict.fromkeys(document.metadata["title"] for document in found))
