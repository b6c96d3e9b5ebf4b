"""Turns of a conversation as a page shows them, and questions to begin with."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from sqlalchemy import select

from app.asking.pincite import Pincite
from app.asking.turns import said_turns
from app.documents.listing import list_documents
from app.registry.requester import Requester
from app.registry.schema import passages

MOST_SHOWN = 12
"""Earlier conversations under the first page's form."""

SAMPLES = 3
LOOKED_AT = 200
"""Documents whose headings are searched for questions."""


@dataclass(frozen=True, slots=True)
class ShownTurn:
    """A question with its answer, as it is stored, as it is being made (``run``), or as text alone.

    ``name`` is the turn's id in the page.
    """

    name: str
    question: str
    text: str = ""
    answer: dict[str, Any] | None = None
    run: str = ""


@dataclass(frozen=True, slots=True)
class ShownConversation:
    """``title`` is what was asked first; ``used_at`` an ISO time in UTC."""

    name: str
    title: str
    used_at: str


async def conversations_of(pincite: Pincite, user: str) -> list[ShownConversation]:
    """A person's conversations, the last used first."""
    found = await asyncio.to_thread(pincite.corpus.conversations.list, user)
    shown = []
    for one in [one for one in found if not one.name.startswith("waiting ")][:MOST_SHOWN]:
        _, state = await pincite.conversation(user, one.name)
        asked = next((turn.content for turn in said_turns(state) if turn.role == "user"), one.name)
        shown.append(ShownConversation(one.name, asked[:200], one.used_at))
    return shown


def sample_questions(pincite: Pincite, who: Requester) -> tuple[list[str], int]:
    """Questions that documents put and answer themselves, else for their headings; and how many documents
    there are."""
    found = list_documents(pincite.registry, who, sort="updated", descending=True, limit=LOOKED_AT)
    read = select(passages.c.doc_id, passages.c.headings).where(
        passages.c.doc_id.in_([one.doc_id for one in found.documents])
    )
    with pincite.registry.engine.connect() as connection:
        rows = connection.execute(read.order_by(passages.c.doc_id, passages.c.start)).all()
    titles = {one.doc_id: one.title for one in found.documents}
    asked: dict[str, list[str]] = {}
    about: dict[str, str] = {}
    for row in rows:
        for heading in row.headings[1:]:
            if heading.rstrip().endswith(("?", "？", "؟")):
                asked.setdefault(row.doc_id, []).append(heading.strip())
            elif titles[row.doc_id]:
                about.setdefault(
                    row.doc_id, f"What does “{titles[row.doc_id]}” say about “{_bare(heading)}”?"
                )
    # One a document first, then the second of each.
    turns = [one for turn in zip_longest(*asked.values()) for one in turn if one is not None]
    named = [f"What does “{title}” say?" for title in titles.values() if title]
    questions = list(dict.fromkeys([*turns, *about.values(), *named]))
    return questions[:SAMPLES], found.total


def _bare(heading: str) -> str:
    """A heading without its number.

    >>> _bare("2.1 The working week"), _bare("3) Costs"), _bare("2026")
    ('The working week', 'Costs', '2026')
    """
    return re.sub(r"^\d{1,4}(?:\.\d{1,4}){0,4}[.)]?\s{1,4}(?=\S)", "", heading.strip())
