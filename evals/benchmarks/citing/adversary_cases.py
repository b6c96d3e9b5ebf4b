"""Sentences a careless or hostile model could write over our own documents, made by a seeded script."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from langchain_core.documents import Document

from graphs.citing.facts import facts
from graphs.text.sentences import units
from graphs.text.words import content_words


@dataclass(frozen=True, slots=True)
class Case:
    """A drafted sentence, the passages shown, and the numbers (from 1) and quotes the draft names."""

    kind: str
    right: bool
    text: str
    sources: list[int]
    quotes: list[str]
    evidence: list[Document]
    from_sentence: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A sentence of a document, with the passages a search for it brings; ``place`` counts them from 1."""

    text: str
    evidence: list[Document]
    place: int
    neighbours: list[str]
    """The other sentences of its passage."""


MIN_WORDS, MAX_CHARS = 5, 240
_NUMBER = re.compile(r"(?<![\w.,/-])\d+(?:[.,]\d+)?(?![\w/-]|[.,]\d)")
_UNITS = [
    ("days", "hours"), ("hours", "minutes"), ("months", "weeks"), ("years", "months"), ("weeks", "days"),
    ("EUR", "USD"), ("minutes", "seconds"), ("GB", "MB"), ("metres", "kilometres"), ("seconds", "minutes"),
    ("%", " EUR"),
]  # fmt: skip
_MODALS = [
    (" must ", " may "), (" may ", " must "), (" can ", " must "), (" should ", " must "),
    (" is required", " is optional"),
    (" are required", " are optional"), (" must not ", " may "), (" cannot ", " can "),
]  # fmt: skip
_BOUNDS = [
    ("at least", "at most"), ("at most", "at least"), ("up to", "at least"), ("more than", "less than"),
    ("less than", "more than"), ("within", "after"), ("before", "after"), ("after", "before"),
    ("above", "below"),
    ("below", "above"), ("over", "under"), ("until", "after"), ("first", "last"), ("only", "also"),
]  # fmt: skip
_TAILS = [
    "and the same holds for every partner in Asia",
    "and it is repeated each quarter",
    "which the board has approved",
    "and the costs are borne by the customer",
    "because the law demands it",
    "and a written confirmation is sent by post",
    "while contractors are treated differently",
    "and it can be extended twice on request",
    "which also applies to second-hand devices",
    "and a manager has to sign it",
]


def sentences_of(text: str) -> list[str]:
    """Sentences that can stand alone as a claim: prose only, not too short, not too long."""
    found = []
    for unit in units(text):
        words = " ".join(unit.of(text).split())
        plain = not re.search(r"[|`*\[\]#<>]|https?:|:$", words)
        whole = unit.kind in ("sentence", "item") and words.endswith(".") and words[0].isupper()
        if whole and plain and len(content_words(words)) >= MIN_WORDS and len(words) <= MAX_CHARS:
            found.append(words)
    return found


def cases(everything: Sequence[Fact], seed: int, most_of_a_kind: int) -> list[Case]:
    """At most ``most_of_a_kind`` cases of each kind, chosen by ``seed``."""
    made: list[Case] = []
    for kind, (right, make) in KINDS.items():
        chance = random.Random(f"{seed} {kind}")
        order = list(everything)
        chance.shuffle(order)
        found: list[Case] = []
        for fact in order:
            if len(found) == most_of_a_kind:
                break
            for text, sources, quotes in make(fact, everything, chance):
                # What another sentence of the evidence happens to say would not be wrong.
                if right or not _said(text, fact.evidence, sources):
                    found.append(Case(kind, right, text, sources, quotes, fact.evidence, fact.text))
                    break
        made += found
    return made


Draft = tuple[str, list[int], list[str]]
Maker = Callable[[Fact, Sequence[Fact], random.Random], Iterator[Draft]]


def _said(text: str, evidence: Sequence[Document], sources: Sequence[int]) -> bool:
    shown = " ".join(" ".join(evidence[n - 1].page_content.split()) for n in sources if n <= len(evidence))
    return text.rstrip(".") in shown


