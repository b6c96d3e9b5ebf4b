"""How well each sentence of the evidence answers the question: a fixed, measured mix."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.ingestion.document import COLUMNS, embedded_text
from app.models.readable import cells, readable, row_sentence
from app.retrieval.embedding_cache import EmbeddingCache
from graphs.citing.sentences import Unit, units
from graphs.citing.words import content_words
from graphs.state import EvidencePassage

if TYPE_CHECKING:
    import numpy as np

MIN_WORDS = 3
"""Pieces with fewer content words answer nothing on their own."""

MIN_LABEL_WORDS = 5
"""Pieces that do not end like a sentence (labels, list entries) need as many words in all."""

POINTER_SETBACK = 0.1
"""Taken off sentences that only point elsewhere ("you will read about it in the next section"). It changed no
figure on our own questions nor on ClapNQ dev (P@1 .53 and .73, hit@3 .66 and .88)."""

_POINTER = re.compile(
    r"\b(?:you(?:'ll| will)(?: also)? (?:see|read|learn)|(?:read|learn) more|more about (?:it|this|that|them)"
    r"|(?:in|see) the (?:next|following|previous) (?:section|chapter|page)"
    r"|for (?:more|further) (?:details|information)|details about|here(?:'s| is) the)\b",
    re.IGNORECASE,
)

MAX_INTRODUCED = 600
"""A list or code is taken together with the sentence before it up to this many characters."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A piece of a passage that could be a sentence of the answer.

    ``source`` counts passages from 1; ``quotes`` are the exact words it is made of (a table row and its
    header, else one piece); ``start`` is its offset in the passage.
    """

    text: str
    quotes: tuple[str, ...]
    source: int
    start: int
    score: float


class SentenceScorer:
    """Scores sentences as

        .6 cos(q, sentence) + .3 cos(q, passage) + .3 coverage(q; sentence + title) + .05 / (1 + position)

    where coverage is the share of the question's words, weighted by inverse document frequency, that the
    sentence, the title or the headings hold. On ClapNQ dev (300 answerable, 300 not) the mix was measured
    at P@1 .68, hit@3 .94 and an answerability AUC of .88; a trained model was no better.
    """

    def __init__(self, cache: EmbeddingCache, idf: Callable[[str], float]) -> None:
        self._cache = cache
        self._idf = idf

    def candidates(self, question: str, evidence: Sequence[EvidencePassage]) -> list[Candidate]:
        """All pieces of the evidence with their scores, best first."""
        found = [
            (source, position, piece)
            for source, passage in enumerate(evidence)
            for position, piece in enumerate(_pieces(passage))
        ]
        if not found:
            return []
        asked = self._cache.question(question)
        similar = self._cache.vectors([piece.scored for _, _, piece in found]) @ asked
        passages = [self._passage_cosine(asked, passage) for passage in evidence]
        wanted = set(content_words(question))
        weights = {word: self._idf(word) for word in wanted}
        total = sum(weights.values()) or 1.0
        above = [set(content_words(" ".join([p["title"], *p["headings"]]))) for p in evidence]
        scored = []
        for (source, position, piece), cosine in zip(found, similar, strict=True):
            held = wanted & (set(content_words(piece.text)) | above[source])
            coverage = sum(weights[word] for word in held) / total
            score = (
                0.6 * float(cosine)
                + 0.3 * passages[source]
                + 0.3 * coverage
                + 0.05 / (1 + position)
                - (POINTER_SETBACK if _POINTER.search(piece.text) else 0.0)
            )
            scored.append(Candidate(piece.text, piece.quotes, source + 1, piece.start, score))
        return sorted(scored, key=lambda candidate: (-candidate.score, candidate.source, candidate.start))

    def _passage_cosine(self, asked: np.ndarray, passage: EvidencePassage) -> float:
        """As the dense leg found it; computed where only the lexical one did."""
        known = passage["scores"].get("dense")
        if known is not None:
            return float(known)
        return float(self._cache.vectors([embedded_text(passage["headings"], passage["text"])])[0] @ asked)


@dataclass(frozen=True, slots=True)
class _Piece:
    """What could be a sentence of the answer: its offset, how it reads, the exact words it is made of, and
    the words its meaning is compared by."""

    start: int
    text: str
    quotes: tuple[str, ...]
    scored: str


def _pieces(passage: EvidencePassage) -> list[_Piece]:
    """What of the passage can be read on its own, in order."""
    text = passage["text"]
    # A PDF's title and headings stand in its text without marks.
    above = {readable(heading) for heading in [passage["title"], *passage["headings"]]}
    found: list[_Piece] = []
    table: list[Unit] = []
    all_units = units(text)
    for index, unit in enumerate(all_units):
        if _is_cell_row(unit, text):
            if table and text[table[-1].end : unit.start].strip(" |:-+\n"):
                found += _rows(passage, table)
                table = []
            table.append(unit)
            continue
        found += _rows(passage, table)
        table = []
        clean = readable(unit.of(text))
        if clean.endswith(":") and unit.kind in ("sentence", "item"):
            found += _introduced(text, unit, all_units[index + 1 :])
        elif unit.kind not in ("heading", "code") and clean not in above and _answers(clean):
            found.append(_Piece(unit.start, clean, (unit.of(text),), clean))
    return found + _rows(passage, table)


def _introduced(text: str, intro: Unit, following: Sequence[Unit]) -> list[_Piece]:
    """A sentence that ends in a colon together with the list or the short code it introduces.

    It is compared by the sentence: the list says much else besides.
    """
    if not following or following[0].kind not in ("item", "code"):
        return []
    kind = following[0].kind
    taken = [following[0]] if following[0].end - intro.start <= MAX_INTRODUCED else []
    for unit in following[1:] if taken and kind == "item" else ():
        if unit.kind != kind or unit.end - intro.start > MAX_INTRODUCED:
            break
        taken.append(unit)
    items = [readable(unit.of(text)).rstrip(".;,:") for unit in taken]
    # A list of names says nothing as a sentence.
    if sum(len(item.split()) for item in items) < max(MIN_WORDS * len(items), 1):
        return []
    shown = f"`{' '.join(taken[0].of(text).split())}`" if kind == "code" else f"{'; '.join(items)}."
    lead = readable(intro.of(text))
    return [_Piece(intro.start, f"{lead} {shown}", (text[intro.start : taken[-1].end],), lead)]


def _is_cell_row(unit: Unit, text: str) -> bool:
    words = unit.of(text)
    return unit.kind == "row" and (words.startswith("|") or "\t" in words)


def _rows(passage: EvidencePassage, table: list[Unit]) -> list[_Piece]:
    """The rows of one table, each with the words of its header.

    Where the table began in an earlier passage, its columns are the last heading and there is nothing here
    to quote them from.
    """
    if not table:
        return []
    text = passage["text"]
    last = passage["headings"][-1] if passage["headings"] else ""
    quoted: tuple[str, ...] = ()
    if last.startswith(COLUMNS) and table[0].start == 0:
        names, rows = last[len(COLUMNS) :].split(" | "), table
    else:
        names, quoted, rows = cells(table[0].of(text)), (table[0].of(text),), table[1:]
    pieces = []
    for row in rows:
        shown = row_sentence(names, cells(row.of(text)))
        pieces.append(_Piece(row.start, shown, (*quoted, row.of(text)), shown))
    return pieces


def _answers(text: str) -> bool:
    if text.endswith(("?", ":")) or len(content_words(text)) < MIN_WORDS:
        return False
    return text.endswith((".", "!", "…", ")", "”", '"')) or len(text.split()) >= MIN_LABEL_WORDS


def index_idf(document_frequency: Callable[[str], tuple[int, int]]) -> Callable[[str], float]:
    """Inverse document frequency from an index's (passages with the word, all passages)."""

    def idf(word: str) -> float:
        held, total = document_frequency(word)
        return math.log((total + 1) / (held + 0.5)) + 1.0 if total else 1.0

    return idf
