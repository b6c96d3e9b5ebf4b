"""Does the verdict agree with people? The claims of the public set ``attributionbench``, without a model.

    PINCITE_EVAL_DATA=… python -m evals.benchmarks.citing.attribution [--entailment N] [--out FOLDER]

Each claim is checked against its references as a cited text. Two readings are scored: the likelihood of
support (AUROC, and balanced accuracy at .5) and the three verdicts. The baseline is the share of the claim's
content words that the references hold. Intervals: 2,000 bootstrap draws over questions. ``--entailment N``
puts N partial claims, drawn by seed, to the check that PINCITE_ANSWER__ENTAILMENT names.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import rankdata

from app.errors import SettingsError
from app.models.entailment import make_entailment
from app.settings import Settings
from evals.benchmarks.public_data import open_data
from evals.script import run_main
from graphs.citing.align import best_span
from graphs.citing.verdict import Checks, Cited, Verdict, check_claim
from graphs.parts import EntailmentRequest
from graphs.text.words import content_words

SET = "attributionbench"
RESULTS = Path(__file__).parents[2] / "results" / "attribution"
DRAWS = 2000
LEVEL: dict[Verdict, float] = {"unsupported": 0.0, "partial": 1.0, "verified": 2.0}


@dataclass(frozen=True, slots=True)
class AttributionRow:
    """One judged claim. ``right`` is what people said."""

    question: str
    source: str
    right: bool
    verdict: Verdict
    checks: Checks
    overlap: float


def auroc(right: np.ndarray, score: np.ndarray) -> float:
    """Probability that a right claim scores above a wrong one, ties counted half.

    >>> float(auroc(np.array([1, 0, 1]), np.array([0.9, 0.1, 0.5])))
    1.0
    """
    ranks = rankdata(score)
    positive = int(right.sum())
    return float(
        (ranks[right == 1].sum() - positive * (positive + 1) / 2) / (positive * (len(right) - positive))
    )


def balanced(right: np.ndarray, said: np.ndarray) -> float:
    """Mean of the shares of right and of wrong claims that are called so."""
    return float((said[right == 1].mean() + (~said[right == 0]).mean()) / 2)


def judged(items: Sequence[dict[str, Any]]) -> tuple[list[AttributionRow], float]:
    """Every item with its verdict; and claims per second."""
    weight = _weights(items)
    rows = []
    begun = time.perf_counter()
    for item in items:
        references = [Cited(text) for text in item["references"]]
        verdict, checks = check_claim(
            item["claim"], references, question=item["question"] or "", weight=weight
        )
        rows.append(
            AttributionRow(
                item["question"], item["source"], item["label"] == "attributable", verdict, checks, 0.0
            )
        )
    rate = len(rows) / (time.perf_counter() - begun)
    return [
        AttributionRow(row.question, row.source, row.right, row.verdict, row.checks, _overlap(item))
        for row, item in zip(rows, items, strict=True)
    ], rate


def _overlap(item: dict[str, Any]) -> float:
    wanted = set(content_words(item["claim"]))
    return len(wanted.intersection(content_words(" ".join(item["references"])))) / (len(wanted) or 1)


def _weights(items: Sequence[dict[str, Any]]) -> Callable[[str], float]:
    """Inverse document frequency over the set's references, as an index over them would have it."""
    counts = Counter(
        word for item in items for text in item["references"] for word in set(content_words(text))
    )
    size = sum(len(item["references"]) for item in items)
    return lambda word: math.log((size + 1) / (counts[word] + 0.5))


def table(rows: Sequence[AttributionRow], rate: float) -> tuple[str, dict[str, Any]]:
    right = np.array([row.right for row in rows], dtype=int)
    readings = {
        "share of content words (baseline)": np.array([row.overlap for row in rows]),
        "likelihood of support": np.array([row.checks.support for row in rows]),
        "the three verdicts": np.array([LEVEL[row.verdict] for row in rows]),
    }
    limits = {
        "share of content words (baseline)": float(np.median(readings["share of content words (baseline)"]))
    }
    limits |= {"likelihood of support": 0.5, "the three verdicts": 1.0}
    sources = sorted({row.source for row in rows})
    lines = [
        "# Verdicts against human judgements",
        "",
        f"AttributionBench, dev half: {len(rows)} claims, half of them attributable. No model. "
        f"{rate:.0f} claims a second on one core, references of any length taken as the cited text.",
        "",
        f"| reading | AUROC (95 %) | balanced accuracy | {' | '.join(sources)} |",
        f"|---|---|---|{'---|' * len(sources)}",
    ]
    data: dict[str, Any] = {"n": len(rows), "claims_per_second": round(rate, 1), "readings": {}}
    for name, score in readings.items():
        low, high = _interval(rows, right, score)
        area, accuracy = auroc(right, score), balanced(right, score >= limits[name])
        per = [auroc(right[at], score[at]) for at in ([row.source == s for row in rows] for s in sources)]
        data["readings"][name] = {"auroc": area, "low": low, "high": high, "balanced_accuracy": accuracy}
        lines.append(
            f"| {name} | {area:.3f} ({low:.3f}, {high:.3f}) | {accuracy:.3f} | "
            f"{' | '.join(f'{one:.3f}' for one in per)} |"
        )
    lines += ["", "| verdict | n | attributable |", "|---|---|---|"]
    for verdict in LEVEL:
        own = right[[row.verdict == verdict for row in rows]]
        data[verdict] = {"n": len(own), "attributable": float(own.mean()) if len(own) else None}
        lines.append(f"| {verdict} | {len(own)} | {own.mean():.2f} |" if len(own) else f"| {verdict} | 0 | |")
    lines += [
        "",
        "The weights of the likelihood were fitted on these claims: seven numbers, cross-fitted AUROC .76. "
        "Expect a little less elsewhere.",
    ]
    return "\n".join(lines) + "\n", data


