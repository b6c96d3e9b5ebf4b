"""How well a topic's likeness tells what may be asked from what may not, at several scores.

    PINCITE_EVAL_DATA=… python -m evals.benchmarks.safety.topic_scope

CLINC150: so many times five of its intents are the topics, in their own names' words ("transfer money");
its requests may be asked, those of all other intents and the out-of-scope ones may not. With the embedder
that is carried.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from app.errors import SettingsError
from app.retrieval.embedding.minilm_embeddings import MiniLMEmbeddings
from evals.benchmarks.public_data import open_data
from evals.benchmarks.safety.halves import items
from evals.metrics.proportions import shown_share
from evals.script import run_main

PAGE = Path(__file__).parents[2] / "results" / "safety" / "topic_scope.md"
DRAWS, TOPICS = 30, 5
SCORES = (0.1, 0.15, 0.2, 0.25, 0.3, 0.4)


def unit(texts: Sequence[str]) -> np.ndarray:
    vectors = np.asarray(MiniLMEmbeddings().embed_documents(list(texts)), dtype=np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def draws(folder: Path, seed: int = 20261129) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """(highest cosine of each request with a topic, whether it may be asked) of each draw."""
    rows = items(folder, "clinc_oos", "all")
    requests = unit([row["text"] for row in rows])
    intents = sorted({row["intent"] for row in rows if row["label"] == "in_scope"})
    dice = random.Random(seed)
    for _ in range(DRAWS):
        chosen = dice.sample(intents, TOPICS)
        topics = unit([name.replace("_", " ") for name in chosen])
        yield (requests @ topics.T).max(axis=1), np.asarray([row["intent"] in chosen for row in rows])


def page(found: Sequence[tuple[np.ndarray, np.ndarray]], n: int) -> str:
    lines = [
        "# Questions about other topics",
        "",
        f"CLINC150, {n} requests; {DRAWS} times {TOPICS} of its intents are the topics, in the words of "
        "their names; the others are off topic. `PINCITE_SAFETY__TOPIC_LIKENESS` is .15 by this table: one "
        "in a hundred is taken wrongly. Shares with counts and Wilson intervals, 95 %, which count draws as "
        "independent. "
        "By `python -m evals.benchmarks.safety.topic_scope`.",
        "",
        "| likeness | on topic, taken for off topic | off topic, seen |",
        "|--:|---|---|",
    ]
    for score in SCORES:
        wrong = sum(int((best[on] < score).sum()) for best, on in found)
        seen = sum(int((best[~on] < score).sum()) for best, on in found)
        on_topic = sum(int(on.sum()) for _, on in found)
        off = sum(int((~on).sum()) for _, on in found)
        lines.append(f"| {score} | {shown_share(wrong, on_topic)} | {shown_share(seen, off)} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    try:
        _, folder = open_data("clinc_oos")
    except SettingsError as error:
        print(error)
        return 2
    found = list(draws(folder))
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(found, len(found[0][0])), encoding="utf-8")
    print(PAGE)
    return 0


if __name__ == "__main__":
    run_main(main)
