"""An answer asked for once more, by what its receipt holds, and what is different now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.answers.store import AnswerStoreError
from app.registry.registry import Registry
from graphs.state import AskContext


@dataclass(frozen=True, slots=True)
class ReplayQuestion:
    """What a receipt says was asked: the question as it stood alone, its filters, and the run's context."""

    question: str
    filters: Mapping[str, Any]
    context: AskContext


@dataclass(frozen=True, slots=True)
class ReplayDifference:
    """Something that was not then as it is now."""

    what: str
    then: Any
    now: Any


@dataclass(frozen=True, slots=True)
class Replay:
    """A comparison. ``only_then`` and ``only_now``: sentences; ``documents``: those of the evidence that
    are not here as they were, with what became of them."""

    id: str
    question: str
    differences: Sequence[ReplayDifference] = ()
    documents: Mapping[str, str] = field(default_factory=dict)
    same: Sequence[str] = ()
    only_then: Sequence[str] = ()
    only_now: Sequence[str] = ()

    @property
    def answers_the_same(self) -> bool:
        """Whether status and sentences are what they were; a notice or a score may differ."""
        changed = any(one.what == "status" for one in self.differences)
        return not (changed or self.only_then or self.only_now)


def question_of(answer: Mapping[str, Any]) -> ReplayQuestion:
    """What to ask again. Raises ``AnswerStoreError`` where the receipt is not kept, or is not as ours are."""
    receipt = answer.get("receipt") or {}
    if not isinstance(receipt, Mapping) or not _is_ours(receipt):
        raise AnswerStoreError(f"answer {answer.get('id')} has a receipt that is not as ours are")
    if not receipt.get("question"):
        raise AnswerStoreError(f"answer {answer.get('id')} has no receipt to ask it again by")
    context = receipt.get("context") or {}
    known = {name: context[name] for name in ("top_k", "extractive", "chain", "gate") if name in context}
    return ReplayQuestion(
        receipt.get("standalone") or receipt["question"],
        receipt.get("filters") or {},
        AskContext(groups=list(receipt.get("groups", [])), user=receipt.get("user", "anonymous"), **known),
    )


def _is_ours(receipt: Mapping[str, Any]) -> bool:
    """Whether what is read of a receipt is of the right kinds: one from a file may hold anything."""
    known = {"question": str, "standalone": str, "user": str, "filters": Mapping, "context": Mapping}
    lists = ("groups", "rerankings", "prompts")
    if not all(isinstance(receipt[name], kind) for name, kind in known.items() if receipt.get(name)):
        return False
    if not all(isinstance(receipt[name], list) for name in lists if receipt.get(name)):
        return False
    rounds, prompts = receipt.get("rerankings") or [], receipt.get("prompts") or []
    evidence = [one for each in rounds if isinstance(each, Mapping) for one in each.get("evidence", ())]
    return (
        all(isinstance(each, Mapping) and "score" in each and "evidence" in each for each in rounds)
        and all(isinstance(one, Mapping) and isinstance(one.get("passage"), str) for one in evidence)
        and all(isinstance(one, Mapping) and {"name", "sha256"} <= set(one) for one in prompts)
        and all(isinstance(one, str) for one in receipt.get("groups") or [])
    )


def compared(then: Mapping[str, Any], now: Mapping[str, Any], registry: Registry) -> Replay:
    """What differs between an answer and the same question's answer of today
    (``graphs.contracts.Answer``)."""
    before, after = _seen(then), _seen(now)
    differences = [
        ReplayDifference(what, before[what], after[what]) for what in before if before[what] != after[what]
    ]
    said, says = ([claim["text"] for claim in one.get("claims", [])] for one in (then, now))
    return Replay(
        id=str(then.get("id", "")),
        question=str(then.get("question", "")),
        differences=differences,
        documents=_changed_documents(_evidence(then), registry),
        same=[one for one in said if one in says],
        only_then=[one for one in said if one not in says],
        only_now=[one for one in says if one not in said],
    )


def _seen(answer: Mapping[str, Any]) -> dict[str, Any]:
    receipt = answer.get("receipt") or {}
    citations = answer.get("citations", [])
    return {
        "status": answer.get("status"),
        "mode": answer.get("mode"),
        "index generation": receipt.get("index_generation"),
        "settings hash": receipt.get("settings"),
        "prompts": [f"{one['name']}@{one['sha256'][:12]}" for one in receipt.get("prompts", [])],
        "model": receipt.get("model"),
        "model as served": receipt.get("model_served"),
        "score": next((one["score"] for one in reversed(receipt.get("rerankings", []))), None),
        "evidence": _evidence(answer),
        "cited": [f"{one['doc_id']}@{one['version'][:8]}:{one['start']}-{one['end']}" for one in citations],
    }


def _evidence(answer: Mapping[str, Any]) -> list[str]:
    """The passages that were shown, as ``graphs.passages.passage_id`` names them."""
    receipt = answer.get("receipt") or {}
    rounds = receipt.get("rerankings", [])
    return [one["passage"] for one in rounds[-1]["evidence"]] if rounds else []


def _changed_documents(evidence: Sequence[str], registry: Registry) -> dict[str, str]:
    places = {tuple(one.rpartition(":")[0].rpartition("@")[::2]) for one in evidence}
    current = registry.named({doc_id for doc_id, _ in places})
    same = registry.of_versions({version for _, version in places})
    found: dict[str, str] = {}
    for doc_id, version in sorted(places):
        if doc_id not in current:
            # Added under another name or source, as on another machine, a document has another id.
            twin = same.get(version)
            found[doc_id] = f"is here as {twin.doc_id}" if twin else "is not here: removed, or never added"
        elif current[doc_id].version != version:
            found[doc_id] = f"changed: {version[:12]} then, {current[doc_id].version[:12]} now"
    return found