async def _entailment(
    items: Sequence[dict[str, Any]], most: int, settings: Settings
) -> tuple[str, dict[str, Any]]:
    """What the configured check says of partial claims, beside what people said."""
    rows, _ = judged(items)
    partial = [item for item, row in zip(items, rows, strict=True) if row.verdict == "partial"]
    drawn = random.Random(0).sample(partial, min(most, len(partial)))
    weight = _weights(items)
    with ExitStack() as closing:
        check = make_entailment(settings, closing)
        if check is None:
            raise SettingsError("PINCITE_ANSWER__ENTAILMENT names no check")
        begun = time.perf_counter()
        found = []
        for item in drawn:
            spans = [(text, best_span(item["claim"], text, weight)) for text in item["references"]]
            cited = "\n".join(text[span.start : span.end] for text, span in spans if span)
            probability = await check.ainvoke(EntailmentRequest(item["claim"], cited))
            found.append((item["label"] == "attributable", probability))
        seconds = (time.perf_counter() - begun) / len(drawn)
    right, said = np.array([one for one, _ in found], dtype=int), np.array([one for _, one in found])
    counts = Counter((bool(one), "yes" if p >= 0.7 else "no" if p < 0.3 else "unsure") for one, p in found)
    data = {
        "check": settings.answer.entailment,
        "n": len(found),
        "auroc": auroc(right, said),
        "seconds_a_claim": round(seconds, 2),
        "said": {
            f"{'attributable' if one else 'not'}, {what}": n for (one, what), n in sorted(counts.items())
        },
    }
    lines = [
        "",
        f"Entailment check `{data['check']}` of {len(found)} partial claims (seed 0), "
        f"{seconds:.1f} s each: AUROC {data['auroc']:.3f}.",
        "",
        "| people | yes, verified | unsure, partial | no, withheld |",
        "|---|---|---|---|",
    ]
    for one in (True, False):
        cells = " | ".join(str(counts[one, what]) for what in ("yes", "unsure", "no"))
        lines.append(f"| {'attributable' if one else 'not attributable'} | {cells} |")
    return "\n".join(lines) + "\n", data


def _interval(rows: Sequence[AttributionRow], right: np.ndarray, score: np.ndarray) -> tuple[float, float]:
    """Bootstrap over questions: claims of one answer hang together."""
    chance = np.random.default_rng(0)
    groups: dict[str, list[int]] = {}
    for at, row in enumerate(rows):
        groups.setdefault(row.question, []).append(at)
    members = [np.array(found) for found in groups.values()]
    areas = []
    for _ in range(DRAWS):
        drawn = np.concatenate([members[at] for at in chance.integers(0, len(members), len(members))])
        if 0 < right[drawn].sum() < len(drawn):
            areas.append(auroc(right[drawn], score[drawn]))
    return float(np.quantile(areas, 0.025)), float(np.quantile(areas, 0.975))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--entailment", type=int, default=0, help="partial claims to put to the check")
    parser.add_argument("--out", type=Path, default=RESULTS)
    given = parser.parse_args(arguments)
    try:
        settings, folder = open_data(SET)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    items = [json.loads(line) for line in (folder / SET / "dev.jsonl").open(encoding="utf-8")]
    text, data = table(*judged(items))
    given.out.mkdir(parents=True, exist_ok=True)
    (given.out / "attribution.md").write_text(text, encoding="utf-8")
    (given.out / "attribution.json").write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    if given.entailment:
        added, data["entailment"] = asyncio.run(_entailment(items, given.entailment, settings))
        text += added
        (given.out / "attribution.md").write_text(text, encoding="utf-8")
        (given.out / "attribution.json").write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    run_main(main)
