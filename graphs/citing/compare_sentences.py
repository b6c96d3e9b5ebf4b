"""Find the one cited sentence that says what a part of a claim says, and what stands against it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from graphs.citing.clauses import parts
from graphs.citing.facts import GLUE, MOST_BORROWED, Facts, facts, once
from graphs.citing.objection import Objection
from graphs.citing.order import disorder, keys_of, tokens
from graphs.citing.slots import is_close
from graphs.citing.sources import Sources
from graphs.citing.stance import differences, has_condition, opposed, stance, together
from graphs.citing.stated_values import is_year
from graphs.text.held_quantities import FEW, STATED, HeldQuantities, Meaning, meaning_of
from graphs.text.quantities import Quantity

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


def find_part(part: Facts, sources: Sources, carried: Sequence[str] | None = None) -> Finding:
    """The cited sentence with the fewest problems.

    ``carried`` is given for a part of a claim: roots of the claim's subject that the sentence must hold too.
    """
    looks = [_Look(part, sources[place], carried, place) for place in _nearest(part, sources, LOOKED_AT)]
    best: Finding | None = None
    fewest = (0, False, 0)
    # Those that have least against them at the first look come first: most others need no second.
    for rank in sorted(range(len(looks)), key=lambda rank: looks[rank].problems):
        if best is not None and (looks[rank].problems, False, rank) >= fewest:
            continue
        found = _compare(looks[rank])
        # A sentence without the claim's denial may stand beside the one that has it.
        against = (len(found.problems), found.opposed, rank)
        if best is None or against < fewest:
            best, fewest = found, against
    if best is None:
        return Finding([Objection("no-source", "the passages it names do not support it")])
    return replace(best, distorted=best.distorted and is_close(part, sources[min(best.at)]))


def find_parts(claim: str, sources: Sources) -> Finding | None:
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


def _pieces(claim: str, sources: Sources) -> list[Facts]:
    """The claim cut where it passes from one sentence of the source to another."""
    pieces = parts(claim)
    if len(pieces) < 2 or len(sources) < 2:
        return []
    places = {piece: _nearest(facts(piece), sources, 1)[0] for piece in dict.fromkeys(pieces)}
    cut: list[tuple[int, int, int]] = []
    position = 0
    for piece in pieces:
        start = claim.index(piece, position)
        position = start + len(piece)
        place = places[piece]
        if cut and cut[-1][2] == place:
            cut[-1] = (cut[-1][0], position, place)
        else:
            cut.append((start, position, place))
    if len(cut) < 2:
        return []
    return [facts(claim[start:end].strip()) for start, end, _ in cut]


def _nearest(part: Facts, sources: Sources, most: int) -> Sequence[int]:
    """The places of the sentences that hold most of the part: with what is lent to them, then alone."""
    if len(sources) < 2:
        return range(len(sources))
    roots = part.roots
    numbers = _numbers_held(part, sources) if part.quantities else {}
    distances = [
        (-len(roots & one.known) - numbers.get(place, 0), -len(roots & one.roots))
        for place, one in enumerate(sources)
    ]
    if most == 1:
        return [distances.index(min(distances))]
    return sorted(range(len(sources)), key=distances.__getitem__)[:most]


def _numbers_held(part: Facts, sources: Sources) -> Mapping[int, int]:
    """How many of the part's numbers each sentence has."""
    if len(sources) * len(_numbers(part)) > FEW:
        return sources.numbers_held(_numbers(part))
    return {
        place: sum(times for number, times in _numbers(part) if one.held.fit(number) in STATED)
        for place, one in enumerate(sources)
        if one.held
    }


@once
def _numbers(part: Facts) -> list[tuple[Quantity, int]]:
    """Its quantities, each once, and how often it has them."""
    found: dict[tuple[str, Meaning], tuple[Quantity, int]] = {}
    for one in part.quantities:
        asked = (one.text, meaning_of(one))
        found[asked] = (one, found[asked][1] + 1 if asked in found else 1)
    return list(found.values())


class _Look:
    """What is quickly seen to stand against one sentence."""

    def __init__(self, part: Facts, source: Facts, carried: Sequence[str] | None, place: int) -> None:
        self.part, self.source, self.carried, self.place = part, source, carried, place
        self.missing = _missing(part, source, carried)
        self.mistaken = _mistaken(part, source)
        self.order = []
        order = disorder(tokens(part), tokens(source))
        if order == "rivals":
            words = "its names or numbers go together otherwise than in the source"
            self.mistaken.append(Objection("rivals", words))
        elif order:
            self.order.append(Objection("order", "its words are put together otherwise than in the source"))
        self.problems = len(self.missing) + len(self.mistaken) + len(self.order)


