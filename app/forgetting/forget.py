"""The one road by which things are forgotten: noted first, then taken from every place, then proven gone."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from app.forgetting.document import STAYS, forget_document
from app.forgetting.note import ForgetNote, erase_file, notes_in, read_note
from app.forgetting.person import USER_STAYS, forget_thread, forget_user
from app.forgetting.places import Places
from app.forgetting.proof import prove
from app.forgetting.report import ForgetReport
from app.ingestion.writer import IndexWriter

OUTSIDE = (
    "copies outside of the data folder: backups, exported answers, traces that were sent, and the memory of "
    "processes that run, until they are started again"
)


def forget(places: Places, writer: IndexWriter, note: ForgetNote) -> ForgetReport:
    """Forget what the note says. Killed meanwhile, the next writer finishes it (``finish_forgetting``).

    Raises:
        AnswerStoreError, ConversationError, sqlite3.Error: a file of the data folder cannot be used.
    """
    return _carry_out(places, writer, note, note.write(places.folder))


def finish_forgetting(places: Places, writer: IndexWriter) -> list[ForgetReport]:
    """Finish what runs before this one were killed at."""
    return [_carry_out(places, writer, read_note(path), path) for path in notes_in(places.folder)]


def _carry_out(places: Places, writer: IndexWriter, note: ForgetNote, path: Path) -> ForgetReport:
    if note.kind == "document":
        removed = forget_document(places, writer, note)
    elif note.kind == "user":
        removed = forget_user(places, note)
    else:
        removed = forget_thread(places, note)
    if places.vectors.is_local:
        # Chroma writes pieces of this process's memory behind its vectors, whatever it was opened for.
        places.vectors.end_writing()
    proof = prove(places.home, places.tenant, note.words, {path})
    erase_file(path)
    stays = {"document": STAYS, "user": USER_STAYS, "thread": ()}[note.kind]
    return ForgetReport(note.kind, note.name, removed, proof, stays, _unproven(places, note))


def _unproven(places: Places, note: ForgetNote) -> Sequence[str]:
    said = [OUTSIDE]
    if note.kind == "document" and not places.vectors.is_local:
        said.append(
            f"the vector store {places.vectors.label}: its vectors were deleted through its own interface; "
            "what its files still hold cannot be seen from here"
        )
    if note.kind == "document" and not note.words:
        said.append("the words: each of them stands in other documents too, or is too short to be told apart")
    if note.kind == "user":
        with closing(places.open_ledger()) as ledger:
            said += [ledger.outside] if ledger.outside else []
    return [*said, *places.elsewhere]
