"""The order of a conversation's passages: those of the question before come first, as they did."""

from __future__ import annotations

from collections.abc import Sequence

from graphs.passages import passage_id
from graphs.state import EvidencePassage


def as_before(evidence: Sequence[EvidencePassage], shown: Sequence[str]) -> list[EvidencePassage]:
    """The evidence, first as much of the beginning of ``shown`` (ids of passages) as is in it, then the rest
    as ranked.

    A provider's cache ends where a prompt first differs: a passage behind one that is gone keeps its rank,
    since nothing would be gained by moving it.
    """
    named = {passage_id(one): one for one in evidence}
    first: dict[str, EvidencePassage] = {}
    for name in shown:
        if name not in named:
            break
        first[name] = named[name]
    return [*first.values(), *(one for one in evidence if passage_id(one) not in first)]
