"""From what was seen to the metrics of an item: no model, no index."""

from __future__ import annotations

from typing import Any

from evals.datasets.suite import Question
from evals.experiments.places import parse_passage
from evals.metrics.citations import citation_f1, citation_precision, citation_recall, verbatim_claims
from evals.metrics.nuggets import nugget_recall, quantity_recall
from evals.metrics.retrieval import ndcg, recall, reciprocal_rank
from evals.metrics.spans import GoldSpan, found_share, gold_ranking, within_characters
from evals.metrics.stages import lost_at
from evals.metrics.table import METRICS

Metrics = dict[str, float | None]
BUDGET = 6000


def grade(question: Question, seen: dict[str, Any], names: dict[str, str], stage: str = "answer") -> Metrics:
    """Every metric of the table; null where one does not apply. A failed item has 0 where it is measured."""
    metrics: Metrics = dict.fromkeys(METRICS)
    gold = gold_spans(question)
    if gold:
        metrics |= _retrieval(question, seen, names, gold)
    leaks = [*seen.get("leaks", []), *seen.get("leaks_without_groups", [])]
    metrics["leaks"] = float(len(set(leaks)))
    if stage == "retrieve":
        return {**metrics, "evidence_recall": None, "gold_in_evidence": None}
    citations = seen.get("citations", [])
    metrics["invalid_citations"] = float(sum(not one["valid"] for one in citations))
    metrics["fabricated_sources"] = float(sum(not one["known"] for one in citations))
    answered = seen.get("status") == "answered"
    if question.answerable:
        metrics["answered"] = float(answered)
        metrics |= _answer(question, said(seen["claims"]) if answered else "")
    else:
        metrics["abstained"] = float(seen.get("status") == "abstained")
    metrics["correct"] = float(is_right(question, seen.get("status", "failed"), seen.get("claims", [])))
    if answered:
        quotes = {one["number"]: one["quote"] for one in citations}
        metrics["verbatim_claims"] = verbatim_claims(seen["claims"], quotes)
        metrics["citation_precision"] = citation_precision(_cited(seen), gold)
    if gold:
        metrics["citation_recall"] = citation_recall(_cited(seen), gold)
        metrics["citation_f1"] = citation_f1(_cited(seen), gold)
        metrics["gold_cited"] = float(bool(metrics["citation_recall"]))
    return metrics


def is_right(question: Question, status: str, claims: list[dict[str, Any]]) -> bool:
    """Whether an answer says every nugget; or, where the documents answer nothing, there is none."""
    if not question.answerable:
        return status == "abstained"
    return status == "answered" and nugget_recall(said(claims), question.nuggets) == 1


def said(claims: list[dict[str, Any]]) -> str:
    """The sentences of an answer without their citation numbers, which are no numbers of the answer's."""
    return " ".join(str(claim["text"]) for claim in claims)


def lost(question: Question, seen: dict[str, Any], stage: str = "answer") -> str:
    """The step that lost the gold (see ``lost_at``); "none" where there is no gold."""
    gold = gold_spans(question)
    if not gold:
        return "none"
    if seen.get("error") or seen.get("status") in ("failed", "refused"):
        return "failed"
    retrieved = bool(found_share(_places(seen["considered"]), gold))
    if stage == "retrieve" and retrieved:
        return "retrieved"
    in_evidence = bool(found_share(_places([hit["passage"] for hit in seen["evidence"]]), gold))
    score, needed = seen.get("score"), seen.get("needed")
    return lost_at(
        pooled=bool(found_share(_places(seen.get("pool", [])), gold)),
        retrieved=retrieved,
        in_evidence=in_evidence,
        passed_gate=score is None or needed is None or score >= needed,
        cited=bool(citation_recall(_cited(seen), gold)),
    )


def gold_spans(question: Question) -> list[GoldSpan]:
    """The gold of a question as spans."""
    return [GoldSpan(gold.version, gold.start, gold.end) for gold in question.gold]


def _retrieval(
    question: Question, seen: dict[str, Any], names: dict[str, str], gold: list[GoldSpan]
) -> Metrics:
    retrieved = seen.get("retrieved", [])
    ranked_documents = list(dict.fromkeys(parse_passage(passage)[0] for passage in retrieved))
    wanted = {names[one.document]: 1 for one in question.gold}
    places = _places(retrieved)
    ranking = gold_ranking(places, gold)
    grades = {f"gold-{number}": 1 for number in range(len(gold))}
    evidence = _places([hit["passage"] for hit in seen.get("evidence", [])])
    return {
        "doc_recall@5": recall(ranked_documents, wanted, 5),
        "doc_ndcg@10": ndcg(ranked_documents, wanted, 10),
        "doc_mrr": reciprocal_rank(ranked_documents, wanted),
        "span_recall@5": recall(ranking, grades, 5),
        "span_recall@20": recall(ranking, grades, 20),
        "span_ndcg@10": ndcg(ranking, grades, 10),
        "span_mrr": reciprocal_rank(ranking, grades),
        "gold_in_6000_chars": within_characters(places, gold, BUDGET),
        "gold_retrieved": float(bool(found_share(places, gold))),
        "evidence_recall": found_share(evidence, gold),
        "gold_in_evidence": float(bool(found_share(evidence, gold))),
    }


def _answer(question: Question, text: str) -> Metrics:
    return {
        "nugget_recall": nugget_recall(text, question.nuggets),
        "number_recall": quantity_recall(text, question.nuggets, "number"),
        "date_recall": quantity_recall(text, question.nuggets, "date"),
        "unit_recall": quantity_recall(text, question.nuggets, "unit"),
    }


def _places(passages: list[str]) -> list[GoldSpan]:
    return [parse_passage(passage)[1] for passage in passages]


def _cited(seen: dict[str, Any]) -> list[GoldSpan]:
    return [GoldSpan(one["version"], one["start"], one["end"]) for one in seen.get("citations", [])]
