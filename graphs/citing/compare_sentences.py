"""Find the one cited sentence that says what a part of a claim says, and what stands against it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from graphs.citing.clauses import clauses
from graphs.citing.facts import GLUE, MOST_BORROWED, Facts, facts
from graphs.citing.objection import Objection
from graphs.citing.order import disorder, tokens
from graphs.citing.slots import is_close
from graphs.citing.stance import differences, has_condition, opposed, stance
from graphs.citing.stated_values import all_dates, all_quantities, is_year
from graphs.text.quantities import fit

LOOKED_AT = 4
"""Sentences with most of the part's words that are compared in full."""

NAMED_WORDS = 3
"""Missing words that a reason names."""

ALIGNED = 0.5
"""Share of a source clause's words that the claim must have for the clause to be what it speaks of."""

MOST_DROPPED = 0.25
"""Where a claim draws on several sentences, each of its parts is a clause of one, with no more left out."""

_OWN_SUBJECT = re.compile(
    r"(?i:the|a|an|its|their|this|these|those|all|any|each|every|no|it|they)\b|[A-Z0-9]"
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What stands against the best sentence; nothing when it says what the part says."""

    problems: list[Objection] = field(default_factory=list)
    opposed: bool = False
    distorted: bool = False
    """It is the source's sentence, or a part of it, with small words that turn what it says."""
    at: frozenset[int] = frozenset()
    """Which of the sources: their places in the list."""


def find_part(part: Facts, sources: Sequence[Facts], carried: Sequence[str] | None = None) -> Finding:
    """The cited sentence with the fewest problems.

    ``carried`` is given for a part of a claim: roots of the claim's subject that the sentence must hold too.
    """
    ranked = sorted(range(len(sources)), key=lambda place: _distance(part, sources[place]))
    findings = [_compare(part, sources[place], carried, place) for place in ranked[:LOOKED_AT]]
    # A sentence without the claim's denial may stand beside the one that has it.
    return min(
        findings,
        key=lambda found: (len(found.problems), found.opposed),
        default=Finding([Objection("no-source", "the passages it names do not support it")]),
    )


def find_parts(claim: str, sources: Sequence[Facts]) -> Finding | None:
    """The claim part by part, each with a sentence of its own; None where it has one part only.

    A later part without a subject of its own must be said of the first part's subject.
    """
    pieces = _pieces(claim, sources)
    if len(pieces) < 2:
        # Nothing is put together: the sentence as a whole has been compared already.
        return None
    head = pieces[0]
    subject = [word.root for word in head.words[:1]]
    names = [word.root for word in head.names] + [q.text for q in head.quantities if q.value is None]
    found = [
        find_part(piece, sources, [*names, *subject] if n and not _OWN_SUBJECT.match(piece.text) else [])
        for n, piece in enumerate(pieces)
    ]
    places = frozenset[int]().union(*(one.at for one in found))
    return Finding(
        list(dict.fromkeys(problem for one in found for problem in one.problems)),
        any(one.opposed for one in found),
        any(one.distorted for one in found),
        places,
    )


def _pieces(claim: str, sources: Sequence[Facts]) -> list[Facts]:
    """The claim cut where it passes from one sentence of the source to another."""
    cut: list[tuple[int, int, int]] = []
    position = 0
    for piece in clauses(claim):
        start = claim.index(piece, position)
        position = start + len(piece)
        read = facts(piece)
        place = min(range(len(sources)), key=lambda place: _distance(read, sources[place]), default=0)
        if cut and cut[-1][2] == place:
            cut[-1] = (cut[-1][0], position, place)
        else:
            cut.append((start, position, place))
    return [facts(claim[start:end].strip()) for start, end, _ in cut]


def _distance(part: Facts, source: Facts) -> tuple[int, int]:
    """How little of the part the sentence holds: with what is lent to it, then by itself."""
    roots = part.roots
    return (
        -len(roots & (source.roots | source.lent)) - _numbers_held(part, source),
        -len(roots & source.roots),
    )


def _numbers_held(part: Facts, source: Facts) -> int:
    held = all_quantities(source)
    return sum(fit(quantity, held) in ("same", "rounded", "loose") for quantity in part.quantities)


def _compare(part: Facts, source: Facts, carried: Sequence[str] | None, place: int) -> Finding:
    have = source.roots | source.lent
    codes = {quantity.text for quantity in all_quantities(source) if quantity.value is None}
    missing = [word.text for word in part.words if word.root not in have and word.root not in GLUE]
    problems: list[Objection] = []
    if missing:
        named = ", ".join(f"'{word}'" for word in dict.fromkeys(missing[:NAMED_WORDS]))
        more = " and more" if len(set(missing)) > NAMED_WORDS else ""
        problems.append(Objection("reworded", f"reworded or added: {named}{more}"))
    if any(root not in have and root not in codes for root in carried or ()):
        problems.append(Objection("other-subject", "a part of it is said of something else"))
    aligned = _aligned(part, source)
    mine, theirs = stance(part.text), stance(aligned)
    small = differences(mine, theirs)
    problems += _mistaken(part, source)
    problems += [Objection(one.kind, one.words) for one in small if one.turns]
    problems += _put_together(part, source, aligned, carried)
    problems += [Objection(one.kind, one.words) for one in small if not one.turns]
    if has_condition(source.text) and not has_condition(aligned) and not has_condition(part.text):
        problems.append(Objection("condition-dropped", "it leaves out a condition of the source"))
    turned = any(one.turns for one in small) and is_close(part, source)
    return Finding(problems, opposed(mine, theirs), turned, frozenset({place}))


def _mistaken(part: Facts, source: Facts) -> list[Objection]:
    """Whether the part takes one number or name of the source for another."""
    held, days = all_quantities(source), all_dates(source)
    problems = []
    if any(
        fit(quantity, held) == "missing" and not is_year(quantity, days) for quantity in part.quantities
    ) or any(not any(date.stated_by(day) for day in days) for date in part.dates):
        problems.append(Objection("number-elsewhere", "its number is another sentence's"))
    if disorder(tokens(part), tokens(source)) == "rivals":
        words = "its names or numbers go together otherwise than in the source"
        problems.append(Objection("rivals", words))
    return problems


def _put_together(part: Facts, source: Facts, aligned: str, carried: Sequence[str] | None) -> list[Objection]:
    """What is wrong with how the part puts the source's words together."""
    problems = []
    if disorder(tokens(part), tokens(source)) == "order":
        problems.append(Objection("order", "its words are put together otherwise than in the source"))
    dropped = _dropped(part, facts(aligned))
    borrowed = {word.root for word in part.words if word.root in source.lent - source.roots - source.over}
    if len(borrowed) > MOST_BORROWED or (carried is not None and dropped > MOST_DROPPED):
        problems.append(Objection("joined", "it joins pieces of several sentences"))
    if source.kind != "row" and dropped and _borrows(part, source):
        words = "it puts a word from beside the source in the place of the source's own"
        problems.append(Objection("borrowed", words))
    return problems


def _borrows(part: Facts, source: Facts) -> bool:
    """Whether the part has a word or number that only the surroundings of the sentence have."""
    return any(
        word.root in source.lent - source.roots and word.root not in GLUE for word in part.words
    ) or any(fit(quantity, source.quantities) == "missing" for quantity in part.quantities)


def _dropped(part: Facts, source: Facts) -> float:
    """The share of the sentence's words and numbers that the part has not."""
    words = [word for word in source.words if word.root not in GLUE]
    missing = sum(word.root not in part.roots for word in words)
    missing += sum(fit(quantity, part.quantities) == "missing" for quantity in source.quantities)
    return missing / ((len(words) + len(source.quantities)) or 1)


def _aligned(part: Facts, source: Facts) -> str:
    """The clauses of the source sentence that the part speaks of."""
    pieces = clauses(source.text)
    if len(pieces) == 1:
        return source.text
    mine = {token.key for token in tokens(part)}
    kept = []
    for piece in pieces:
        keys = {token.key for token in tokens(facts(piece))}
        if keys and len(keys & mine) >= ALIGNED * len(keys):
            kept.append(piece)
    return " ; ".join(kept) or source.text
