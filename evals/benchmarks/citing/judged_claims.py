"""Claims that people, or the writer of a set, judged: with the texts they are to be held against."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from graphs.text.sentences import units
from graphs.text.words import content_words

PARAPHRASES = Path(__file__).parents[2] / "datasets" / "paraphrases" / "claims.jsonl"
LANGUAGES = Path(__file__).parents[2] / "datasets" / "languages" / "claims.yaml"
ATTRIBUTION, CONVERSATIONS = "attributionbench", "mtrag_human_judgements"
FAITHFUL, UNFAITHFUL = 4.0, 2.0
"""All annotators give the first (of 1 to 4); the median is at most the second."""

_MARK = re.compile(r"\s*\[\s*\^?\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*\s*\]")


@dataclass(frozen=True, slots=True)
class JudgedClaim:
    """One claim, without the marks of its own citations. ``right``: it is supported by the ``texts``."""

    source: str
    group: str
    claim: str
    texts: tuple[str, ...]
    right: bool
    question: str = ""
    context: tuple[str, ...] = ()
    kind: str = ""


def attribution(folder: Path) -> list[JudgedClaim]:
    """AttributionBench, dev half: claims of systems, judged by people."""
    return [
        JudgedClaim(
            ATTRIBUTION,
            item["question"] or "",
            _MARK.sub("", item["claim"]),
            tuple(item["references"]),
            item["label"] == "attributable",
            item["question"] or "",
            kind=item["source"],
        )
        for item in _lines(folder / ATTRIBUTION / "dev.jsonl")
    ]


def conversations(folder: Path) -> list[JudgedClaim]:
    """Sentences of MTRAG's judged responses. A whole response was judged: of one that is unfaithful some
    sentences are true, so what is said of its sentences is an upper bound."""
    found: list[JudgedClaim] = []
    for item in _lines(folder / CONVERSATIONS / "items.jsonl"):
        scores = list((item["human"].get("faithfulness") or {}).values())
        right = bool(scores) and min(scores) >= FAITHFUL
        wrong = item["human_median"].get("faithfulness", FAITHFUL) <= UNFAITHFUL
        texts = tuple(context["text"] for context in item["contexts"])
        if not texts or right == wrong:
            continue
        question = item["conversation"][-1].get("text", "") if item["conversation"] else ""
        found += [
            JudgedClaim(CONVERSATIONS, item["task_id"], claim, texts, right, question, kind=item["model_id"])
            for unit in units(item["response"])
            if len(content_words(claim := unit.of(item["response"]))) > 1
        ]
    return found


def paraphrases(half: str = "") -> list[JudgedClaim]:
    """Our own 400 over the sample documents: 200 facts, each with a true and a false sentence in free words.
    They were written before the checks of today, by somebody who had not read the checks."""
    return [
        JudgedClaim(
            "paraphrases",
            item["fact"],
            item["claim"],
            (_passage(item["evidence"]),),
            item["label"] == "true",
            item["question"],
            tuple(item["headings"]),
            item["kind"],
        )
        for item in _lines(PARAPHRASES)
        if not half or item["half"] == half
    ]


def wrong_in_languages() -> list[JudgedClaim]:
    """Sentences in thirteen languages, each without a denial, or with another number or unit."""
    found = yaml.safe_load(LANGUAGES.read_text(encoding="utf-8"))
    return [
        JudgedClaim(one["language"], one["language"], claim, (one["source"],), False, kind=kind)
        for one in found
        for kind in ("denial", "number", "unit")
        for claim in one[kind]
    ]


def word_weights(claims: Sequence[JudgedClaim]) -> Callable[[str], float]:
    """Inverse document frequency over the sentences of all texts, as evidence has it in an answer."""
    texts = {text for claim in claims for text in claim.texts}
    counts = Counter(word for text in texts for word in set(content_words(text)))
    size = len(texts)
    return lambda word: math.log((size + 1) / (counts[word] + 0.5)) + 1.0


def _passage(evidence: Sequence[str]) -> str:
    """Sentences of a paragraph, rows of a table."""
    return ("\n" if any("|" in line for line in evidence) else " ").join(evidence)


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)
