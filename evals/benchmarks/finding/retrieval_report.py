"""The results of the retrieval benchmark: a table for people, JSON for programs. Scores only, no texts."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from app.settings import Settings

LEGS = ("lexical", "dense", "rrf", "hybrid", "default")

SIX = ("scifact", "cranfield", "anthropic_docs", "mtrag_un", "tatqa_dev", "dbpedia_small")
"""Sets that tell designs apart, by the README of the data. The usual weight was not chosen on them."""

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class SetResult:
    """The scores of one set in one layout. Intervals are 95 %, of the difference in nDCG@10."""

    name: str
    layout: str
    part: str
    questions: int
    unjudged: int
    documents: int
    refused: int
    passages: int
    scores: Mapping[str, Mapping[str, float]]
    floor_stated: float | None
    floor_questions: int | None
    floor_here: float
    over_lexical: Interval
    over_hybrid: Interval
    over_floor: Interval

    @property
    def is_whole(self) -> bool:
        """Whether the questions are as many as those the stated floor was measured on."""
        return self.floor_questions == self.questions and not self.part

    @property
    def floor(self) -> float:
        """The stated floor where it is about these questions, else the same method's score on them."""
        return self.floor_stated if self.floor_stated is not None and self.is_whole else self.floor_here

    @property
    def is_below_bm25(self) -> bool:
        # Floors are stated with three digits.
        return round(self.scores["default"]["ndcg@10"], 3) < round(self.floor, 3)

    @property
    def is_below_floor(self) -> bool:
        """Whether a floor is missed. Sets the README states none for are shown, and hold nothing up."""
        return self.floor_stated is not None and self.is_below_bm25


def conditions(settings: Settings, fingerprint: str, absent: Sequence[str], seed: int) -> dict[str, Any]:
    """What the numbers depend on."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": {"processor": _processor(), "cores": os.cpu_count(), "system": platform.system()},
        "versions": {
            "python": platform.python_version(),
            "sqlite": sqlite3.sqlite_version,
            **{name: version(name) for name in ("numpy", "onnxruntime", "tokenizers")},
        },
        "embedder": fingerprint,
        "candidates": settings.retrieval.candidates,
        "dense_weight": settings.retrieval.dense_weight,
        "passage_chars": [settings.ingest.passage_chars, settings.ingest.passage_max_chars],
        "seed": seed,
        "absent": list(absent),
    }


def write(folder: Path, results: Sequence[SetResult], made: Mapping[str, Any]) -> None:
    """``retrieval.md`` and ``retrieval.json`` in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "retrieval.md").write_text(markdown(results, made), encoding="utf-8")
    sets = [
        {
            **asdict(result),
            "floor": result.floor,
            "floor_is_stated": result.floor_stated is not None,
            "holds": not result.is_below_bm25,
        }
        for result in results
    ]
    content = json.dumps({**made, "sets": sets, "means": means(results)}, indent=1, ensure_ascii=False)
    (folder / "retrieval.json").write_text(_rounded(content) + "\n", encoding="utf-8")


def _rounded(content: str) -> str:
    data = json.loads(content, parse_float=lambda digits: round(float(digits), 5))
    return json.dumps(data, indent=1, ensure_ascii=False)


def means(results: Sequence[SetResult]) -> dict[str, dict[str, float]]:
    """nDCG@10 of each leg over those of the six sets that are here, every set counting once, by layout."""
    found: dict[str, dict[str, float]] = {}
    for layout in dict.fromkeys(result.layout for result in results):
        chosen = [result for result in results if result.layout == layout and result.name in SIX]
        if chosen:
            found[layout] = {
                leg: sum(result.scores[leg]["ndcg@10"] for result in chosen) / len(chosen) for leg in LEGS
            }
            found[layout]["sets"] = len(chosen)
    return found


def markdown(results: Sequence[SetResult], made: Mapping[str, Any]) -> str:
    """The page that is committed."""
    machine: Mapping[str, Any] = made["machine"]
    target, longest = made["passage_chars"]
    versions = ", ".join(f"{name} {number}" for name, number in made["versions"].items())
    lines = [
        "# Retrieval on public sets",
        "",
        f"{made['date']}, {machine['cores']} cores of {machine['processor']}; {versions}. Embedder",
        f"`{made['embedder']}`, {made['candidates']} candidates a leg, dense weight "
        f"{made['dense_weight'] or 'by the cosines'},",
        f"passages of {target} characters, {longest} at most. Made by `make bench-retrieval`.",
        "",
        *_NOTES,
    ]
    if made["absent"]:
        lines += ["", f"Absent, not measured: {', '.join(made['absent'])}."]
    for layout in dict.fromkeys(result.layout for result in results):
        chosen = [result for result in results if result.layout == layout]
        lines += ["", f"## {_HEADINGS[layout]}", "", *_score_table(chosen), "", *_floor_table(chosen)]
        lines += _remarks(chosen, means(chosen).get(layout))
    return "\n".join(lines) + "\n"