def _compare(look: _Look) -> Finding:
    """All that stands against it. ``distorted`` says here that small words turn what it says, however close
    the two are."""
    part, source = look.part, look.source
    aligned = _aligned(part, source)
    mine = stance(part.text)
    theirs = together([stance(clause) for clause in aligned]) if aligned else stance(source.text)
    small = differences(mine, theirs)
    problems = [
        *look.missing,
        *look.mistaken,
        *(Objection(one.kind, one.words) for one in small if one.turns),
        *look.order,
        *_joined(part, source, aligned, look.carried),
        *(Objection(one.kind, one.words) for one in small if not one.turns),
    ]
    if aligned and not mine.conditional and not theirs.conditional and has_condition(source.text):
        problems.append(Objection("condition-dropped", "it leaves out a condition of the source"))
    turns = any(one.turns for one in small)
    return Finding(problems, opposed(mine, theirs), turns, frozenset({look.place}))


def _missing(part: Facts, source: Facts, carried: Sequence[str] | None) -> list[Objection]:
    """What of the part, or of what it is said of, the source has not."""
    problems: list[Objection] = []
    if not part.roots <= source.known:
        missing = [
            word.text for word in part.words if word.root not in source.known and word.root not in GLUE
        ]
        if missing:
            named = ", ".join(f"'{word}'" for word in dict.fromkeys(missing[:NAMED_WORDS]))
            more = " and more" if len(set(missing)) > NAMED_WORDS else ""
            problems.append(Objection("reworded", f"reworded or added: {named}{more}"))
    if carried and any(one not in source.known and one not in source.held.codes for one in carried):
        problems.append(Objection("other-subject", "a part of it is said of something else"))
    return problems


def _mistaken(part: Facts, source: Facts) -> list[Objection]:
    """Whether the part takes a number of another sentence for one of this."""
    if not part.quantities and not part.dates:
        return []
    held, days = source.held, source.all_dates
    if any(
        held.fit(quantity) == "missing" and not is_year(quantity, days) for quantity, _ in _numbers(part)
    ) or any(not any(date.stated_by(day) for day in days) for date in part.dates):
        return [Objection("number-elsewhere", "its number is another sentence's")]
    return []


def _joined(
    part: Facts, source: Facts, aligned: Sequence[str], carried: Sequence[str] | None
) -> list[Objection]:
    """Whether the part is put together of more than this sentence."""
    problems = []
    borrows = source.kind != "row" and _borrows(part, source)
    dropped = 0.0
    if borrows or carried is not None:
        dropped = _dropped(part, facts(" ; ".join(aligned)) if aligned else source)
    borrowed = (part.roots & source.beside) - source.over.roots
    if len(borrowed) > MOST_BORROWED or (carried is not None and dropped > MOST_DROPPED):
        problems.append(Objection("joined", "it joins pieces of several sentences"))
    if borrows and dropped:
        words = "it puts a word from beside the source in the place of the source's own"
        problems.append(Objection("borrowed", words))
    return problems


def _borrows(part: Facts, source: Facts) -> bool:
    """Whether the part has a word or number that only the surroundings of the sentence have."""
    return not part.roots & source.beside <= GLUE or any(
        _own(source).fit(quantity) == "missing" for quantity, _ in _numbers(part)
    )


@once
def _own(read: Facts) -> HeldQuantities:
    return HeldQuantities(read.quantities)


def _dropped(part: Facts, source: Facts) -> float:
    """The share of the sentence's words and numbers that the part has not."""
    words = [word for word in source.words if word.root not in GLUE]
    missing = sum(word.root not in part.roots for word in words)
    missing += sum(times for one, times in _numbers(source) if _own(part).fit(one) == "missing")
    return missing / ((len(words) + len(source.quantities)) or 1)


def _aligned(part: Facts, source: Facts) -> list[str]:
    """The clauses of the source sentence that the part speaks of; none where it is to be taken whole."""
    clauses = _clauses(source)
    if len(clauses) == 1:
        return []
    mine = tokens(part).distinct
    return [clause for clause, keys in clauses if keys and len(keys & mine) >= ALIGNED * len(keys)]


@once
def _clauses(source: Facts) -> list[tuple[str, frozenset[str]]]:
    """The clauses, with what each says."""
    found = parts(source.text)
    return [(clause, keys_of(clause) if len(found) > 1 else frozenset()) for clause in found]
