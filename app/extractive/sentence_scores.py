"""How well each sentence of the evidence answers the question: a fixed, measured mix."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.extractive.answer_kinds import Kind, asked_kinds, holds_kind
from app.extractive.figures import numbers
from app.extractive.named import Placed, about_the_named
from app.extractive.pieces import pieces
from app.extractive.question_parts import question_parts, says_enough
from app.extractive.subjects import subject_at
from app.registry.document import embedded_text
from app.retrieval.embedding.embedding_cache import EmbeddingCache
from app.retrieval.word_weights import WordWeights
from app.storage.held import Held
from graphs.state import EvidencePassage
from graphs.text.words import STOP_WORDS, stem, words

if TYPE_CHECKING:
    import numpy as np

SENTENCE, PASSAGE, COVERAGE, KIND = 0.5, 0.35, 0.35, 0.06

MAX_PARTS = 3
"""Parts of a question that are looked at one by one."""

TELLING = frozenset(
    "other before after without under over above below during most same own off until against".split()
)
"""Words that say little alone, and what is asked for beside others: the other parent, before the date."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A piece of a passage that could be a sentence of the answer.

    ``start``: where its last quote begins in the passage ``source``, which counts from 1; ``quotes`` are the
    exact words it is made of (a table row and its header, else one piece). ``parts``: how well it answers
    each part of a question that has several. ``complete``: it holds every kind of thing that is asked for.
    """

    text: str
    quotes: tuple[str, ...]
    source: int
    start: int
    score: float
    parts: tuple[float, ...] = ()
    complete: bool = False


ReadTexts = Callable[[Collection[tuple[str, str]]], Mapping[tuple[str, str], str]]
"""(doc_id, version) of each -> canonical text of those that are kept."""


@dataclass(frozen=True, slots=True)
class _Traits:
    """A piece's words, with those above it, and what kinds of thing it holds."""

    words: set[str]
    kinds: frozenset[Kind]


