"""What strangers' text reaches: each takes two texts, raises nothing but what it documents, and ends soon."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from langchain_core.messages import AIMessage

from app.answers.find_again import CurrentText, QuotedPlace, occurrences, verify
from app.extractive import answer_kinds, figures, names, question_parts
from app.extractive import editions as asked_editions
from app.extractive.pieces import pieces
from app.extractive.readable import cells as readable_cells
from app.extractive.readable import readable
from app.retrieval.scope import FilterError
from app.safety.canary import holds_canary
from app.safety.guard import in_turn
from app.safety.injection import score_injection
from app.safety.links import carries, keep_allowed_links
from app.safety.our_guards import answer_guards, question_guards
from app.safety.settings import SafetySettings
from app.terminal.answers import parse_filters
from graphs.calling.call import DraftFormatError
from graphs.citing import align, clauses, language, stance, text_fragment
from graphs.citing.facts import facts
from graphs.citing.verdict import Cited, check_claim
from graphs.drafting import follow_up, read, small_talk
from graphs.judging import editions, row_values
from graphs.judging.check_text import SourceText, check_text
from graphs.judging.claim import judge
from graphs.judging.conflicts import find_conflicts
from graphs.judging.released_sentences import say_the_same
from graphs.judging.stated_inputs import read_stated
from graphs.state import DraftSentence, EvidencePassage
from graphs.text import (
    blocks,
    dates,
    excerpts,
    number_words,
    quantities,
    roots,
    sentences,
    table_rows,
    visible,
    words,
)
from tools.exact_arithmetic import Amount, FormulaError, evaluate, parse

Target = Callable[[str, str], Any]

CLAIM = 1_000
PASSAGE = 1_400
"""Characters: no passage of an index with the default settings is longer."""
CHECKED = 3_000
"""Characters of a whole text that is checked sentence by sentence, and of its source: its time is each
sentence's, ``claim`` and ``same claim`` here, so no single number bounds it."""

HOSTS = frozenset({"ok.example"})


