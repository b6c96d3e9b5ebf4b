"""Where the evidence was lost on its way to a citation."""

from __future__ import annotations

STAGES = ("retrieve", "cut", "evidence", "gate", "generate", "cited")
"""The steps of the way, in order.

``retrieve``: no candidate of any leg holds gold. ``cut``: a candidate does, and fell below top_k.
``evidence``: it was retrieved, and did not survive reranking and the evidence budget. ``gate``: it was among
the evidence, which looked too weak to answer from. ``generate``: an answer was given that cites other words.
``cited``: nothing was lost.
"""

ABOUT = {
    "retrieve": "not found by any leg",
    "cut": "found, but below top_k",
    "evidence": "retrieved, but not kept as evidence",
    "gate": "in evidence, but judged too weak to answer",
    "generate": "in evidence, but the answer cites something else",
    "cited": "cited",
    "retrieved": "retrieved (the run ended there)",
    "failed": "the run failed",
}


def lost_at(*, pooled: bool, retrieved: bool, in_evidence: bool, passed_gate: bool, cited: bool) -> str:
    """The step that lost the gold; ``cited`` where none did.

    >>> lost_at(pooled=True, retrieved=True, in_evidence=False, passed_gate=True, cited=False)
    'evidence'
    """
    if cited:
        return "cited"
    if not retrieved:
        return "cut" if pooled else "retrieve"
    if not in_evidence:
        return "evidence"
    return "generate" if passed_gate else "gate"