class SentenceScorer:
    """Scores sentences as

        .5 cos(q, sentence) + .35 cos(q, passage) + .35 coverage(q; sentence + title) + .06 kind(q, sentence)

    where coverage is the share of the question's words and numbers, weighted by inverse document frequency,
    that the sentence, the title or the headings hold, and kind is the share of the kinds of thing asked for
    (a time, an amount, a name, ...) that the sentence holds. Other mixes, and a trained model over twenty
    features, were no better on halves of SQuAD, ClapNQ and TAT-QA dev.
    """

    def __init__(
        self, cache: EmbeddingCache, weigh: WordWeights, read: ReadTexts | None = None, runs: int = 64
    ) -> None:
        """``runs``: how many questions with their evidence are held between the steps of their answers."""
        self._cache = cache
        self._read = read
        self._weigh = weigh
        self._held: Held[object, tuple[Candidate, ...]] = Held(runs)

    def candidates(self, question: str, evidence: Sequence[EvidencePassage]) -> list[Candidate]:
        """All pieces of the evidence with their scores, best first."""
        asked = {word for part in [question, *_parts(question)] for word in _words(part)}
        weights = self._weigh(sorted(asked))
        # The gate and the extractor of one run ask for the same in turn, many runs at once. All that scores
        # hang on is in the key, the index's present weights too.
        key = (question, tuple(weights.items()), tuple(map(_scored_by, evidence)))
        return list(self._held.get(key, lambda: tuple(self._scored(question, evidence, weights))))

    def _scored(
        self, question: str, evidence: Sequence[EvidencePassage], weights: Mapping[str, float]
    ) -> list[Candidate]:
        placed = about_the_named(question, evidence, self._placed(question, evidence))
        if not placed:
            return []
        asked = self._cache.question(question)
        near = [PASSAGE * self._passage_cosine(asked, passage) for passage in evidence]
        above = [_words(" ".join([p["title"], *p["headings"]])) for p in evidence]
        parts = _parts(question)
        kinds = asked_kinds(question).union(*map(asked_kinds, parts))
        traits = [
            _Traits(
                _words(one.piece.scored) | _words(one.subject.term) | above[one.source],
                frozenset(kind for kind in kinds if holds_kind(kind, one.piece.text, question)),
            )
            for one in placed
        ]
        vectors = self._cache.vectors([_with_term(one) for one in placed])
        whole = self._answering(question, question, vectors, traits, weights)
        by_part = [
            self._answering(part, question, vectors, traits, weights) for part in parts if len(parts) > 1
        ]
        wanted = asked_kinds(question)
        scored = []
        for place, one in enumerate(placed):
            piece = one.piece
            rest = near[one.source]
            scored.append(
                Candidate(
                    text=piece.text,
                    quotes=piece.quotes,
                    source=one.source + 1,
                    start=piece.start,
                    score=whole[place] + rest,
                    parts=tuple((whole[place] + by[place]) / 2 + rest for by in by_part),
                    complete=bool(wanted) and wanted <= traits[place].kinds,
                )
            )
        return sorted(scored, key=lambda candidate: (-candidate.score, candidate.source, candidate.start))

    def _placed(self, question: str, evidence: Sequence[EvidencePassage]) -> list[Placed]:
        """The pieces of the evidence with what they are about; short ones only where a term says what."""
        keys = {(passage["doc_id"], passage["version"]) for passage in evidence}
        texts = self._read(keys) if self._read is not None and keys else {}
        found = []
        for source, passage in enumerate(evidence):
            stored = texts.get((passage["doc_id"], passage["version"]))
            # What a tool said, or a host's own passage, is its own text.
            text, base = (passage["text"], 0) if stored is None else (stored, passage["start"])
            for piece in pieces(question, passage):
                subject = subject_at(text, base + piece.start)
                if subject.term or not piece.short:
                    found.append(Placed(source, piece, subject))
        return found

    def _answering(
        self,
        part: str,
        question: str,
        vectors: np.ndarray,
        traits: Sequence[_Traits],
        weights: Mapping[str, float],
    ) -> list[float]:
        """What of each piece's score depends on how the question, or this part of it, is put."""
        kinds = asked_kinds(part)
        similar = coverage = [0.0] * len(traits)
        if part == question or says_enough(part):
            similar = (vectors @ self._cache.question(part)).tolist()
            wanted = {word: weights[word] for word in _words(part)}
            total = sum(wanted.values()) or 1.0
            coverage = [sum(wanted[word] for word in wanted.keys() & one.words) / total for one in traits]
        return [
            SENTENCE * cosine + COVERAGE * covered + KIND * len(kinds & one.kinds) / max(len(kinds), 1)
            for cosine, covered, one in zip(similar, coverage, traits, strict=True)
        ]

    def _passage_cosine(self, asked: np.ndarray, passage: EvidencePassage) -> float:
        """As the dense leg found it; computed where only the lexical one did."""
        known = passage["scores"].get("dense")
        if known is not None:
            return float(known)
        return float(self._cache.vectors([embedded_text(passage["headings"], passage["text"])])[0] @ asked)


def _with_term(one: Placed) -> str:
    return f"{one.subject.term}: {one.piece.scored}" if one.subject.term else one.piece.scored


def _parts(question: str) -> list[str]:
    return question_parts(question)[:MAX_PARTS]


def _scored_by(passage: EvidencePassage) -> tuple[object, ...]:
    place = (passage["doc_id"], passage["version"], passage["start"], passage["end"])
    return *place, passage["text"], passage["title"], *passage["headings"], passage["scores"].get("dense")


def _words(text: str) -> set[str]:
    """Content words, words that tell things apart, and numbers as numbers: "2.50" is not a "50"."""
    kept = {
        stem(word) for word in words(text) if word in TELLING or not (word in STOP_WORDS or word.isdigit())
    }
    return kept | set(numbers(text))
