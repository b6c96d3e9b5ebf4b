"""Ask one question and keep what was seen, as plain data."""

from __future__ import annotations

import time
from typing import Any

from langchain_core.messages import convert_to_messages

from app.compose import Pincite
from evals.datasets.suite import Question
from evals.experiments.opened_suite import Opened
from evals.experiments.places import parse_passage
from evals.metrics.spans import GoldSpan, found_share
from graphs.contracts import Answer
from graphs.nodes.contextualize import combine
from graphs.state import AskContext

Observation = dict[str, Any]


def observe(opened: Opened, question: Question, stage: str = "answer", *, probes: bool = True) -> Observation:
    """The answer to one question, what led to it, and the probes that explain a loss. Never raises."""
    begun = time.perf_counter()
    try:
        if stage == "retrieve":
            return _search(opened, question)
        answer = _ask(opened.pincite, question)
        latency_ms = (time.perf_counter() - begun) * 1000
        return {
            **_seen(opened, question, answer),
            "latency_ms": round(latency_ms, 1),
            **(_probes(opened, question, answer) if probes else {}),
        }
    except Exception as error:  # one broken item must not lose the run; it counts as failed
        return failed(error, (time.perf_counter() - begun) * 1000)


def _search(opened: Opened, question: Question) -> Observation:
    """The retriever alone, asked what the graph would ask it without a model."""
    earlier: list[Any] = convert_to_messages(question.history)
    query = combine(question.question, earlier) if earlier else question.question
    begun = time.perf_counter()
    found = opened.pincite.retriever.invoke(query, groups=question.groups, filters=question.filters)
    milliseconds = round((time.perf_counter() - begun) * 1000, 1)
    seen = {document.metadata["doc_id"] for document in found}
    passages = [str(document.id) for document in found]
    return {
        "status": "retrieved",
        "searched": query,
        "retrieved": passages,
        "considered": passages,
        "evidence": [],
        "leaks": _forbidden(opened, seen, set(question.groups)),
        "steps_ms": {"retrieve": milliseconds},
        "latency_ms": milliseconds,
        "pool": _pool(opened, question, query, passages),
    }


def failed(error: Exception, latency_ms: float) -> Observation:
    """What is kept of a question whose asking raised."""
    return {"error": f"{type(error).__name__}: {error}"[:500], "latency_ms": round(latency_ms, 1)}


def _ask(pincite: Pincite, question: Question, **changed: Any) -> Answer:
    context = AskContext(
        groups=changed.pop("groups", question.groups), extractive=not pincite.settings.model, **changed
    )
    return pincite.ask(
        question.question, messages=question.history, filters=question.filters, context=context
    )


def _seen(opened: Opened, question: Question, answer: Answer) -> Observation:
    receipt = answer.receipt
    searches = receipt.get("retrievals", [])
    ranked = receipt.get("rerankings", [])
    last = ranked[-1] if ranked else {"evidence": [], "score": None, "needed": None}
    # What a tool of the model found is evidence too.
    found = [*last["evidence"], *(hit for call in receipt.get("tools", []) for hit in call.get("found", []))]
    steps: dict[str, float] = {}
    for step in receipt.get("steps", []):
        steps[step["node"]] = round(steps.get(step["node"], 0.0) + step["ms"], 1)
    return {
        "status": answer.status,
        "mode": answer.mode,
        "text": answer.text,
        "claims": [claim.model_dump(include={"text", "verdict", "citations"}) for claim in answer.claims],
        "citations": [_citation(opened.pincite, c.model_dump(), found) for c in answer.citations],
        "reason": answer.abstention.reason if answer.abstention else "",
        "searched": receipt.get("standalone") or question.question,
        "retrieved": [hit["passage"] for hit in searches[0]["found"]] if searches else [],
        "considered": list(dict.fromkeys(hit["passage"] for search in searches for hit in search["found"])),
        "evidence": [_passage(opened.pincite, hit) for hit in found],
        "score": last["score"],
        "needed": last["needed"],
        "usage": receipt.get("usage", {}),
        "cost_usd": receipt.get("cost", {}).get("usd"),
        "steps_ms": steps,
        "notices": answer.notices,
        "fallbacks": receipt.get("fallbacks", []),
        "problem": answer.problem.code if answer.problem else None,
        "leaks": _leaks(opened, answer, set(question.groups)),
    }


