"""An answer as somebody else than its asker may see it: nothing of documents that they may not read."""

from __future__ import annotations

from sqlalchemy import select

from app.documents.readable import readable
from app.registry.registry import Registry
from app.registry.requester import Requester
from app.registry.schema import documents
from graphs.contracts import Abstention, Answer

NO_ANSWER = "The documents that were searched did not answer this."
NOT_ANSWERED = "This was not answered."


def shown_to(answer: Answer, registry: Registry, who: Requester) -> Answer:
    """What of an answer rests on documents that ``who`` may read today; the receipt is never shown.

    Only what is known to rest on readable documents is taken over: sentences all of whose citations are,
    excerpts and passages that are of them. A sentence that is partly supported may say what another
    source says, and is shown only where all that the answer cites may be read. How many sentences are
    missing is a notice.
    """
    near = answer.abstention.nearest if answer.abstention else []
    named = {one.doc_id for part in (answer.citations, answer.excerpts, near) for one in part}
    allowed = _readable_ids(registry, who, named)
    citations = [one for one in answer.citations if one.doc_id in allowed]
    numbers = {one.number for one in citations}
    whole = len(citations) == len(answer.citations)
    kept = {
        before: claim
        for before, claim in enumerate(answer.claims, 1)
        if claim.citations and numbers.issuperset(claim.citations) and (whole or claim.verdict == "verified")
    }
    after = {before: number for number, before in enumerate(kept, 1)}
    # What verdicts rest on may be words of sources that stand against the sentence.
    claims = [claim.model_copy(update={"checks": {}}) for claim in kept.values()]
    missing = len(answer.claims) - len(claims)
    said = " ".join(f"{one.text} {''.join(f'[{number}]' for number in one.citations)}" for one in claims)
    if answer.status != "answered":
        said = NO_ANSWER if answer.status == "abstained" else NOT_ANSWERED
    return Answer(
        status=answer.status,
        question=answer.question,
        text=said,
        mode=answer.mode,
        claims=claims,
        citations=citations,
        disagreements=[
            one.model_copy(update={"sentence": after[one.sentence]})
            for one in answer.disagreements
            if one.sentence in after and numbers.issuperset(one.citations)
        ],
        excerpts=[
            one
            for one in answer.excerpts
            if one.doc_id in allowed and numbers.issuperset(mark.citation for mark in one.marks)
        ],
        notices=[_missing(missing)] if missing else [],
        abstention=Abstention(reason="", searched=[], nearest=[one for one in near if one.doc_id in allowed])
        if answer.abstention
        else None,
    )


def _missing(count: int) -> str:
    """
    >>> _missing(1), _missing(2)[:15]
    ('1 sentence rests on documents that you may not read, and is left out.', '2 sentences res')
    """
    said = "1 sentence rests" if count == 1 else f"{count} sentences rest"
    left = "is" if count == 1 else "are"
    return f"{said} on documents that you may not read, and {left} left out."


def _readable_ids(registry: Registry, who: Requester, doc_ids: set[str]) -> set[str]:
    query = select(documents.c.doc_id).where(documents.c.doc_id.in_(doc_ids), *readable(registry.engine, who))
    with registry.engine.connect() as connection:
        return {row.doc_id for row in connection.execute(query)}
