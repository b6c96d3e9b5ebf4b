"""A claim that is a source's sentence with other names, numbers or dates in its places."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property, lru_cache
from operator import attrgetter
from typing import TypeAlias

import regex

from graphs.citing.facts import Facts, once
from graphs.text.dates import Date
from graphs.text.latin import is_latin
from graphs.text.quantities import Quantity, fit
from graphs.text.roots import root
from graphs.text.words import all_words

MOST_TOKENS = 200
"""Longer sentences are not compared: time would grow with the square of their length."""

MOST_PAIRS = 4_000
"""Of places with one key in both: two rows of 60 numbers have 3,600. What repeats more is not compared."""

ALIKE = 0.8
"""Share of the claim's other words that must stand in the source in the same order for its names and numbers
to be in the source's places."""

_JOINS = frozenset({"and", "or"})


@dataclass(frozen=True, slots=True)
class Slot:
    """A name, number or date where it stands in a text."""

    start: int
    end: int
    kind: str
    value: Quantity | Date | frozenset[str]

    def says(self, other: Slot) -> bool:
        """Whether both may mean the same."""
        if isinstance(self.value, Quantity) and isinstance(other.value, Quantity):
            return fit(self.value, [other.value]) in ("same", "rounded", "loose")
        if isinstance(self.value, Date) and isinstance(other.value, Date):
            return self.value.stated_by(other.value)
        if isinstance(self.value, frozenset) and isinstance(other.value, frozenset):
            return bool(self.value & other.value)
        return False


def exchanged(claim: Facts, source: Facts) -> list[tuple[str, str]] | None:
    """What the claim has in a place of the source's sentence, what the source has there, where they differ.

    None where the sentences are otherwise put differently. The same names or numbers enumerated in another
    order do not differ.

    >>> from graphs.citing.facts import facts
    >>> source = facts("In June the Team plan replaced the Solo plan in Belgium and Estonia.")
    >>> exchanged(facts("In June the Solo plan replaced the Team plan in Belgium and Estonia."), source)
    [('Solo', 'Team'), ('Team', 'Solo')]
    >>> exchanged(facts("In June the Team plan replaced the Solo plan in Estonia and Belgium."), source)
    []
    """
    if not (claim.dates or claim.quantities or claim.names) or not _may_be_alike(claim, source):
        return None
    left, right = _placed(claim), _placed(source)
    if len(left.words) == len(left.tokens) or _too_long(left, right):
        return None
    matched = _matched(left, right) if _may_match(left, right) else []
    if not _alike(left, matched):
        return None
    mine, theirs = left.tokens, right.tokens
    found: list[tuple[str, str]] = []
    for run in _enumerated(mine, theirs, matched):
        if not _permuted(run):
            found += [
                (claim.text[one.start : one.end], source.text[other.start : other.end])
                for one, other in run
                if not one.says(other)
            ]
    return found


def is_close(claim: Facts, source: Facts) -> bool:
    """Whether the claim is the sentence, or a part of it, but for single words.

    >>> from graphs.citing.facts import facts
    >>> is_close(facts("Staff must wear a badge."), facts("Staff may wear a badge."))
    True
    """
    if not _may_be_alike(claim, source):
        return False
    left, right = _placed(claim), _placed(source)
    if _too_long(left, right) or not _may_match(left, right):
        return False
    return _alike(left, _matched(left, right))


