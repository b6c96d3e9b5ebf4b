"""Check a text against its sources, whoever wrote it: each sentence, with the words it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from graphs.citing.verdict import Verdict
from graphs.drafting.marks import marks_before_ends, without_marks
from graphs.judging.claim import judge
from graphs.state import DraftSentence, EvidencePassage
from graphs.text.roots import content_roots
from graphs.text.sentences import units
from graphs.text.words import content_words

LOOKED_AT = 6
"""Passages that a sentence is compared with: those that hold most of its words."""

PASSAGE_CHARS = 1400
"""Characters of a passage at most, as in an index of ours; a source is cut between its sentences."""

MIN_WORDS = 2
"""What has fewer content words says nothing that a source could support: "Here it is." """


@dataclass(frozen=True, slots=True)
class SourceText:
    """What a sentence may rest on: a text, such as a tool's result, and what it is called."""

    text: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class SourceSpan:
    """``quote == sources[source].text[start:end]``; ``source`` counts from 0."""

    source: int
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class CheckedSentence:
    """A sentence at ``text[start:end]`` of what was checked.

    ``verdict`` is None for what states nothing: a heading, a question, an introduction, code. ``reasons``:
    in words, why it is not ``verified``. ``spans``: the words it was compared with.
    """

    text: str
    start: int
    end: int
    verdict: Verdict | None
    reasons: tuple[str, ...] = ()
    spans: tuple[SourceSpan, ...] = ()


def check_text(text: str, sources: Sequence[SourceText], *, question: str = "") -> list[CheckedSentence]:
    """Each sentence, item and row of a text with its verdict against all sources.

    ``question`` may supply words that an answer repeats. Pure and deterministic; nothing is called.

    >>> [one.verdict for one in check_text("It opens at 8. It costs 9 EUR.", [SourceText("It costs 5 EUR.")])]
    ['unsupported', 'unsupported']
    >>> (found,) = check_text("A ticket costs 5 EUR [1].", [SourceText("A ticket costs 5 EUR.")])
    >>> found.verdict, found.spans[0].quote
    ('verified', 'A ticket costs 5 EUR.')
    """
    passages = list(_passages(sources))
    roots = [frozenset(content_roots(passage["text"])) for _, passage in passages]
    return [
        _checked(text, start, end, says, passages, roots, question) for start, end, says in _sentences(text)
    ]


def _sentences(text: str) -> Iterator[tuple[int, int, bool]]:
    """Where the sentences are, and whether each states something."""
    # A mark after a sentence's end belongs to it; moved before the end, no character is added or lost.
    for unit in units(marks_before_ends(text)):
        said = without_marks(text[unit.start : unit.end])
        states = unit.kind not in ("heading", "code") and not said.endswith(("?", ":"))
        yield unit.start, unit.end, states and len(content_words(said)) >= MIN_WORDS


def _checked(
    text: str,
    start: int,
    end: int,
    says: bool,
    passages: Sequence[tuple[int, EvidencePassage]],
    roots: Sequence[frozenset[str]],
    question: str,
) -> CheckedSentence:
    whole = text[start:end]
    if not says:
        return CheckedSentence(whole, start, end, None)
    said = without_marks(whole)
    asked = frozenset(content_roots(said))
    order = sorted(range(len(passages)), key=lambda place: -len(asked & roots[place]))
    near = [passages[place] for place in order[:LOOKED_AT] if asked & roots[place]]
    if not near:
        return CheckedSentence(whole, start, end, "unsupported", ("no source has its words",))
    evidence = [passage for _, passage in near]
    claim = DraftSentence(text=said, sources=list(range(1, len(near) + 1)), quotes=[])
    judged = judge(claim, evidence, question=question, weight=lambda _: 1.0, stands=lambda *_: True)
    number = {id(passage): source for source, passage in near}
    spans = tuple(
        SourceSpan(
            number[id(passage)],
            passage["start"] + span.start,
            passage["start"] + span.end,
            passage["text"][span.start : span.end],
        )
        for passage, span in judged.spans
    )
    return CheckedSentence(whole, start, end, judged.verdict, tuple(judged.checks.reasons), spans)


def _passages(sources: Sequence[SourceText]) -> Iterator[tuple[int, EvidencePassage]]:
    """The sources in pieces, each with the place of its source."""
    for place, source in enumerate(sources):
        for start, end in _pieces(source.text):
            yield (
                place,
                EvidencePassage(
                    doc_id=str(place),
                    version=sha256(source.text.encode()).hexdigest(),
                    start=start,
                    end=end,
                    text=source.text[start:end],
                    title=source.title,
                    uri="",
                    headings=[],
                    page=None,
                    scores={},
                ),
            )


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    start = end = 0
    for unit in units(text):
        if unit.end - start > PASSAGE_CHARS and end > start:
            yield start, end
            start = unit.start
        end = unit.end
    if end > start:
        yield start, end