_NOTES = """\
Vector search is exact here, not Chroma's graph. A document scores what its best passage scores; legs bring
passages, so recall@100 can miss documents whose neighbours' passages fill the candidates. Questions without a
relevant document are left out. Intervals are 95 %, of the difference in nDCG@10, by paired bootstrap over
questions. RRF (k = 60) is there to compare. hybrid: the product's fusion, by a weight that the cosines decide
(app/retrieval/ranking/balance.py). default: after a look at the windows of its first passages, what the
product does when nothing is set. chunking_eval judges passages (relevant: any overlap with a gold span),
everything else documents. wiki_pool holds the questions of the other Wikipedia sets over a joint
corpus.""".split("\n")

_HEADINGS = {
    "split": "As the product indexes: split into passages",
    "whole": "For comparison: each document one passage, cut by the embedder at its limit",
}

_SCORE_HEAD = (
    "nDCG@10, then recall@10 / recall@100 (R):",
    "",
    "| set | questions | documents | passages | lexical | dense | RRF | hybrid | **default** | R lexical "
    "| R dense | R hybrid |",
    "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
)

_FLOOR_HEAD = (
    "The BM25 floor (k1 0.9, b 0.4, whole documents) as the data's README states it, and the same method on",
    "the questions here. The stated one counts where it was measured on these questions, else the other. In",
    "brackets: the README states no floor.",
    "",
    "| set | stated | here | default | holds | default − here | default − lexical | default − hybrid |",
    "|---|--:|--:|--:|---|---|---|---|",
)


def _score_table(results: Sequence[SetResult]) -> Iterator[str]:
    yield from _SCORE_HEAD
    for result in results:
        found = result.scores
        cells = [_name(result), str(result.questions), str(result.documents), str(result.passages)]
        cells += [
            f"**{found[leg]['ndcg@10']:.3f}**" if leg == "default" else f"{found[leg]['ndcg@10']:.3f}"
            for leg in LEGS
        ]
        cells += [
            f"{found[leg]['recall@10']:.3f} / {found[leg]['recall@100']:.3f}"
            for leg in ("lexical", "dense", "hybrid")
        ]
        yield f"| {' | '.join(cells)} |"


def _floor_table(results: Sequence[SetResult]) -> Iterator[str]:
    yield from _FLOOR_HEAD
    for result in results:
        stated = "–" if result.floor_stated is None else f"{result.floor_stated:.3f}"
        if result.floor_stated is not None and not result.is_whole:
            stated += f" on {result.floor_questions} {'others' if result.part else 'questions'}"
        found = result.scores["default"]["ndcg@10"]
        cells = [_name(result), stated, f"{result.floor_here:.3f}", f"{found:.3f}"]
        verdict = "**no**" if result.is_below_bm25 else "yes"
        cells += [verdict if result.floor_stated is not None else f"({verdict})"]
        cells += [
            _gain(found - result.floor_here, result.over_floor),
            _gain(found - result.scores["lexical"]["ndcg@10"], result.over_lexical),
            _gain(found - result.scores["hybrid"]["ndcg@10"], result.over_hybrid),
        ]
        yield f"| {' | '.join(cells)} |"


def _remarks(results: Sequence[SetResult], mean: Mapping[str, float] | None) -> Iterator[str]:
    if mean:
        names = ", ".join(result.name for result in results if result.name in SIX)
        yield from (
            "",
            f"Mean over the sets that tell designs apart ({names}). The usual weight was chosen on others; "
            "sizes and orders were compared on these too:",
        )
        yield ", ".join(f"{leg} {mean[leg]:.3f}" for leg in LEGS) + "."
        stated = [result.floor_stated for result in results if result.name in SIX]
        floors = [one for one in stated if one is not None]
        if len(floors) == len(stated):
            floor = sum(floors) / len(floors)
            over = mean["default"] - floor
            yield f"The floors stated for them have the mean {floor:.3f}: the default is {over:+.3f}."
    below = ", ".join(r.name for r in results if r.is_below_bm25 and not r.is_below_floor)
    if below:
        yield ""
        yield f"Below a plain BM25, with no floor stated: {below}. The carried embedder"
        yield "knows English only; its leg weighs less there, and not nothing."
    refused = [f"{result.name} {result.refused}" for result in results if result.refused]
    if refused:
        yield from ("", f"Documents the loaders refuse (empty, for instance): {', '.join(refused)}.")


def _name(result: SetResult) -> str:
    return f"{result.name} ({result.part})" if result.part else result.name


def _gain(difference: float, interval: Interval) -> str:
    return f"{difference:+.3f} [{interval[0]:+.3f}, {interval[1]:+.3f}]"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names and names[0] else platform.machine()
