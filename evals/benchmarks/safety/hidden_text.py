"""Do words that nobody sees become evidence, and are ordinary documents left alone?

    PINCITE_EVAL_DATA=… python -m evals.benchmarks.safety.hidden_text [--before TREE] [--also FOLDER …]

Two tables. The first reads documents that each hide one sentence (``hiding_places``): whether it is in the
text, noted beside it, and whether the document is marked. The second reads the office files, PDFs and
Markdown of the public sets, and what lies in the folders of ``--also``: which documents are marked, and, with
``--before`` (a checkout of another version), how many texts differ and how the times compare: each file is
read by both in turn.
Exit code 1: a hidden sentence is in a text, is not noted, or the sentence beside it is gone; 2: no data.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.errors import SettingsError
from app.ingestion.load import LoadLimits, load_bytes
from evals.benchmarks.public_data import open_data
from evals.benchmarks.safety.hiding_markup import HIDDEN, SEEN
from evals.benchmarks.safety.hiding_places import hiding_places
from evals.script import run_main

RESULTS = Path(__file__).parents[2] / "results" / "hidden_text"
SETS = ("office_samples", "contoso_hr_pdfs", "docs_debian_pdf", "docs_fastapi_md", "docs_langchain_mdx")
SUFFIXES = frozenset(
    ".html .htm .pdf .docx .xlsx .xlsm .pptx .odt .ods .odp .rtf .md .mdx .eml .msg .epub".split()
)
_OTHER = """
import json, sys, time
from pathlib import Path
from app.errors import SettingsError
from app.ingestion.load import LoadLimits, load_bytes
limits = LoadLimits(max_file_bytes=1 << 30)
print("ready", flush=True)
for line in sys.stdin:
    path = Path(line.rstrip("\\n"))
    data = path.read_bytes()
    begun = time.perf_counter()
    try:
        text = load_bytes(path.name, data, limits).text
    except Exception as error:
        text = "error: " + type(error).__name__
    print(json.dumps([text, time.perf_counter() - begun]), flush=True)
"""


@dataclass(frozen=True, slots=True)
class OrdinaryFile:
    """One ordinary file. ``before`` is its text as the other version reads it; None without one."""

    path: Path
    text: str
    marks: tuple[str, ...]
    seconds: float
    before: str | None = None
    before_seconds: float = 0.0


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--before", type=Path, help="a checkout of another version")
    parser.add_argument("--also", type=Path, nargs="*", default=[], help="folders with further documents")
    parser.add_argument("--out", type=Path, default=RESULTS)
    asked = parser.parse_args(argv)
    try:
        _, data = open_data()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    other = _Other(asked.before) if asked.before else None
    attacks, failed = _attacks(other)
    folders = [folder for folder in (*(data / name for name in SETS), *asked.also) if folder.is_dir()]
    readings = [_read(path, other) for folder in folders for path in _files(folder)]
    page = "\n".join([*attacks, "", *_ordinary(readings)])
    asked.out.mkdir(parents=True, exist_ok=True)
    (asked.out / "hidden_text.md").write_text(page + "\n", "utf-8")
    print(page)
    return 1 if failed else 0


class _Other:
    """Another version's loaders, in a process of their own."""

    def __init__(self, tree: Path) -> None:
        environment = {**os.environ, "PYTHONPATH": str(tree.resolve())}
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", _OTHER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=tree,
            env=environment,
        )
        self._line()

    def read(self, path: Path) -> tuple[str, float]:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{path.resolve()}\n")
        self._process.stdin.flush()
        text, seconds = json.loads(self._line())
        return text, seconds

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


def _attacks(other: _Other | None) -> tuple[list[str], int]:
    """The first table, and how many places failed."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    failures: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for one in hiding_places():
            data = one.data
            document = load_bytes(one.file_name, data)
            said = {
                "in the text": HIDDEN in " ".join(document.text.split()),
                "noted": any(HIDDEN.rstrip(".") in found.text for found in document.hidden),
                "marked": "risk" in document.metadata,
                "gone": SEEN not in document.text,
            }
            if other is not None:
                path = Path(folder, one.file_name)
                path.write_bytes(data)
                said["before"] = HIDDEN in " ".join(other.read(path)[0].split())
            counts[one.format] += Counter(["places", *(key for key, holds in said.items() if holds)])
            if said["in the text"] or said["gone"] or not said["noted"] or said["marked"] == one.is_usual:
                failures.append(f"- {one.format}, {one.place}: {said}")
    lines = [
        "| format | places | in the text before | in the text now | noted | marked | seen sentence lost |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name, row in [*counts.items(), ("all", sum(counts.values(), Counter()))]:
        before = row["before"] if other is not None else "-"
        lines.append(
            f"| {name} | {row['places']} | {before} | {row['in the text']} | {row['noted']} "
            f"| {row['marked']} | {row['gone']} |"
        )
    return [*lines, *failures], len(failures)


def _files(folder: Path) -> Iterator[Path]:
    yield from sorted(
        path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file()
    )


def _read(path: Path, other: _Other | None) -> OrdinaryFile:
    data = path.read_bytes()
    begun = time.perf_counter()
    marks: tuple[str, ...] = ()
    try:
        document = load_bytes(path.name, data, LoadLimits(max_file_bytes=1 << 30))
        text = document.text
        marks = tuple(
            f"{one.how}, {one.where}: {one.text[:60]!r}" for one in document.hidden if one.kind != "set-aside"
        )
    except Exception as error:  # a bad file is one for both versions
        text = f"error: {type(error).__name__}"
    seconds = time.perf_counter() - begun
    return OrdinaryFile(path, text, marks, seconds, *(other.read(path) if other is not None else ()))


def _ordinary(readings: Sequence[OrdinaryFile]) -> list[str]:
    lines = [
        "| suffix | documents | marked | share | text differs from before | time of before |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    groups: dict[str, list[OrdinaryFile]] = defaultdict(list)
    for one in readings:
        groups[one.path.suffix.lower()].append(one)
    for name, group in [*sorted(groups.items()), ("all", list(readings))]:
        marked = sum(bool(one.marks) for one in group)
        compared = [one for one in group if one.before is not None]
        differ: Any = sum(one.text != one.before for one in compared) if compared else "-"
        spent = sum(one.before_seconds for one in compared)
        ratio = f"{sum(one.seconds for one in compared) / spent:.2f}" if spent else "-"
        share = f"{marked / len(group):.1%}" if group else "-"
        lines.append(f"| {name} | {len(group)} | {marked} | {share} | {differ} | {ratio} |")
    lines += ["", "Marked:", ""]
    lines += [f"- {one.path.name}: {'; '.join(one.marks[:4])}" for one in readings if one.marks]
    return lines


if __name__ == "__main__":
    run_main(main)
