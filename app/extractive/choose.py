"""Which of the scored sentences are the answer: what covers the question, once, without loose ends."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from app.extractive.editions import asks_for_now, outdated
from app.extractive.figures import figures
from app.extractive.question_parts import compares
from app.extractive.sentence_scores import Candidate
from graphs.state import EvidencePassage
from graphs.text.words import content_words, words

CLOSE_TO_BEST = 0.86
"""Sentences that score at least this share of the best one are part of the answer (measured)."""

CLOSE_TO_COMPLETE = 0.92
"""The same where the best sentence holds the kind of thing that is asked for: then little is missing."""

CLOSE_IN_PART = 0.8
"""The share of the best score that the best sentence for one part of the question needs."""

CLOSE_TWIN = 0.7
"""The same for a sentence in other figures, where a question compares."""

CLOSE_ROW = 0.97
"""The same for another row of the table that the best is of."""

CLOSE_NOW = 0.7
"""What the newer edition needs of the older one's score where a question asks for today."""

SAME = 0.75
"""Two sentences that share this much of their words, and whose numbers agree, say the same."""

_NAME = re.compile(r"(?<!^)(?<![.?!] )\b(?:[A-Z]\w*|\w*\d\w*)\b")


def choose(
    question: str, candidates: Sequence[Candidate], evidence: Sequence[EvidencePassage], most: int
) -> list[Candidate]:
    """At most ``most`` candidates, best first chosen, in an order that reads well.

    The best for each part of the question, then others near the best of all; none said twice; of editions of
    one document the newest unless the question says otherwise. The passage of the best sentence comes first;
    within a passage sentences stand as in the document.
    """
    left = _current(question, candidates, evidence)
    if not left:
        return []
    chosen: list[Candidate] = []
    for candidate in _wanted(question, left, evidence):
        if len(chosen) < most and not any(_same(candidate, other) for other in chosen):
            chosen.append(candidate)
    order = list(dict.fromkeys(candidate.source for candidate in chosen))
    chosen.sort(key=lambda candidate: (order.index(candidate.source), candidate.start))
    return chosen


def _wanted(
    question: str, candidates: Sequence[Candidate], evidence: Sequence[EvidencePassage]
) -> Iterator[Candidate]:
    """The best; what it leaves open of the question; what is nearly as good."""
    best = candidates[0]
    yield best
    several = compares(question)
    if several:
        yield from (one for one in candidates if one.score >= CLOSE_TWIN * best.score and _alike(one, best))
    for part in range(len(best.parts)):
        top = max(candidates, key=lambda one: one.parts[part])
        if top.score >= CLOSE_IN_PART * best.score:
            yield top
    close = CLOSE_TO_COMPLETE if best.complete and not several else CLOSE_TO_BEST
    names = _names(question)
    meant = names & _held(best, evidence)
    for one in candidates:
        held = _held(one, evidence)
        if not (several or meant <= held or (names - meant) & held):
            # It is about another product, plan or year than the one that is asked about.
            continue
        sibling = not several and len(one.quotes) > 1 and one.quotes[0] == best.quotes[0]
        if one.score >= (CLOSE_ROW if sibling else close) * best.score:
            yield one


def _current(
    question: str, candidates: Sequence[Candidate], evidence: Sequence[EvidencePassage]
) -> list[Candidate]:
    """Without what a newer edition of the same document says about as well."""
    if compares(question):
        return list(candidates)
    close = CLOSE_NOW if asks_for_now(question) else CLOSE_TO_BEST
    pairs = outdated(question, [passage["title"] for passage in evidence])
    best = {new: max((c.score for c in candidates if c.source == new + 1), default=0.0) for _, new in pairs}
    return [
        one
        for one in candidates
        if not any(old == one.source - 1 and best[new] >= close * one.score for old, new in pairs)
    ]


def _names(question: str) -> set[str]:
    """Words of the question that name something: with a capital inside the sentence, or with a digit."""
    return {word.lower() for word in _NAME.findall(question)}


def _held(one: Candidate, evidence: Sequence[EvidencePassage]) -> set[str]:
    passage = evidence[one.source - 1]
    return set(words(" ".join([one.text, passage["title"], *passage["headings"]])))


def _same(first: Candidate, second: Candidate) -> bool:
    """Whether two say the same: in like words, and without a figure of its own in either."""
    own, others = figures(first.text), figures(second.text)
    return _alike(first, second) and (own <= others or others <= own)


def _alike(first: Candidate, second: Candidate) -> bool:
    one, two = set(content_words(first.text)), set(content_words(second.text))
    return len(one & two) >= SAME * min(len(one), len(two))
