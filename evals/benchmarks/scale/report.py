"""The scale benchmark's results as a page of Markdown."""

from __future__ import annotations

from typing import Any

_TIMES = ["whole p50", "p95", "max", "processor", "embedding", "dense", "lexical", "first"]
_COLUMNS = ["asked by", "may read", *_TIMES, "recall@10", "recall@100"]
_LEGS = ("processor", "embedding", "dense", "lexical")


def markdown(result: dict[str, Any]) -> str:
    """One page: what was built, a table of times and recall, what it takes."""
    built, asked = result["build"], result["ask"]
    took = built["seconds"]
    lines = [
        f"# Retrieval over {built['passages']:,} passages",
        "",
        f"{result['machine']}. {asked['questions']} questions a row, warm, one after the other; "
        f"milliseconds. Load average {_number(asked['load'])} while asking, "
        f"{_number(built['load'])} while building.",
        "",
        f"Passages are sentences of {built['source']} put together anew; their vectors are those of real "
        "passages with noise added, so that nothing has to be embedded. Questions are real and are embedded. "
        "`whole` is the retriever: embedding, both legs with 100 candidates each, fusion, 20 passages read. "
        "`processor` is the part of that time the process was running: on a busy machine the better measure. "
        "The asker's group is part of every query; `may read` is how much it and the filter leave.",
        "",
        "| " + " | ".join(_COLUMNS) + " |",
        "|---" + "|--:" * (len(_COLUMNS) - 1) + "|",
    ]
    for name, row in asked["rows"].items():
        whole = row["whole"]
        cells = [name, f"{row['share']:.2%}"]
        cells += [f"**{whole['p50']:.1f}**", f"{whole['p95']:.1f}", f"{whole['max']:.1f}"]
        cells += [f"{row[leg]['p50']:.1f} / {row[leg]['p95']:.1f}" for leg in _LEGS]
        recall = row.get("recall", {})
        cells += [f"{row['first']:.0f}", *(_share(recall.get(k)) for k in ("10", "100"))]
        lines.append("| " + " | ".join(cells) + " |")
    change = asked["change"]
    lines += [
        "",
        "`processor` and the legs are p50 / p95, `dense` without the embedding. `first` is the first "
        "question of a group in a new process. Recall is that of the dense leg against exact float32.",
        "",
        "| | |",
        "|---|---|",
        f"| writing | {built['passages'] / took:,.0f} passages a second, {took:,.0f} s in all "
        f"({built['processor_seconds']:,.0f} s of processor), without embedding |",
        f"| memory while writing | {_memory(built['memory'])} |",
        f"| memory while asking | {_memory(asked['memory'])} |",
        f"| disk | {_disk(built['disk'])} |",
        f"| opening | first question of a new process: {asked['opening']:,.0f} ms |",
        f"| one more document | written in {change['writing']:,.0f} ms (the first of a process: "
        f"{change['first']:,.0f} ms), the question after it takes "
        f"{change['question_after']:,.0f} ms, removed in {change['removing']:,.0f} ms |",
        "",
    ]
    return "\n".join(lines)


def _number(value: float | None) -> str:
    return "not known" if value is None else f"{value:.1f}"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _memory(found: dict[str, float]) -> str:
    if not found:
        return "not known on this system"
    parts = f"{found['own']:,.0f} MiB, and {found['mapped']:,.0f} MiB of mapped files"
    return f"{parts}; {found['peak']:,.0f} MiB at most"


def _disk(sizes: dict[str, float]) -> str:
    parts = [
        f"{name} {size:,.0f}" for name, size in sorted(sizes.items(), key=lambda item: -item[1]) if size >= 1
    ]
    return f"{sum(sizes.values()):,.0f} MiB: {', '.join(parts)}"
