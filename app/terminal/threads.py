"""``pincite threads``: the stored conversations, listed and deleted."""

from __future__ import annotations

from app.conversations.store import COMMAND_LINE, ConversationError
from app.corpus import Corpus
from app.terminal.printable import one_line
from app.terminal.record_text import print_threads


def run_threads_list(corpus: Corpus, user: str | None, as_json: bool) -> int:
    """Print the conversations of one person, or all, one line each."""
    corpus.tidy()
    found = corpus.conversations.list(user)
    return print_threads([(one, one.user) for one in found], as_json)


def run_threads_delete(corpus: Corpus, names: list[str], user: str | None, everything: bool) -> int:
    """Delete the named conversations of one person, or everybody's."""
    if bool(names) == everything:
        raise ConversationError("name the conversations to delete, or all of them with --all, not both")
    if everything:
        print(f"deleted {corpus.conversations.clear()} conversations")
    for name in names:
        corpus.conversations.delete(user or COMMAND_LINE, name)
        print(f"deleted {one_line(name)}")
    return 0
