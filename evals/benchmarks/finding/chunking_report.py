"""The page of the chunking benchmark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evals.metrics.retrieval import paired_interval
from evals.metrics.token_spans import token_scores


@dataclass(frozen=True, slots=True)
class SplitterResult:
    """One splitter: its passages, and for each view how many gold tokens it finds within each budget.

    ``hits``: for each view an array of shape (questions, MOST_TOKENS + 1). ``gold``: tokens a question wants.
    """

    name: str
    passages: int
    mean_tokens: float
    hits: Mapping[str, np.ndarray]
    gold: np.ndarray


BUDGETS = (300, 600, 1200)
RECALLS = (0.5, 0.6, 0.7, 0.8, 0.9)
STEP = 20
RESAMPLES = 2000
SEED = 20261122


def markdown(results: Sequence[SplitterResult], documents: int) -> str:
    """The first of ``results`` against each of the others."""
    ours = results[0]
    lines = [
        "# Splitters at the same token budget",
        "",
        f"The public set `chunking_eval`: {documents} documents, {len(ours.gold)} questions with exact gold "
        f"characters, {np.median(ours.gold):.0f} tokens each in the median. Carried embedder; hybrid is the "
        "product's fusion of words and vectors; *in windows* is the product's evidence by windows: of the "
        "first passages, reranked, the sentences nearest to the question. Tokens are words and punctuation "
        "marks; one that is retrieved twice is paid twice and found once. Passages are taken in rank order "
        "and the last is cut at the budget. Recursive: LangChain's `RecursiveCharacterTextSplitter`, "
        "size/overlap in characters. A difference is the first line less the other, with its 95 % bootstrap "
        "interval.",
        "",
        "| splitter | passages | mean tokens |",
        "|---|--:|--:|",
        *(f"| {one.name} | {one.passages} | {one.mean_tokens:.0f} |" for one in results),
    ]
    for view in dict.fromkeys(view for one in results for view in one.hits):
        seen = [one for one in results if view in one.hits]
        lines += ["", f"## {view.capitalize()}, the same budget", "", *_budgets(seen, view)]
        lines += ["", f"## {view.capitalize()}, the same recall", "", *_recalls(seen, view)]
    return "\n".join([*lines, ""])


def _budgets(results: Sequence[SplitterResult], view: str) -> list[str]:
    lines = [
        "At one budget recall, precision and IoU rise together: all follow from the gold tokens found.",
        "",
        "| tokens | splitter | recall | precision | IoU | recall difference | IoU difference |",
        "|--:|---|--:|--:|--:|---|---|",
    ]
    for budget in BUDGETS:
        spent = np.array([budget])
        first = token_scores(results[0].hits[view][:, spent], results[0].gold, spent)
        for one in results:
            scores = token_scores(one.hits[view][:, spent], one.gold, spent)
            cells = [f"{np.mean(scores[name]):.3f}" for name in ("recall", "precision", "iou")]
            if one is results[0]:
                cells += ["", ""]
            else:
                cells += [_paired(first[name][:, 0], scores[name][:, 0]) for name in ("recall", "iou")]
            lines.append(f"| {budget} | {one.name} | " + " | ".join(cells) + " |")
    return lines


def _paired(first: np.ndarray, second: np.ndarray) -> str:
    low, high = paired_interval(first.tolist(), second.tolist(), resamples=RESAMPLES, seed=SEED)
    return f"{np.mean(first) - np.mean(second):+.3f} [{low:+.3f}, {high:+.3f}]"


def _recalls(results: Sequence[SplitterResult], view: str) -> list[str]:
    lines = [
        "Mean precision and IoU where the mean recall over all questions reaches the level, interpolated "
        f"along the budgets (steps of {STEP} tokens).",
        "",
        "| recall | splitter | tokens | precision | IoU | precision difference | IoU difference |",
        "|--:|---|--:|--:|--:|---|---|",
    ]
    tables = [at_recalls(one, view) for one in results]
    for number, level in enumerate(RECALLS):
        for one, table in zip(results, tables, strict=True):
            tokens, precision, iou = table[0, number]
            cells = [_number(tokens, ".0f"), _number(precision, ".4f"), _number(iou, ".4f")]
            cells += (
                ["", ""] if one is results[0] else [_between(tables[0], table, number, k) for k in (1, 2)]
            )
            lines.append(f"| {level} | {one.name} | " + " | ".join(cells) + " |")
    return lines


def at_recalls(one: SplitterResult, view: str) -> np.ndarray:
    """Tokens, precision and IoU at each level of recall; shape (1 + RESAMPLES, levels, 3).

    The first row is of all questions, the others of bootstrap samples, which are the same for every splitter.
    NaN where the recall is never reached.
    """
    hits, n = one.hits[view], len(one.gold)
    budgets = np.arange(STEP, hits.shape[1], STEP)
    scores = token_scores(hits[:, budgets], one.gold, budgets)
    draws = np.random.default_rng(SEED).multinomial(n, np.full(n, 1 / n), size=RESAMPLES)
    weights = np.vstack([np.ones((1, n)), draws]) / n
    recall, precision, iou = (weights @ scores[name] for name in ("recall", "precision", "iou"))
    table = np.empty((len(weights), len(RECALLS), 3))
    for row in range(len(weights)):
        for column, curve in enumerate((budgets, precision[row], iou[row])):
            table[row, :, column] = np.interp(RECALLS, recall[row], curve, left=np.nan, right=np.nan)
    return table


def _between(first: np.ndarray, second: np.ndarray, level: int, column: int) -> str:
    differences = first[:, level, column] - second[:, level, column]
    if np.isnan(differences).mean() > 0.01:
        return "-"
    low, high = np.nanpercentile(differences[1:], [2.5, 97.5])
    return f"{differences[0]:+.4f} [{low:+.4f}, {high:+.4f}]"


def _number(value: float, shape: str) -> str:
    return "-" if np.isnan(value) else format(value, shape)
