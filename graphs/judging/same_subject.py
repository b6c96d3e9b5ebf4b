"""Whether what stands above two sentences lets them speak of the same subject: titles and headings.

Nothing here knows what a word means. Titles of one pattern that differ in one place ("Orders API" and "Users
API", "Agreement with Northwind" and "Agreement with Contoso") name sisters; titles that share nothing are two
documents that may speak of anything.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile

import regex

from graphs.judging.editions import edition_nouns, without_edition
from graphs.text.roots import content_roots
from graphs.text.words import STOP_WORDS, stem

FEW_WORDS = 3
"""A sentence with fewer content words says little of its subject: its document must."""

_TOKEN = regex.compile(r"[\p{L}\p{M}\p{N}]+(?:[-'’./][\p{L}\p{M}\p{N}]+)*")
_NUMBERING = regex.compile(r"^(?:§\s*)?\d+(?:\.\d+)*[.)]?\s+")
_OPENS_WITH_PRONOUN = regex.compile(r"(?:it|its|they|their|he|his|she|her|this|these|those|such)\b", regex.I)


@dataclass(frozen=True)
class Standing:
    """The title and the headings that a sentence stands under."""

    title: str
    headings: tuple[str, ...]

    @cached_property
    def stripped(self) -> str:
        return without_edition(self.title)

    @cached_property
    def levels(self) -> list[str]:
        """Headings without their numbers, and without the title once more."""
        plain = [_NUMBERING.sub("", heading).strip() for heading in self.headings]
        return [heading for heading in plain if heading and heading.lower() != self.title.lower()]

    @cached_property
    def roots(self) -> frozenset[str]:
        return frozenset(content_roots(" ".join([self.stripped, *self.levels])))

    @cached_property
    def codes(self) -> frozenset[str]:
        tokens = _tokens(" ".join([self.stripped, *self.levels]).lower())
        return frozenset(token for token in tokens if _is_code(token))


def same_subject(
    mine: Standing, theirs: Standing, said: frozenset[str], text: str, of_days: bool = False
) -> bool:
    """``said`` are the roots of the content words that both sentences have; ``text`` is one of them.

    ``of_days``: they differ in a date. Each edition has days of its own ("Released on 3 May").
    """
    if mine.codes and theirs.codes and not mine.codes & theirs.codes:
        return False
    editions = mine.stripped.lower() == theirs.stripped.lower()
    if editions and mine.title != theirs.title:
        of_itself = frozenset(content_roots(mine.stripped)) if of_days else edition_nouns(mine.title)
        if said & of_itself or (of_days and _OPENS_WITH_PRONOUN.match(text)):
            return False
    told = {one.lower() for one in _tokens(text)}
    if not editions and _sisters(_tokens(mine.stripped), _tokens(theirs.stripped), told=told):
        return False
    if _headings_part(mine.levels, theirs.levels, said, editions):
        return False
    if editions:
        return True
    if _OPENS_WITH_PRONOUN.match(text):
        return False  # of what stands before it, which is another in another document
    if len(said) < FEW_WORDS:
        own, other = (frozenset(content_roots(one.stripped)) for one in (mine, theirs))
        return bool(own & (theirs.roots | said) or other & (mine.roots | said))
    return True


def _headings_part(mine: Sequence[str], theirs: Sequence[str], said: frozenset[str], editions: bool) -> bool:
    """Whether the headings name two things where they part."""
    same = len(
        list(takewhile(lambda pair: pair[0].lower() == pair[1].lower(), zip(mine, theirs, strict=False)))
    )
    own, other = mine[same:], theirs[same:]
    if not own or not other or any(set(content_roots(one)) <= said for one in (own[-1], other[-1])):
        return False
    return editions or same > 0 or _sisters(_tokens(own[-1]), _tokens(other[-1]), longer=False)


def _tokens(title: str) -> list[str]:
    return [match.group() for match in _TOKEN.finditer(title)]


def _sisters(
    mine: Sequence[str], theirs: Sequence[str], longer: bool = True, told: Collection[str] = ()
) -> bool:
    """Whether two titles are of one pattern, and differ in what they are about.

    ``longer``: one that has more words than the other is of a part of its subject. A code that the sentence
    itself has (it is among the words ``told``) does not tell its place from the other.

    >>> _sisters(["Orders", "API"], ["Users", "API"]), _sisters(["API", "guide"], ["API", "reference"])
    (True, False)
    """
    start = _common(mine, theirs)
    end = _common(mine[start:][::-1], theirs[start:][::-1])
    own, other = mine[start : len(mine) - end], theirs[start : len(theirs) - end]
    own, other = (
        [one for one in part if not (_is_code(one) and one.lower() in told)] for part in (own, other)
    )
    before, after = mine[:start], mine[len(mine) - end :]
    if not own and not other:
        return False
    if not _about(before) and not _about(after):
        return False
    if not own or not other:
        # "Report on incident 88" is of incident 88.
        return longer and not (start == 0 and _is_small((own or other)[-1]))
    if after:
        # What follows is the kind of document, unless it is the name that both are about.
        return not all(_is_code(token) for token in after) and not any(map(_is_small, after))
    if any(map(_is_small, (before[-1], own[0], other[0]))) or len(own) > 1 or len(other) > 1:
        return True
    if any(char.isdigit() for char in own[0] + other[0]):
        return True
    named = own[0][0].isupper() and other[0][0].isupper()
    return named and (len(before) > 1 or any(token[0].islower() for token in before))


def _common(mine: Sequence[str], theirs: Sequence[str]) -> int:
    pairs = zip(mine, theirs, strict=False)
    return len(list(takewhile(lambda pair: stem(pair[0].lower()) == stem(pair[1].lower()), pairs)))


def _about(tokens: Sequence[str]) -> bool:
    return any(not _is_small(token) for token in tokens)


def _is_small(token: str) -> bool:
    return token.lower() in STOP_WORDS


def _is_code(token: str) -> bool:
    return any(char.isdigit() for char in token) and any(char.isalpha() for char in token)