def _wrong_number(fact: Fact, _all: Sequence[Fact], chance: random.Random) -> Iterator[Draft]:
    found = list(_NUMBER.finditer(fact.text))
    if found:
        match = chance.choice(found)
        value = match.group()
        digits = [place for place, one in enumerate(value) if one.isdigit()]
        at = chance.choice(digits)
        other = chance.choice([d for d in "123456789" if d != value[at]])
        changed = value[:at] + other + value[at + 1 :]
        yield fact.text[: match.start()] + changed + fact.text[match.end() :], [fact.place], [fact.text]


def _number_of_a_neighbour(fact: Fact, _all: Sequence[Fact], chance: random.Random) -> Iterator[Draft]:
    found = list(_NUMBER.finditer(fact.text))
    others = [m.group() for text in fact.neighbours for m in _NUMBER.finditer(text)]
    others = [value for value in others if value not in {match.group() for match in found}]
    if found and others:
        match = chance.choice(found)
        changed = fact.text[: match.start()] + chance.choice(others) + fact.text[match.end() :]
        yield changed, [fact.place], [fact.text]


def _wrong_unit(fact: Fact, _all: Sequence[Fact], chance: random.Random) -> Iterator[Draft]:
    for unit, other in chance.sample(_UNITS, len(_UNITS)):
        match = re.search(rf"(\d ?){re.escape(unit)}(?!\w)", fact.text)
        if match:
            changed = fact.text[: match.start()] + match[1] + other + fact.text[match.end() :]
            yield changed, [fact.place], [fact.text]


def _names(text: str) -> list[str]:
    first = text.split(maxsplit=1)[0]
    return [word.text for word in facts(text).names if word.text != first]


def _other_name(fact: Fact, everything: Sequence[Fact], chance: random.Random) -> Iterator[Draft]:
    mine = _names(fact.text)
    near = [name for text in fact.neighbours for name in _names(text)]
    far = [
        name for one in chance.sample(list(everything), min(40, len(everything))) for name in _names(one.text)
    ]
    others = [name for name in (*near, *far) if name not in fact.text]
    if mine and others:
        name = chance.choice(mine)
        yield re.sub(rf"\b{re.escape(name)}\b", others[0], fact.text), [fact.place], [fact.text]


def _names_exchanged(fact: Fact, _all: Sequence[Fact], chance: random.Random) -> Iterator[Draft]:
    mine = list(dict.fromkeys(_names(fact.text)))
    if len(mine) >= 2:
        one, two = chance.sample(mine, 2)
        changed = re.sub(rf"\b{re.escape(one)}\b", "\0", fact.text)
        changed = re.sub(rf"\b{re.escape(two)}\b", one, changed).replace("\0", two)
        if changed != fact.text and not re.search(
            rf"{one},? (?:and|or|to) {two}|{two},? (?:and|or|to) {one}", fact.text
        ):
            yield changed, [fact.place], [fact.text]


def _subjects_exchanged(fact: Fact, _all: Sequence[Fact], chance: random.Random) -> Iterator[Draft]:
    """What one sentence says, said of what its neighbour speaks of."""
    own = re.match(
        r"(.{8,60}?) (?=(?:is|are|has|have|must|may|can|costs?|takes?|applies|apply|gets?|lasts?)\b)",
        fact.text,
    )
    for text in chance.sample(fact.neighbours, len(fact.neighbours)):
        other = re.match(
            r"(.{8,60}?) (?=(?:is|are|has|have|must|may|can|costs?|takes?|applies|apply|gets?|lasts?)\b)",
            text,
        )
        if own and other and not set(content_words(own[1])) & set(content_words(other[1])):
            yield other[1] + fact.text[own.end(1) :], [fact.place], [fact.text]


def _negation(fact: Fact, _all: Sequence[Fact], _chance: random.Random) -> Iterator[Draft]:
    dropped = re.sub(r"\b(?:not|never) |\b(?:No|no) (?=\w)", "", fact.text, count=1)
    if dropped != fact.text:
        dropped = dropped[0].upper() + dropped[1:]
        yield dropped, [fact.place], [fact.text]
    added = re.sub(
        r"\b(is|are|must|may|can|will|has been|have been|does|do)\b (?!not)", r"\1 not ", fact.text, count=1
    )
    if added != fact.text:
        yield added, [fact.place], [fact.text]