def targets() -> Mapping[str, Target]:
    """By name. What one is given is cut to what it is given in the product; the rest takes the whole."""
    safety = SafetySettings(
        max_question_chars=100_000,
        allowed_link_hosts=sorted(HOSTS),
        personal_data="redact",
        question_personal_data="redact",
        guard_ms=10_000,
    )
    question, answer = in_turn(question_guards(safety)), in_turn(answer_guards(safety))
    return {
        "guard: question": lambda a, _: question(a),
        "guard: answer": lambda a, _: answer(a),
        "guard: injection": lambda a, _: score_injection(a),
        "guard: canary": lambda a, _: holds_canary(a, "pc-0123456789abcdef"),
        "egress: links": lambda a, _: keep_allowed_links(a, HOSTS),
        "egress: carries": lambda a, _: carries(a, HOSTS),
        "split: sentences": lambda a, _: sentences.units(a),
        "split: clauses": lambda a, _: clauses.clauses(a),
        "split: drafts": lambda a, _: read.marked_sentences(a),
        "split: blocks": lambda a, _: (blocks.block_at(a, len(a) // 2), blocks.definition_at(a, len(a) // 2)),
        "split: excerpt": lambda a, _: excerpts.excerpt_around(a, len(a) // 3, len(a) // 2),
        "split: cells": lambda a, _: (table_rows.cells(a), readable_cells(a[:PASSAGE])),
        "draft: read": _may_raise(lambda a, _: read.read_draft(AIMessage(a)), DraftFormatError),
        "draft: shown": lambda a, _: read.show_evidence([passage(a)], "n"),
        "filters": _may_raise(lambda a, _: parse_filters(a.split(" ")), FilterError),
        "question: parts": lambda a, _: question_parts.question_parts(a),
        "question: names": lambda a, _: names.names(a),
        "question: kinds": lambda a, _: (answer_kinds.asked_kinds(a), answer_kinds.holds_kind("value", a)),
        "question: alone": lambda a, b: follow_up.stand_alone(a, [(b, a[:500])]),
        "question: small talk": lambda a, _: small_talk.is_small_talk(a),
        "read: dates": lambda a, _: dates.dates(a),
        "read: quantities": lambda a, _: quantities.quantities(a),
        "read: number words": lambda a, _: list(number_words.spoken(a)),
        "read: words": lambda a, _: (roots.content_roots(a), words.content_words(a), words.written_words(a)),
        "read: visible": lambda a, _: (visible.visible(a), visible.fold(a)),
        "read: stance": lambda a, b: stance.differences(stance.stance(a), stance.stance(b)),
        "read: facts": lambda a, _: facts(a),
        "read: language": lambda a, _: language.is_known(a),
        "read: figures": lambda a, _: (figures.numbers(a), figures.figures(a)),
        "read: editions": lambda a, b: (
            editions.edition_rank(a),
            editions.version_rank(a),
            editions.without_edition(a),
            asked_editions.outdated(a[:CLAIM], [a[:300], b[:300]]),
        ),
        "read: readable": lambda a, _: readable(a[:PASSAGE]),
        "read: pieces": lambda a, _: pieces("how long", passage(a[:PASSAGE])),
        "check: quote": lambda a, b: align.find_quote(a[:CLAIM], b),
        "check: span": lambda a, b: align.best_span(a[:CLAIM], b),
        "check: claim": lambda a, b: check_claim(a[:CLAIM], [Cited(b[:PASSAGE], ("T",))], question="how"),
        "check: same claim": lambda a, _: check_claim(a[:CLAIM], [Cited(a[1:CLAIM] + "x", ("T",))]),
        "check: long claim": lambda a, b: check_claim(a, [Cited(b[:PASSAGE], ("T",))]),
        "check: judge": _judge,
        "check: text": lambda a, b: check_text(a[:CHECKED], [SourceText(b[:CHECKED])]),
        "check: repeated": lambda a, b: say_the_same(a[:CLAIM], b[:CLAIM]),
        "check: rows": lambda a, b: row_values.other_value(a[:CLAIM], b[:CLAIM]),
        "check: conflicts": _conflicts,
        "cite: link": _link,
        "verify": lambda a, b: verify(QuotedPlace(a[:300] or "x", 0, 300), None, CurrentText(b)),
        "verify: places": lambda a, b: occurrences(a[:50] or "x", b),
        "compute: formula": _may_raise(
            lambda a, _: evaluate(parse(a), {"a": Amount(Fraction(3))}), FormulaError
        ),
        "compute: input": lambda a, b: read_stated(a[:60], b[:PASSAGE]),
    }  # fmt: skip


def passage(text: str, doc_id: str = "d") -> EvidencePassage:
    """A text as evidence."""
    return EvidencePassage(
        doc_id=doc_id, version="v", start=0, end=len(text), text=text, title="T", uri="", headings=[],
        page=None, scores={}, metadata={},
    )  # fmt: skip


def _judge(claim: str, source: str) -> Any:
    draft = DraftSentence(text=claim[:CLAIM], sources=[1], quotes=[source[:300]])
    evidence = [passage(source[:PASSAGE])]
    return judge(draft, evidence, question="q", weight=lambda _: 1.0, stands=lambda *_: True)


def _conflicts(one: str, other: str) -> Any:
    cited = {
        "doc_id": "d", "version": "v", "start": 0, "end": min(len(one), CLAIM), "quote": one[:CLAIM],
        "title": "T", "headings": [],
    }  # fmt: skip
    return find_conflicts([cited], [passage(one[:PASSAGE]), passage(other[:PASSAGE], "e")])


def _link(text: str, _: str) -> Any:
    return (
        text_fragment.text_directive(text, len(text) // 3, 2 * len(text) // 3 + 1) if len(text) > 6 else None
    )


def _may_raise(target: Target, *expected: type[Exception]) -> Target:
    def run(one: str, other: str) -> Any:
        try:
            return target(one, other)
        except expected:
            return None

    return run
