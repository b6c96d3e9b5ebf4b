"""Does the cited text support the claim? Deterministic checks and a verdict of three values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from graphs.citing.compare import Finding, find_part, find_parts
from graphs.citing.facts import Facts, cited_facts, facts, without_opening
from graphs.citing.stated import Stated, stated_in
from graphs.citing.support import support
from graphs.text.table_rows import is_part_of, states_cells
from graphs.text.words import content_words, words

Verdict = Literal["verified", "partial", "unsupported"]

SUPPORTED = 0.5
"""Below this likelihood (``graphs.citing.support``) a claim is unsupported."""

MIN_QUOTED = 0.2
"""A quote that holds less of the claim than this proves nothing, whatever the headings above it say."""

OPPOSED = 0.7
"""A denial that only one side has contradicts from this containment on; below, they speak of other things."""


@dataclass(frozen=True, slots=True)
class Cited:
    """``text[start:end]`` is what a claim rests on; the rest of the text, and the titles and headings of
    ``context``, say what it is about."""

    text: str
    context: tuple[str, ...] = ()
    start: int = 0
    end: int | None = None

    @property
    def quote(self) -> str:
        return self.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Checks:
    """What was looked at. ``containment`` is the share of the claim's content words that are held."""

    quote: bool
    containment: float
    quoted: float = 0.0
    """The share that the quotes hold themselves, without the titles and headings above them."""
    support: float = 0.0
    """How likely the source supports the claim, by the words alone (``graphs.citing.support``)."""
    missing_numbers: list[str] = field(default_factory=list)
    """Numbers, dates and codes that source and question lack, or that have another unit there."""
    missing_names: list[str] = field(default_factory=list)
    negation_agrees: bool = True
    reasons: list[str] = field(default_factory=list)
    """In words, why the verdict is not ``verified``."""


def check_claim(
    claim: str,
    cited: Sequence[Cited],
    *,
    question: str = "",
    weight: Callable[[str], float] = lambda _word: 1.0,
) -> tuple[Verdict, Checks]:
    """Judge a claim against all it cites.

    ``verified``: each part of the claim says what one cited sentence says, in its words and their order, with
    the same numbers, units, dates, names, denials and degrees of must and may; titles and headings above may
    supply words. ``unsupported``: a number, date or name the source has not, the opposite of the source, its
    own words put together to say something else, or little in common. Else ``partial``: reworded, joined
    from several places, or supported in part; ``reasons`` say which.

    >>> check_claim("Returns take 30 days.", [Cited("Returns take 14 days.")])[0]
    'unsupported'
    >>> check_claim("Returns take 14 days.", [Cited("Returns take 14 days.")])[0]
    'verified'
    >>> check_claim("Returns take 14 hours.", [Cited("Returns take 14 days.")])[1].reasons
    ["14 hours is '14 days' in the source"]
    """
    cited = [one for one in cited if one.quote.strip()]
    if not cited:
        return "unsupported", Checks(
            quote=False, containment=0.0, reasons=["the passages it names do not support it"]
        )
    claim = without_opening(claim)
    mine = facts(claim)
    sources = [
        one for source in cited for one in cited_facts(source.text, source.context, source.start, source.end)
    ]
    if is_verbatim(claim, sources):
        quotes = [one.quote for one in cited]
        shares = (_share(claim, [*quotes, *_above(cited, sources)], weight), _share(claim, quotes, weight))
        return "verified", Checks(True, *shares, support=1.0)
    numbers = stated_in(mine, sources, facts(question))
    finding = _find(claim, mine, sources)
    names = _missing_names(mine, sources)
    asked = _roots_of(question)
    quotes = [one.quote for one in cited]
    containment = _share(claim, [*quotes, *_above(cited, sources)], weight)
    quoted = _share(claim, quotes, weight)
    near = [part for one in cited for part in one.context] + [sources[at].above for at in finding.at]
    supported = support(claim, quotes, near, len(names), len(numbers.missing), weight)
    checks = Checks(
        quote=True,
        containment=containment,
        quoted=quoted,
        support=supported,
        missing_numbers=[*numbers.missing, *numbers.wrong],
        missing_names=names,
        negation_agrees=not finding.opposed,
        reasons=_reasons(numbers, names, finding, supported < SUPPORTED or quoted < MIN_QUOTED),
    )
    invented = [name for name in names if not _roots_of(name) <= asked and not claim.startswith(name)]
    return _verdict(checks, bool(invented) or finding.distorted), checks


def _above(cited: Sequence[Cited], sources: Sequence[Facts]) -> list[str]:
    """What stands over and before the cited words."""
    found = [part for one in cited for part in one.context]
    return [*found, *(part for one in sources for part in (one.above, one.before))]


def is_verbatim(claim: str, sources: Sequence[Facts]) -> bool:
    """Whether the claim is, word for word, whole sentences that follow each other, or cells of one row.

    >>> is_verbatim("No goods inside.", [facts("No goods inside."), facts("Call us.")])
    True
    """
    said = words(claim)
    for first in range(len(sources)):
        stated: list[str] = []
        for source in sources[first:]:
            stated += words(source.text)
            if len(stated) >= len(said):
                break
        if stated == said:
            return bool(said)
    rows = [one for one in sources if one.kind == "row"]
    return any(is_part_of(claim, row.text) or states_cells(claim, row.cells, row.rows_above) for row in rows)


def _find(claim: str, mine: Facts, sources: Sequence[Facts]) -> Finding:
    whole = find_part(mine, sources)
    return whole if not whole.problems else find_parts(claim, sources) or whole


def _verdict(checks: Checks, wrong: bool) -> Verdict:
    if checks.missing_numbers or wrong or checks.support < SUPPORTED or checks.quoted < MIN_QUOTED:
        return "unsupported"
    if not checks.negation_agrees and checks.containment >= OPPOSED:
        return "unsupported"
    return "partial" if checks.reasons else "verified"


def _reasons(numbers: Stated, names: Sequence[str], finding: Finding, little: bool) -> list[str]:
    found = [f"{number} is not in the source" for number in numbers.missing]
    found += numbers.wrong_reasons
    found += [f"the name {name} is not in the source" for name in names]
    if little:
        found.append("the source says little of this")
    found += finding.problems
    found += numbers.notes
    found += [f"{number} is the question's, not the source's" for number in numbers.asked]
    return list(dict.fromkeys(found))


def _share(claim: str, texts: Iterable[str], weight: Callable[[str], float]) -> float:
    """The share of the claim's content words, by weight, that the texts hold; 0 for a claim without any."""
    wanted = set(content_words(claim))
    total = sum(weight(word) for word in wanted)
    held = wanted.intersection(content_words(" ".join(texts)))
    return round(sum(weight(word) for word in held) / total, 3) if total else 0.0


def _missing_names(mine: Facts, sources: Sequence[Facts]) -> list[str]:
    known = {one for source in sources for one in (*source.roots, *source.lent)}
    return list(dict.fromkeys(word.text for word in mine.names if word.root not in known))


def _roots_of(text: str) -> frozenset[str]:
    return facts(text).roots