def _changed_word(pairs: Sequence[tuple[str, str]]) -> Maker:
    def make(fact: Fact, _all: Sequence[Fact], chance: random.Random) -> Iterator[Draft]:
        for one, other in chance.sample(list(pairs), len(pairs)):
            if re.search(
                rf"(?<!\w){re.escape(one)}(?!\w)" if one.strip() == one else re.escape(one), fact.text
            ):
                yield fact.text.replace(one, other, 1), [fact.place], [fact.text]

    return make


def _invented_source(fact: Fact, _all: Sequence[Fact], chance: random.Random) -> Iterator[Draft]:
    wrong = len(fact.evidence) + chance.randint(1, 5)
    yield fact.text, chance.choice([[wrong], [fact.place, wrong]]), [fact.text]


def _no_source(fact: Fact, _all: Sequence[Fact], _chance: random.Random) -> Iterator[Draft]:
    yield fact.text, [], [fact.text]


def _stitched(fact: Fact, _all: Sequence[Fact], chance: random.Random) -> Iterator[Draft]:
    """The beginning of one sentence and the end of another, both quoted word for word."""
    for text in chance.sample(fact.neighbours, len(fact.neighbours)):
        first, second = fact.text.rstrip(".").split(), text.split()
        head, tail = first[: (len(first) + 1) // 2], second[len(second) // 2 :]
        if len(head) >= 3 and len(tail) >= 3:
            yield " ".join([*head, *tail]), [fact.place], [" ".join(head), " ".join(tail)]


def _right_quote_wrong_claim(
    fact: Fact, everything: Sequence[Fact], chance: random.Random
) -> Iterator[Draft]:
    mine = fact.evidence[fact.place - 1].metadata["doc_id"]
    for other in chance.sample(list(everything), min(20, len(everything))):
        if other.evidence[other.place - 1].metadata["doc_id"] != mine:
            yield other.text, [fact.place], [fact.text]


def _half_supported(fact: Fact, everything: Sequence[Fact], chance: random.Random) -> Iterator[Draft]:
    if chance.random() < 0.5:
        yield f"{fact.text.rstrip('.')}, {chance.choice(_TAILS)}.", [fact.place], [fact.text]
    for other in chance.sample(list(everything), min(20, len(everything))):
        if other.text not in " ".join(doc.page_content for doc in fact.evidence):
            tail = other.text[0].lower() + other.text[1:]
            yield f"{fact.text.rstrip('.')}, and {tail}", [fact.place], [fact.text]


def _verbatim(fact: Fact, _all: Sequence[Fact], chance: random.Random) -> Iterator[Draft]:
    yield fact.text, [fact.place], [fact.text] if chance.random() < 0.5 else []


def _two_joined(fact: Fact, _all: Sequence[Fact], _chance: random.Random) -> Iterator[Draft]:
    page = " ".join(fact.evidence[fact.place - 1].page_content.split())
    for text in fact.neighbours:
        if f"{fact.text} {text}" in page:
            tail = text[0].lower() + text[1:] if text.split()[0] in ("The", "A", "An", "It", "This") else text
            yield f"{fact.text.rstrip('.')}, and {tail}", [fact.place], [fact.text, text]


def _introduced(fact: Fact, _all: Sequence[Fact], chance: random.Random) -> Iterator[Draft]:
    lead = chance.choice(["According to the documents, ", "Yes, ", "Note that "])
    first = fact.text.split()[0]
    body = (
        fact.text[0].lower() + fact.text[1:]
        if first in ("The", "A", "An", "It", "This", "All", "Each")
        else fact.text
    )
    yield lead + body, [fact.place], []


KINDS: dict[str, tuple[bool, Maker]] = {
    "wrong number": (False, _wrong_number),
    "number of a neighbouring sentence": (False, _number_of_a_neighbour),
    "wrong unit": (False, _wrong_unit),
    "another name": (False, _other_name),
    "names exchanged": (False, _names_exchanged),
    "subjects exchanged": (False, _subjects_exchanged),
    "negation dropped or added": (False, _negation),
    "must, may, can exchanged": (False, _changed_word(_MODALS)),
    "bound or order turned round": (False, _changed_word(_BOUNDS)),
    "invented source": (False, _invented_source),
    "no source": (False, _no_source),
    "stitched quotes": (False, _stitched),
    "right quote, wrong claim": (False, _right_quote_wrong_claim),
    "half supported": (False, _half_supported),
    "word for word": (True, _verbatim),
    "two sentences joined": (True, _two_joined),
    "with an opening phrase": (True, _introduced),
}
