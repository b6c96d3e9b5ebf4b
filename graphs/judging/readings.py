"""Where a question can be read of several things, and the documents answer it differently for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from graphs.citing.align import Span
from graphs.citing.facts import Facts
from graphs.judging.conflicts import cited_sentences, place_of, read_evidence
from graphs.judging.contradiction import contradiction
from graphs.judging.same_subject import Standing, same_subject
from graphs.state import EvidencePassage
from graphs.text.roots import content_roots

MOST = 2
"""Other readings that are shown beside an answer."""


@dataclass(frozen=True, slots=True)
class OtherReading:
    """``here`` is cited, ``there`` says the same of something else, which the question does not tell apart.

    ``why``: the two values in words; ``names``: what the question would have to name, of each.
    """

    here: Mapping[str, Any]
    there: tuple[EvidencePassage, Span]
    why: str
    names: tuple[str, str]


def find_readings(
    question: str, citations: Sequence[Mapping[str, Any]], evidence: Sequence[EvidencePassage]
) -> list[OtherReading]:
    """The sentences that give another value of what a citation says, of another product, country or plan.

    The things are told apart by a name in the sentences or by what stands above them. A question that has
    a word of what tells them apart means one of them, or asks for both.
    """
    asked = frozenset(content_roots(question))
    read = read_evidence(evidence)
    found: dict[str, OtherReading] = {}
    for citation in citations:
        quoted, here = cited_sentences(citation, read), place_of(citation)
        for passage, there, sentences in read:
            for unit, other in sentences:
                told = next(filter(None, (_told(mine, here, other, there) for mine in quoted)), None)
                if told is None or asked & _telling(told[1]):
                    continue
                span = Span(unit.start, unit.end, 1.0, "reading")
                found.setdefault(told[1][1], OtherReading(citation, (passage, span), *told))
    return list(found.values())[:MOST]


def _told(mine: Facts, here: Standing, other: Facts, there: Standing) -> tuple[str, tuple[str, str]] | None:
    """The values and the names of two things of which the sentences say the same but for a value."""
    if here.title != there.title and here.stripped == there.stripped:
        return None  # two editions of one document: what each says is of its own time
    own, theirs = _names_of(mine, other), _names_of(other, mine)
    if own and theirs:
        apart = contradiction(_without(mine, own), _without(other, theirs))
        names = " ".join(own), " ".join(theirs)
        if apart is None or apart.kind != "number":
            return None
    else:
        apart = contradiction(mine, other)
        if apart is None or same_subject(here, there, mine.roots & other.roots, mine.text):
            return None
        names = _names_above(here, there)
    if apart is None or apart.kind == "denial" or names[0] == names[1]:
        return None
    return apart.why, names


def _names_of(of: Facts, other: Facts) -> list[str]:
    """Names that only this sentence has."""
    return [word.text for word in of.names if word.root not in other.roots | other.over.roots]


def _without(of: Facts, names: Sequence[str]) -> Facts:
    return replace(of, words=tuple(word for word in of.words if word.text not in names))


def _names_above(here: Standing, there: Standing) -> tuple[str, str]:
    """The titles where they differ, else the first headings that do."""
    if here.stripped != there.stripped:
        return here.title, there.title
    pairs = zip(here.levels, there.levels, strict=False)
    return next(((one, two) for one, two in pairs if one != two), ("", ""))


def _telling(names: tuple[str, str]) -> frozenset[str]:
    """Roots of the words that only one of two names has."""
    one, two = (frozenset(content_roots(name)) for name in names)
    return one ^ two
