"""The items worth looking at first, as the report shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from evals.experiments.places import parse_passage
from evals.experiments.runfile import Item
from evals.metrics.spans import GoldSpan
from evals.metrics.stages import ABOUT
from evals.metrics.table import METRICS, ZERO
from evals.reports.highlight import pieces


def worst(items: Sequence[Item], most: int = 24) -> list[Item]:
    """What must not happen, then errors, then wrong answers from the surest down, then answers missed.

    At most half are wrong answers, so that missed ones are seen too.
    """
    grave = [item for item in items if item.error or any(item.metrics.get(key) for key in ZERO)]
    wrong = [item for item in items if not item.metrics.get("correct") and item not in grave]
    given = sorted((i for i in wrong if i.status == "answered"), key=lambda i: -(i.score or 0.0))
    missed = sorted((i for i in wrong if i.status != "answered"), key=lambda i: -(i.score or 0.0))
    room = max(most - len(grave), 0)
    halves = given[: max(room - min(len(missed), room // 2), 0)]
    return [*grave[:most], *halves, *missed[: room - len(halves)]]


def card(item: Item) -> dict[str, Any]:
    """One item with its evidence cut into marked pieces."""
    gold = [GoldSpan(one["version"], one["start"], one["end"]) for one in item.gold]
    cited = [GoldSpan(one["version"], one["start"], one["end"]) for one in item.citations]
    evidence: list[dict[str, Any]] = []
    for passage in item.evidence:
        doc_id, place = parse_passage(passage.passage)
        fused = passage.scores.get("fused")
        parts = pieces(passage.text or "", place, gold, cited)
        evidence.append(
            {
                # What has neither gold nor a citation is folded away, save the first.
                "open": not evidence or any(part.gold or part.cited for part in parts),
                "title": passage.title or doc_id,
                "place": f"{doc_id}, {place.start} to {place.end}",
                "score": f"{fused:.2f}" if isinstance(fused, int | float) else "",
                "pieces": parts,
            }
        )
    return {
        "item": item,
        "verdict": _verdict(item),
        "lost": ABOUT.get(item.lost, ""),
        "quotes": {one["number"]: one for one in item.citations},
        "evidence": evidence,
        "shown": {
            METRICS[key].title: value
            for key in ("nugget_recall", "citation_f1", "evidence_recall")
            if (value := item.metrics.get(key)) is not None
        },
        "grave": [METRICS[key].title for key in ZERO if item.metrics.get(key)],
    }


def _verdict(item: Item) -> str:
    if item.error:
        return "ended in an error"
    if item.status in ("failed", "refused"):
        return item.status
    if not item.answerable:
        return (
            "answered, though the documents do not hold it" if item.status == "answered" else "rightly silent"
        )
    if item.status != "answered":
        return "not answered, though the documents hold it"
    said = item.metrics.get("nugget_recall") or 0
    return "right" if said == 1 else "partly right" if said else "wrong"
