"""What somebody asks to have forgotten, by its name."""

from __future__ import annotations

from contextlib import closing

from app.conversations.store import COMMAND_LINE
from app.errors import PinciteError
from app.forgetting.document import document_note
from app.forgetting.note import ForgetNote
from app.forgetting.person import thread_note, user_note
from app.forgetting.places import Places
from app.jobs.originals import has_jobs_of
from app.registry.kept_versions import removed_document


class ForgetError(PinciteError, ValueError):
    """What is to be forgotten is not named, or is not there; the message is one line."""

    code = "forget"
    status = 404


def named_note(places: Places, document: str | None, user: str | None, thread: str | None) -> ForgetNote:
    """The note of a document (by its id; of a removed one its URI will do), a conversation (by name and
    owner, or thread's id), or a person.

    Raises:
        ForgetError: nothing, or more than one thing, is named; or there is nothing of that name.
        ConversationError: there is no such conversation.
    """
    if document is not None:
        if user is not None or thread is not None:
            raise ForgetError("name one thing to forget: a document, a person, or a person's conversation")
        removed = removed_document(places.registry.engine, document) if document else None
        known = document and (places.registry.named([document]) or removed or places.remember(document))
        if not known:
            raise ForgetError(f"there is no document {document!r}; see: pincite list")
        # Of a removed one the address is known too; its words are kept under its id.
        return document_note(places, removed.doc_id if removed else document)
    if thread is not None:
        return thread_note(places, thread, COMMAND_LINE if user is None else user)
    if user is None:
        raise ForgetError("name what to forget: --document ID, --user NAME or --thread NAME")
    note = user_note(places, user)
    asks = any(one.user == user for one in places.questions.list())
    with closing(places.open_ledger()) as ledger:
        pays = ledger.pays(user)
    works = has_jobs_of(places.folder, user)
    known = places.has_key_or_said(user)
    if not (note.own or asks or pays or works or known or places.conversations.list(user)):
        raise ForgetError(f"nothing is kept of {user!r}; see: pincite threads list --user {user!r}")
    return note