_Token = Slot | str
_Match: TypeAlias = "re.Match[str] | regex.Match[str]"
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+(?:['’-][\p{L}\p{M}\p{N}]+)*")
_LATIN_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


class _Placed:
    """A sentence's words and slots in order."""

    def __init__(self, tokens: Sequence[_Token]) -> None:
        self.tokens = tokens
        self.words = [token for token in tokens if isinstance(token, str)]

    @cached_property
    def keys(self) -> list[str]:
        """What tells a place from others: its word, or the kind of its slot."""
        return [f"\0{token.kind}" if isinstance(token, Slot) else token for token in self.tokens]

    @cached_property
    def counts(self) -> Counter[str]:
        return Counter(self.keys)


@once
def _placed(read: Facts) -> _Placed:
    if not (read.dates or read.quantities or read.names):
        return _Placed(all_words(read.text))
    taken = [Slot(one.start, one.end, "date", one) for one in read.dates]
    taken += [Slot(one.start, one.end, _of(one), one) for one in read.quantities]
    found = list((_LATIN_WORD if is_latin(read.text) else _WORD).finditer(read.text))
    taken += _names(read, found)
    taken.sort(key=attrgetter("start"))
    tokens: list[_Token] = []
    at = 0
    for match in found:
        start = match.start()
        while at < len(taken) and taken[at].end <= start:
            tokens.append(taken[at])
            at += 1
        if at < len(taken) and taken[at].start <= start:
            continue
        tokens += _parts(match.group())
    return _Placed([*tokens, *taken[at:]])


@lru_cache(maxsize=65_536)
def _parts(joined: str) -> tuple[str, ...]:
    """The words that hyphens join."""
    return all_words(joined)


def _names(read: Facts, words: Sequence[_Match]) -> Iterator[Slot]:
    """Names, those of several words as one. Any word is a capital at the start of a sentence: there one must
    have a second."""
    names = {word.text for word in read.names}
    found: list[_Match] = []
    for match in words:
        if match.group() in names and (
            not found or not read.text[found[-1].end() : match.start()].strip(" ")
        ):
            found.append(match)
            continue
        yield from _name(found, read.text)
        found = [match] if match.group() in names else []
    yield from _name(found, read.text)


def _name(found: Sequence[_Match], text: str) -> Iterator[Slot]:
    if not found or text.startswith(":", found[-1].end()):  # a column's name says what the value is of
        return
    if found[0].start() > 0 or len(found) > 1:
        roots = frozenset(root(match.group().lower()) for match in found)
        yield Slot(found[0].start(), found[-1].end(), "name", roots)


def _of(quantity: Quantity) -> str:
    return (
        f"number of {quantity.unit.of}"
        if quantity.unit
        else "number"
        if quantity.value is not None
        else "code"
    )


def _may_be_alike(claim: Facts, source: Facts) -> bool:
    """Whether the source can have enough of the words, in whatever order: quicker to tell than the order."""
    words = all_words(claim.text)
    held = sum(map(_distinct(source).__contains__, words))
    return held >= ALIKE * (len(words) - _most_in_slots(claim))


@once
def _most_in_slots(read: Facts) -> int:
    """No more words than these are in slots: of two characters one at most begins a word."""
    names = {word.text for word in read.names}
    spans = [(one.start, one.end) for one in read.dates]
    spans += [(one.start, one.end) for one in read.quantities]
    in_numbers = sum((end - start + 1) // 2 for start, end in spans)
    return sum(word.text in names for word in read.words) + in_numbers


@once
def _distinct(read: Facts) -> frozenset[str]:
    return frozenset(all_words(read.text))


def _too_long(left: _Placed, right: _Placed) -> bool:
    if max(len(left.tokens), len(right.tokens)) > MOST_TOKENS:
        return True
    mine, theirs = left.counts, right.counts
    return sum(count * theirs[key] for key, count in mine.items()) > MOST_PAIRS


def _may_match(left: _Placed, right: _Placed) -> bool:
    """Whether the longest common subsequence of their words is long enough: no matching is longer, and bits
    of a number find its length at once (Hyyrö, 2004), where matching texts that repeat takes long."""
    places: dict[str, int] = {}
    for at, word in enumerate(left.words):
        places[word] = places.get(word, 0) | 1 << at
    every = (1 << len(left.words)) - 1
    unmatched = every
    for word in right.words:
        found = unmatched & places.get(word, 0)
        unmatched = (unmatched + found | unmatched - found) & every
    return len(left.words) - unmatched.bit_count() >= ALIKE * len(left.words)


def _matched(left: _Placed, right: _Placed) -> list[tuple[int, int]]:
    """Places in both that hold the same word, or a value of the same kind between the same neighbours."""
    mine, theirs = left.tokens, right.tokens
    blocks = SequenceMatcher(None, left.keys, right.keys, autojunk=False).get_matching_blocks()
    matched = {a + n: b + n for a, b, size in blocks for n in range(size)}

    def follows(here: int, step: int) -> bool:
        """Whether the next place on this side is the next on the other too, or there is none."""
        there = matched[here] + step
        if matched.get(here + step) == there:
            return True
        return not (0 <= here + step < len(mine) and 0 <= there < len(theirs))

    return [
        (here, there)
        for here, there in matched.items()
        if not isinstance(mine[here], Slot) or (follows(here, -1) and follows(here, 1))
    ]


def _alike(left: _Placed, matched: Sequence[tuple[int, int]]) -> bool:
    same = sum(not isinstance(left.tokens[at], Slot) for at, _ in matched)
    return bool(left.words) and same >= ALIKE * len(left.words)


def _enumerated(
    mine: Sequence[_Token], theirs: Sequence[_Token], matched: Sequence[tuple[int, int]]
) -> list[list[tuple[Slot, Slot]]]:
    """Runs of places of one kind with nothing but "and" or "or" between them, on either side."""
    runs: list[list[tuple[Slot, Slot]]] = []
    last = (-1, -1)
    for here, there in matched:
        one, other = mine[here], theirs[there]
        if not isinstance(one, Slot) or not isinstance(other, Slot):
            continue
        between = [*mine[last[0] + 1 : here], *theirs[last[1] + 1 : there]]
        joined = bool(runs) and all(token in _JOINS for token in between)
        if joined and runs[-1][-1][0].kind == one.kind:
            runs[-1].append((one, other))
        else:
            runs.append([(one, other)])
        last = (here, there)
    return runs


def _permuted(run: Sequence[tuple[Slot, Slot]]) -> bool:
    """Whether both sides enumerate the same."""
    left = [other for _, other in run]
    for one, _ in run:
        same = next((other for other in left if one.says(other)), None)
        if same is None:
            return False
        left.remove(same)
    return True
