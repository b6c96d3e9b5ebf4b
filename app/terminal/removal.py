"""``pincite remove`` and ``prune``."""

from __future__ import annotations

from app.corpus import Corpus
from app.registry.kept_versions import removed_document, uncited
from app.registry.registry import DocumentRecord
from app.terminal.document_text import NotADocumentError
from app.terminal.documents import find_document
from app.terminal.forgetting import run_one


def run_remove(corpus: Corpus, names: list[str], source: str | None, forget: bool) -> int:
    """Remove the named documents, or all of a source; with ``forget`` their words everywhere."""
    if bool(names) == bool(source):
        raise NotADocumentError("name documents to remove, or a whole source with --source, not both")
    found = corpus.registry.documents(source) if source else _named(corpus, names, forget)
    if not found:
        raise NotADocumentError(f"there is no source {source!r}; see: pincite list")
    if forget:
        done = [run_one(corpus, document=one if isinstance(one, str) else one.doc_id) for one in found]
        return int(not all(done))
    with corpus.writing() as (pipeline, writer):
        for one in found:
            if isinstance(one, DocumentRecord):
                pipeline.remove(one, writer)
                print(f"removed {one.doc_id} ({one.uri})")
    return 0


def run_prune(corpus: Corpus, dry_run: bool) -> int:
    """Delete versions that are not current and that no stored answer cites."""
    if dry_run:
        count = uncited(corpus.registry.engine, corpus.answers.cited())
        print(f"{count} earlier versions are cited by no stored answer")
        return 0
    with corpus.writing():
        count = corpus.tidy(old_versions=True)
    print(f"deleted {count} earlier versions that no stored answer cites")
    return 0


def _named(corpus: Corpus, names: list[str], forget: bool) -> list[DocumentRecord | str]:
    """The documents; to be forgotten, also ids of those that were removed before."""
    found: list[DocumentRecord | str] = []
    for name in names:
        removed = removed_document(corpus.registry.engine, name)
        if forget and not corpus.registry.find(name) and (removed or corpus.places().remember(name)):
            found.append(removed.doc_id if removed else name)
        else:
            found.append(find_document(corpus, name))
    return found