def _citation(pincite: Pincite, citation: dict[str, Any], evidence: list[dict[str, Any]]) -> dict[str, Any]:
    """The citation, whether its words stand where it says, and whether it is of a passage that was shown."""
    stored = pincite.registry.text(citation["doc_id"], citation["version"])
    start, end = citation["start"], citation["end"]
    shown = [parse_passage(hit["passage"]) for hit in evidence]
    within = any(
        doc_id == citation["doc_id"]
        and citation["version"].startswith(place.version)
        and place.start <= start
        and end <= place.end
        for doc_id, place in shown
    )
    # A tool's result is its own document and is not stored; then it must have been among the evidence.
    words = stored is None or (bool(citation["quote"]) and stored[start:end] == citation["quote"])
    return {
        **{key: citation[key] for key in ("number", "doc_id", "version", "start", "end", "quote", "title")},
        "valid": words and (stored is not None or within),
        "known": within,
    }


def _passage(pincite: Pincite, hit: dict[str, Any]) -> dict[str, Any]:
    doc_id, place = parse_passage(hit["passage"])
    text = pincite.registry.text(doc_id, place.version)
    return {
        "passage": hit["passage"],
        "doc_id": doc_id,
        "title": _title(pincite, doc_id),
        "start": place.start,
        "end": place.end,
        "scores": hit["scores"],
        "text": text[place.start : place.end] if text is not None else None,
    }


def _title(pincite: Pincite, doc_id: str) -> str:
    found = pincite.registry.find(doc_id)
    return found[0].title if len(found) == 1 else doc_id


def _leaks(opened: Opened, answer: Answer, groups: set[str]) -> list[str]:
    """The restricted documents that this asker may not read and that got anywhere near the answer."""
    receipt = answer.receipt
    lists = [*receipt.get("retrievals", []), *receipt.get("tools", [])]
    hits = [hit for entry in lists for hit in entry.get("found", [])]
    hits += [hit for entry in receipt.get("rerankings", []) for hit in entry["evidence"]]
    seen = {parse_passage(hit["passage"])[0] for hit in hits}
    seen |= {citation.doc_id for citation in answer.citations}
    seen |= {near.doc_id for near in answer.abstention.nearest} if answer.abstention else set()
    return _forbidden(opened, seen, groups)


def _forbidden(opened: Opened, documents: set[str], groups: set[str]) -> list[str]:
    return sorted(doc for doc in documents if doc in opened.readers and not opened.readers[doc] & groups)


def _probes(opened: Opened, question: Question, answer: Answer) -> Observation:
    """What is asked beside the question, outside its latency: each tells where something was lost."""
    pincite, receipt = opened.pincite, answer.receipt
    searches = receipt.get("retrievals", [])
    considered = [hit["passage"] for search in searches for hit in search["found"]]
    query = receipt.get("standalone") or question.question
    found: Observation = {
        "pool": _pool(opened, question, query, considered),
        "ungated": None,
        "leaks_without_groups": [],
    }
    gated = answer.status == "abstained" and not pincite.settings.model and receipt.get("rerankings")
    if gated:
        # The answer from the evidence that was scored last, not from that before the second look.
        open_gate = receipt["rerankings"][-1]["score"] or 0.0
        found["ungated"] = _ask(pincite, question, gate=open_gate).model_dump(include={"status", "claims"})
    if question.groups:
        found["leaks_without_groups"] = _leaks(opened, _ask(pincite, question, groups=[]), set())
    return found


def _pool(opened: Opened, question: Question, query: str, considered: list[str]) -> list[str]:
    """Where the gold is not among what was considered: everything the legs bring, before the cut to top_k."""
    gold = [GoldSpan(one.version, one.start, one.end) for one in question.gold]
    if not gold or found_share([parse_passage(passage)[1] for passage in considered], gold):
        return []
    pincite = opened.pincite
    deep = pincite.retriever.invoke(
        query, groups=question.groups, filters=question.filters, k=pincite.settings.retrieval.candidates
    )
    return [str(document.id) for document in deep]
