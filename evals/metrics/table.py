"""The metrics of an item: what each is called, which way is better, and what it may decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Metric:
    """``gates``: a fall blocks a change. ``zero``: must not happen at all, in any item.

    A gating metric applies to the same items in every run of a dataset, whatever the system did: one that
    is null for some answers would compare other questions in each run.
    """

    title: str
    group: Literal["retrieval", "answer", "citations", "zero tolerance"]
    about: str
    gates: bool = False
    zero: bool = False


METRICS: Mapping[str, Metric] = {
    "doc_recall@5": Metric("Document recall@5", "retrieval", "gold documents among the first 5 documents"),
    "doc_ndcg@10": Metric("Document nDCG@10", "retrieval", "order of the gold documents"),
    "doc_mrr": Metric("Document MRR", "retrieval", "1 / rank of the first gold document"),
    "span_recall@5": Metric("Gold recall@5", "retrieval", "gold spans covered by half within 5 passages"),
    "span_recall@20": Metric("Gold recall@20", "retrieval", "the same within 20 passages", gates=True),
    "span_ndcg@10": Metric("Gold nDCG@10", "retrieval", "order of the passages with gold", gates=True),
    "span_mrr": Metric("Gold MRR", "retrieval", "1 / rank of the first passage with gold"),
    "gold_in_6000_chars": Metric(
        "Gold in 6,000 characters", "retrieval", "gold characters among the first 6,000 retrieved"
    ),
    "gold_retrieved": Metric("Any gold retrieved", "retrieval", "at least one gold span was retrieved"),
    "evidence_recall": Metric("Gold in evidence", "retrieval", "gold spans among the evidence", gates=True),
    "gold_in_evidence": Metric("Any gold in evidence", "retrieval", "at least one gold span in the evidence"),
    "correct": Metric(
        "Right", "answer", "every nugget said; or abstained, where nothing answers", gates=True
    ),
    "answered": Metric("Answered", "answer", "an answer was given to an answerable question"),
    "abstained": Metric("Rightly abstained", "answer", "no answer to an unanswerable question", gates=True),
    "nugget_recall": Metric("Nuggets", "answer", "facts of the reference that the answer says", gates=True),
    "number_recall": Metric("Numbers", "answer", "numbers of the reference that the answer has"),
    "date_recall": Metric("Dates", "answer", "dates of the reference that the answer has"),
    "unit_recall": Metric("Numbers with units", "answer", "numbers that the answer has with their unit"),
    "gold_cited": Metric("Any gold cited", "citations", "at least one gold span is cited"),
    "citation_f1": Metric("Citation F1", "citations", "citations against gold; 0 for no answer", gates=True),
    "citation_precision": Metric("Citation precision", "citations", "citations that are gold, where any"),
    "citation_recall": Metric("Citation recall", "citations", "gold spans that are cited"),
    "verbatim_claims": Metric(
        "Verbatim claims", "citations", "sentences that stand word for word in a quote"
    ),
    "leaks": Metric(
        "Leaks", "zero tolerance", "documents the asker may not read, anywhere near the answer", zero=True
    ),
    "invalid_citations": Metric(
        "Invalid citations", "zero tolerance", "quotes that are not in the stored version", zero=True
    ),
    "fabricated_sources": Metric(
        "Fabricated sources", "zero tolerance", "citations of what was not among the evidence", zero=True
    ),
}

GATING = tuple(key for key, metric in METRICS.items() if metric.gates)
ZERO = tuple(key for key, metric in METRICS.items() if metric.zero)
