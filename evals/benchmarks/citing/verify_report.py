"""The benchmark of `pincite verify` as Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def report(found: Mapping[str, Any]) -> str:
    """The numbers as Markdown."""
    lines = [
        "# Verifying stored answers after a re-index",
        "",
        f"{found['answers']:,} stored answers with {found['citations']:,} citations of {found['documents']} "
        f"documents, of which {found['changed_documents']} were edited, deleted or renamed and read again. "
        f"`pincite verify --all --json`, whole command with start-up: **{found['seconds']:.1f} s** "
        f"({found['processor_seconds']:.1f} s of processor). "
        f"Judged rightly: **{found['right']:,} of {found['citations']:,}**; right means the state, and for "
        "words that are still there the document and both offsets.",
        "",
        "| what was done to the document | citations | right | said |",
        "|---|---|---|---|",
    ]
    for kind, line in found["kinds"].items():
        said = ", ".join(
            f"{key.removeprefix('state ').replace('_', ' ')} {count}"
            for key, count in sorted(line.items())
            if key.startswith("state ")
        )
        lines.append(f"| {kind} | {line['citations']} | {line.get('right', 0)} | {said} |")
    asked = sum(line.get("nearest asked", 0) for line in found["kinds"].values())
    right = sum(line.get("nearest right", 0) for line in found["kinds"].values())
    lines += [
        "",
        f"Of {asked} citations whose sentence was reworded in its place, the nearest sentence shown is it "
        f"{right} times.",
        "",
        f"Made by `python -m evals.benchmarks.citing.verify` (seed {found['seed']}, {found['date']}).",
        "",
    ]
    return "\n".join(lines)
