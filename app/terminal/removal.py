"""``pincite remove`` and ``prune``."""

from __future__ import annotations

from app.ingestion.kept_versions import removed_document, uncited
from app.ingestion.registry import DocumentRecord
from app.library import Library
from app.terminal.documents import NotADocumentError, find_document


def run_remove(library: Library, names: list[str], source: str | None, forget: bool) -> int:
    """Remove the named documents, or all of a source; with ``forget`` their words everywhere."""
    if bool(names) == bool(source):
        raise NotADocumentError("name documents to remove, or a whole source with --source, not both")
    found = library.registry.documents(source) if source else _named(library, names, forget)
    if not found:
        raise NotADocumentError(f"there is no source {source!r}; see: pincite list")
    with library.writing() as (pipeline, writer):
        for one in found:
            if isinstance(one, DocumentRecord):
                pipeline.remove(one, writer, forget=forget)
                print(f"removed {one.doc_id} ({one.uri})")
            if forget:
                _forget(library, one if isinstance(one, str) else one.doc_id)
    return 0


def _forget(library: Library, doc_id: str) -> None:
    answers, conversations = library.forget(doc_id)
    print(f"forgot {doc_id}: its words in {answers} stored answers, and {conversations} conversations")


def run_prune(library: Library, dry_run: bool) -> int:
    """Delete versions that are not current and that no stored answer cites."""
    if dry_run:
        count = uncited(library.registry.engine, library.answers.cited())
        print(f"{count} earlier versions are cited by no stored answer")
        return 0
    with library.writing():
        count = library.tidy(old_versions=True)
    print(f"deleted {count} earlier versions that no stored answer cites")
    return 0


def _named(library: Library, names: list[str], forget: bool) -> list[DocumentRecord | str]:
    """The documents; to be forgotten, also ids of those that were removed before."""
    found: list[DocumentRecord | str] = []
    for name in names:
        removed = removed_document(library.registry.engine, name)
        if forget and not library.registry.find(name) and (removed or library.remembers(name)):
            found.append(removed.doc_id if removed else name)
        else:
            found.append(find_document(library, name))
    return found
