"""A shared conversation as somebody else reads it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from app.answers.shown_to import shown_to
from app.answers.store import NoSuchAnswerError
from app.answers.stored_answer import OtherVersionError, read_answer
from app.asking.pincite import Pincite
from app.asking.turns import SaidTurn, said_turns
from app.conversations.shares import NoSuchShareError, Share
from app.conversations.store import ConversationError
from app.registry.requester import Requester
from graphs.contracts import Answer


@dataclass(frozen=True, slots=True)
class SharedTurn:
    """``answer``: what of it the reader may see; None where it is not stored (any more), since then nobody
    knows what its words rest on."""

    question: str
    answer: Answer | None


async def said_so_far(pincite: Pincite, user: str, name: str) -> list[SaidTurn]:
    """The turns of a person's conversation. Raises ``ConversationError``."""
    _, state = await pincite.conversation(user, name)
    return said_turns(state)


async def shared_turns(pincite: Pincite, share: Share, who: Requester) -> list[SharedTurn]:
    """The shared turns, as ``who`` may see them today. Raises ``NoSuchShareError``."""
    try:
        said = (await said_so_far(pincite, share.user, share.name))[: share.turns]
    except ConversationError as error:
        raise NoSuchShareError("there is no such shared conversation") from error
    return await asyncio.to_thread(_turns, pincite, share, said, who)


def _turns(pincite: Pincite, share: Share, said: list[SaidTurn], who: Requester) -> list[SharedTurn]:
    turns: list[SharedTurn] = []
    question = ""
    for one in said:
        if one.role == "user":
            question = one.content
            continue
        answer = None
        if one.answer_id:
            try:
                stored = read_answer(pincite.corpus.answers.get(one.answer_id, share.user))
                answer = shown_to(stored, pincite.registry, who)
            except (NoSuchAnswerError, OtherVersionError):
                answer = None
        turns.append(SharedTurn(question, answer))
    return turns
