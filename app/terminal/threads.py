"""``pincite threads``: the stored conversations, listed and deleted."""

from __future__ import annotations

import json
from dataclasses import asdict

from app.conversations.store import COMMAND_LINE, ConversationError
from app.corpus import Corpus
from app.terminal.printable import one_line


def run_threads_list(corpus: Corpus, user: str | None, as_json: bool) -> int:
    """Print the conversations of one person, or all, one line each."""
    corpus.tidy()
    found = corpus.conversations.list(user)
    if as_json:
        print(json.dumps([asdict(one) for one in found], indent=2, ensure_ascii=False))
        return 0
    if not found:
        print("no stored conversations")
    for one in found:
        print(one_line(one.name), one_line(one.user), one.begun_at[:19], one.used_at[:19], sep="\t")
    return 0


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
