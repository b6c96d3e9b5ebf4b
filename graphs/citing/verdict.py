"""Does the cited text support the claim? Deterministic checks and a verdict of three values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Literal

from graphs.citing.compare_sentences import LOOKED_AT, Finding, find_part, find_parts
from graphs.citing.facts import Facts, all_above, facts, roots_of, without_opening
from graphs.citing.language import is_known
from graphs.citing.objection import WITHHOLDING, Objection, Rule
from graphs.citing.placed_sentences import cited_facts
from graphs.citing.slots import exchanged
from graphs.citing.sources import Sources
from graphs.citing.stated_values import stated_in
from graphs.citing.support import support
from graphs.citing.symbols import strange_marks
from graphs.text.roots import distinct_roots
from graphs.text.row_claims import RowClaim
from graphs.text.visible import same_but_first_case, visible
from graphs.text.words import content_words, distinct_content_words

Verdict = Literal["verified", "partial", "unsupported"]

SUPPORTED = 0.5
"""Below this likelihood (``graphs.citing.support``) a claim is unsupported."""

MIN_QUOTED = 0.2
"""A quote that holds less of the claim than this proves nothing, whatever the headings above it say."""

MOST_CHARACTERS = 1_500
"""Of a claim in its own words: more than a passage of ours has (1,400), and of 1,198 claims that people
judged none has 1,000. What takes longer to compare than anyone would read is not compared."""

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
    rules: list[Rule] = field(default_factory=list)
    """The rule behind each reason (``graphs.citing.objection``)."""


def check_claim(
    claim: str,
    cited: Sequence[Cited],
    *,
    question: str = "",
    weight: Callable[[str], float] = lambda _word: 1.0,
) -> tuple[Verdict, Checks]:
    """Judge a claim against all it cites.

    ``verified``: each part of the claim says what one cited sentence says, in its words and their order, with
    the same numbers, units, marks, dates, names, denials and degrees of must and may, in a language whose
    small words are known (English) or to the letter; titles and headings above may supply words.
    ``unsupported``: a number, date or name the source has not, the opposite of the source, or little in
    common. Else ``partial``: reworded, joined from several places, put together otherwise, or supported in
    part; ``reasons`` say which.

    >>> check_claim("Returns take 30 days.", [Cited("Returns take 14 days.")])[0]
    'unsupported'
    >>> check_claim("Returns take 14 days.", [Cited("Returns take 14 days.")])[0]
    'verified'
    >>> check_claim("Returns take 14 hours.", [Cited("Returns take 14 days.")])[1].reasons
    ["14 hours is '14 days' in the source", "'14 hours' stands where the source has '14 days'"]
    """
    cited = [one for one in cited if one.quote.strip()]
    if not cited:
        nothing = Objection("no-source", "the passages it names do not support it")
        return "unsupported", Checks(False, 0.0, reasons=[nothing.words], rules=[nothing.rule])
    claim = without_opening(claim)
    sources = Sources(
        one for source in cited for one in cited_facts(source.text, source.context, source.start, source.end)
    )
    if is_verbatim(claim, sources):
        quotes = [one.quote for one in cited]
        return "verified", Checks(True, *_shares(claim, quotes, _above(cited, sources), weight), support=1.0)
    if len(claim) > MOST_CHARACTERS:
        return "unsupported", Checks(True, 0.0, reasons=[_LONG.words], rules=[_LONG.rule])
    mine = facts(claim)
    numbers = stated_in(mine, sources, question)
    finding = _find(claim, mine, sources)
    names = _missing_names(mine, sources)
    quotes = [one.quote for one in cited]
    containment, quoted = _shares(claim, quotes, _above(cited, sources), weight)
    near = [part for one in cited for part in one.context] + [sources[at].above for at in finding.at]
    supported = support(claim, quotes, near, len(names), len(numbers.missing), weight)
    opposed = finding.opposed and containment >= OPPOSED
    asked = roots_of(question) if names else frozenset[str]()
    invented = {name for name in names if not roots_of(name) <= asked and not claim.startswith(name)}
    nearest = _nearest(sources, finding)
    objections = [
        *numbers.objections,
        *(_about_name(name, name in invented) for name in names),
        *([_LITTLE] if supported < SUPPORTED or quoted < MIN_QUOTED else []),
        *finding.problems,
        *([_TURNED] if finding.distorted else []),
        *([_DENIED] if opposed else []),
        *_in_place(mine, nearest[:LOOKED_AT]),
        *(Objection("mark-strange", why) for why in strange_marks(mine, nearest)),
    ]
    if not objections and not (is_known(claim) or any(is_known(one.text) for one in nearest)):
        objections.append(_FOREIGN)
    objections = list(dict.fromkeys(objections))
    checks = Checks(
        quote=True,
        containment=containment,
        quoted=quoted,
        support=supported,
        missing_numbers=[*numbers.missing, *numbers.wrong],
        missing_names=names,
        negation_agrees=not finding.opposed,
        reasons=[one.words for one in objections],
        rules=[one.rule for one in objections],
    )
    return _verdict(checks.rules), checks


_LONG = Objection(
    "too-long", f"it has more than {MOST_CHARACTERS} characters and is not in the source's words"
)
_LITTLE = Objection("little-support", "the source says little of this")
_TURNED = Objection("turned", "it turns what the source says")
_DENIED = Objection("denial-turned", "one of claim and source denies it")
_FOREIGN = Objection("language-unknown", "the small words of its language are not known to the checks")


def _about_name(name: str, invented: bool) -> Objection:
    return Objection("name-invented" if invented else "name-missing", f"the name {name} is not in the source")


def _in_place(mine: Facts, nearest: Sequence[Facts]) -> list[Objection]:
    """Another value in a source sentence's own place, unless another sentence has the claim's there."""
    found = [pairs for one in nearest if (pairs := exchanged(mine, one)) is not None]
    fewest = min(found, key=len, default=[])
    return [Objection("exchanged", f"'{said}' stands where the source has '{has}'") for said, has in fewest]


def _nearest(sources: Sequence[Facts], finding: Finding) -> list[Facts]:
    """The compared sentences first, then the others."""
    first = [sources[at] for at in sorted(finding.at)]
    return [*first, *(one for at, one in enumerate(sources) if at not in finding.at)]


def _above(cited: Sequence[Cited], sources: Sequence[Facts]) -> list[str]:
    """What stands over and before the cited words."""
    found = [part for one in cited for part in one.context]
    return [*found, *(over.added for over in all_above(sources)), *(one.before for one in sources)]


def is_verbatim(claim: str, sources: Sequence[Facts]) -> bool:
    """Whether the claim is, to a reader's eye, whole sentences that follow each other, or cells of one row.

    >>> is_verbatim("No goods inside.", [facts("No goods inside."), facts("Call us.")])
    True
    """
    # The claim's own is looked for once: it may begin with ten thousand marks before its first word.
    first = _plain_beginning(claim)
    may_begin_alike = (first is None or _plain_beginning(one.text) in (first, None) for one in sources)
    if any(may_begin_alike) and _are_sentences(claim, sources):
        return True
    rows = [one for one in sources if one.kind == "row"]
    said = RowClaim(claim) if rows else None
    return said is not None and any(
        said.is_part_of(row.text) or said.states_cells(row.cells, row.table, row.rows_over) for row in rows
    )


_FIRST = re.compile(r"[A-Za-z0-9]+")


def _plain_beginning(text: str) -> str | None:
    """The first word, and none where a letter may have to be folded before it is compared."""
    if not text.isascii():
        return None
    found = _FIRST.search(text)
    return found.group().lower() if found else ""


def _are_sentences(claim: str, sources: Sequence[Facts]) -> bool:
    """Whether the claim's words and marks are those of sources that follow each other.

    All are put into one string, where a comparison from the start of a sentence takes no time to speak of.
    """
    said = visible(claim)
    read = [visible(source.text) for source in sources]
    if not said:
        return False
    everything = "".join(f"\0{mark}" for one in read for mark in one)
    rest = "".join(f"\0{mark}" for mark in said[1:])
    starts = list(accumulate((sum(map(len, one)) + len(one) for one in read), initial=0))
    ends = frozenset(starts)
    for start, one in zip(starts, read, strict=False):
        if one and same_but_first_case(one[:1], said[:1]):
            first = start + 1 + len(one[0])
            if first + len(rest) in ends and everything.startswith(rest, first):
                return True
    return False


def _find(claim: str, mine: Facts, sources: Sources) -> Finding:
    whole = find_part(mine, sources)
    return whole if not whole.problems else find_parts(claim, sources) or whole


def _verdict(rules: Sequence[Rule]) -> Verdict:
    if WITHHOLDING.intersection(rules):
        return "unsupported"
    return "partial" if rules else "verified"


def _shares(
    claim: str, quotes: Iterable[str], above: Iterable[str], weight: Callable[[str], float]
) -> tuple[float, float]:
    """The share of the claim's content words, by weight, that the texts hold with what is above them, and by
    themselves; 0 for a claim without any."""
    # In the claim's order: another order of addition gives another last digit.
    weights = {word: weight(word) for word in content_words(claim)}
    total = sum(weights.values())
    if not total:
        return 0.0, 0.0
    quoted = frozenset[str]().union(*map(distinct_content_words, quotes))
    held = quoted.union(*map(distinct_content_words, dict.fromkeys(above)))
    shares = [sum(value for word, value in weights.items() if word in held_by) for held_by in (held, quoted)]
    return round(shares[0] / total, 3), round(shares[1] / total, 3)


def _missing_names(mine: Facts, sources: Sequence[Facts]) -> list[str]:
    missing = {word.root for word in mine.names}
    for source in sources:
        missing = missing - source.known
    if missing:
        # "May" stands in a date.
        days = {date.text for source in sources for date in source.all_dates}
        missing = missing.difference(*map(distinct_roots, days))
    return list(dict.fromkeys(word.text for word in mine.names if word.root in missing))
