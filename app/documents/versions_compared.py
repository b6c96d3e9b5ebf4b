"""Two stored versions of a document, compared."""

from __future__ import annotations

from app.corpus import Corpus
from app.documents.readable import NoSuchDocumentError, readable_document
from app.documents.text_diff import TextDiff, text_diff
from app.registry.requester import Requester


def compare_versions(corpus: Corpus, requester: Requester, doc_id: str, old: str, new: str) -> TextDiff:
    """What became of version ``old`` in ``new``.

    Raises:
        NoSuchDocumentError: there is no such document that may be read, or no such version.
    """
    readable_document(corpus.registry, requester, doc_id)
    texts = []
    for version in (old, new):
        text = corpus.registry.text(doc_id, version)
        if text is None:
            raise NoSuchDocumentError(f"{doc_id[:100]!r} has no version {version[:64]!r}")
        texts.append(text)
    return text_diff(*texts)
