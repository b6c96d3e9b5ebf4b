"""Secrets and personal data: what is found of each kind, and what is taken for such, beside others.

    PINCITE_EVAL_DATA=… python -m evals.benchmarks.safety.found_words [--peers PYTHON]

Personal data: the held half of presidio_pii (by template, so that none is in both halves), span by span, on
the kinds that have a form; the others are counted as not covered. Secrets: samples made by chance
(``secret_samples``). ``PYTHON`` is an interpreter that has the other detectors (``peer_detectors``); without
it only ours is measured.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.errors import SettingsError
from app.safety.personal_data.find import find_personal_data
from app.safety.secrets.find import find_secrets
from app.safety.settings import SafetySettings
from evals.benchmarks.public_data import open_data
from evals.benchmarks.safety.halves import items
from evals.benchmarks.safety.secret_samples import SecretSample, secret_samples
from evals.benchmarks.scale.machine import machine
from evals.metrics.proportions import shown_share
from evals.script import run_main

PAGE = Path(__file__).parents[2] / "results" / "safety" / "found_words.md"
PEERS = (
    f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import peer_detectors as p; p.main()"
)
COVERED: Mapping[str, str] = {
    "CREDIT_CARD": "card",
    "PHONE_NUMBER": "phone",
    "EMAIL_ADDRESS": "email",
    "IBAN_CODE": "iban",
    "IP_ADDRESS": "ip",
    "US_SSN": "us-ssn",
}
Places = list[tuple[int, int, str]]

INTRODUCTION = """# Secrets and personal data: what is found

Shares with counts and Wilson intervals, 95 %. A span counts as found where what was found touches it.
Others with their defaults, in one environment of their own, without the network: presidio-analyzer 2.2.366
(its pattern recognisers over a blank spaCy model; no names), detect-secrets 1.5.0 (a text as a file;
entropy limits as shipped), guardrails-ai-secrets-present 0.1.0 (says only whether).
guardrails-ai-detect-pii 0.0.6 is Presidio with a model that it downloads, and does not start without. The
samples of secrets are ours, from the makers' documents, as our rules are: they say whether the rules do
what they are meant to, with another seed than the one they were tried with, and not how secrets are written
in the wild. By `python -m evals.benchmarks.safety.found_words --peers …`.
"""


@dataclass(frozen=True, slots=True)
class DetectorRun:
    """What a detector found in each text; or why it could not be run."""

    name: str
    found: Sequence[Places]
    seconds: float = 0.0
    why_not: str = ""


def ours_of_secrets(texts: Sequence[str]) -> DetectorRun:
    begun = time.perf_counter()
    found = [[(one.start, one.end, one.kind) for one in find_secrets(text)] for text in texts]
    return DetectorRun("ours", found, time.perf_counter() - begun)


def ours_of_personal_data(texts: Sequence[str]) -> DetectorRun:
    safety = SafetySettings()
    kinds, regions = frozenset(safety.personal_data_kinds), safety.phone_regions
    begun = time.perf_counter()
    found = [
        [(one.start, one.end, one.kind) for one in find_personal_data(text, kinds, regions)] for text in texts
    ]
    return DetectorRun("ours", found, time.perf_counter() - begun)


def peer(python: str, name: str, texts: Sequence[str]) -> DetectorRun:
    """A detector of others, in a process of its own."""
    given = "".join(f"{json.dumps(text)}\n" for text in texts)
    begun = time.perf_counter()
    done = subprocess.run(
        [python, "-c", PEERS, name], input=given, capture_output=True, text=True, check=False
    )
    seconds = time.perf_counter() - begun
    lines = done.stdout.splitlines()
    if len(lines) != len(texts):
        said = [line for line in done.stderr.strip().splitlines() if line.strip()] or ["it said nothing"]
        return DetectorRun(name, [], seconds, f"did not run: {said[-1].split('(')[0][:100]}")
    return DetectorRun(name, [[tuple(one) for one in json.loads(line)] for line in lines], seconds)


def touches(found: Places, start: int, end: int) -> bool:
    return any(one[0] < end and start < one[1] for one in found)


def personal_data_table(rows: Sequence[dict[str, object]], runs: Sequence[DetectorRun]) -> list[str]:
    """Recall by kind; then what was found and is personal data of no kind at all."""
    held: dict[str, list[list[int]]] = defaultdict(lambda: [[0, 0] for _ in runs])
    wrong: list[Counter[str]] = [Counter() for _ in runs]
    others: Counter[str] = Counter()
    for number, row in enumerate(rows):
        spans: list[dict[str, object]] = row["spans"]  # type: ignore[assignment]
        for span in spans:
            kind, start, end = str(span["type"]), int(str(span["start"])), int(str(span["end"]))
            if kind not in COVERED:
                others[kind] += 1
                continue
            for place, run in enumerate(runs):
                if run.found:
                    held[kind][place][0] += touches(run.found[number], start, end)
                    held[kind][place][1] += 1
        for place, run in enumerate(runs):
            for one in run.found[number] if run.found else []:
                if not any(touches([one], int(str(s["start"])), int(str(s["end"]))) for s in spans):
                    wrong[place][one[2]] += 1
    lines = _head("kind", runs)
    for kind in COVERED:
        lines.append(_row(COVERED[kind], [shown_share(*pair) if pair[1] else "–" for pair in held[kind]]))
    told = [", ".join(f"{kind} {n}" for kind, n in one.most_common()) or "none" for one in wrong]
    lines.append(_row("found and labelled as nothing", told))
    lines.append(_row("ms a text", [_pace(run, len(rows)) for run in runs]))
    missing = ", ".join(f"{kind} {n}" for kind, n in others.most_common())
    return [*lines, "", f"Not covered, by us: {missing}."]


def secrets_table(samples: Sequence[SecretSample], runs: Sequence[DetectorRun]) -> list[str]:
    """Recall by kind, all together, and by place; false alarms by kind."""
    kinds: dict[str, list[list[int]]] = defaultdict(lambda: [[0, 0] for _ in runs])
    alarms: dict[str, list[list[int]]] = defaultdict(lambda: [[0, 0] for _ in runs])
    total = [[0, 0] for _ in runs]
    falsely = [[0, 0] for _ in runs]
    for number, sample in enumerate(samples):
        harmless = sample.end == 0
        for place, run in enumerate(runs):
            if not run.found:
                continue
            found = run.found[number]
            hit = bool(found) if harmless else touches(found, sample.start, sample.end)
            for table in (
                alarms[sample.kind] if harmless else kinds[sample.kind],
                falsely if harmless else total,
            ):
                table[place][0] += hit
                table[place][1] += 1
    lines = _head("kind", runs)
    for kind, pairs in (*kinds.items(), ("**all**", total)):
        lines.append(_row(kind, [shown_share(*pair) if pair[1] else "–" for pair in pairs]))
    lines += ["", "Taken for secrets, of what is none:", "", *_head("kind", runs)]
    for kind, pairs in (*alarms.items(), ("**all**", falsely)):
        lines.append(_row(kind, [shown_share(*pair) if pair[1] else "–" for pair in pairs]))
    lines.append(_row("ms a text", [_pace(run, len(samples)) for run in runs]))
    return lines


def _head(first: str, runs: Sequence[DetectorRun]) -> list[str]:
    return [_row(first, [run.name for run in runs]), "|---" * (len(runs) + 1) + "|"]


def _row(first: str, cells: Sequence[str]) -> str:
    return f"| {' | '.join([first, *cells])} |"


def _pace(run: DetectorRun, texts: int) -> str:
    return f"{run.seconds / max(texts, 1) * 1000:.2f}{'' if run.name == 'ours' else ', start included'}"


def _why_not(runs: Sequence[DetectorRun]) -> list[str]:
    return [f"{run.name} {run.why_not}." for run in runs if run.why_not]


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--peers", metavar="PYTHON", help="an interpreter that has the other detectors")
    given = parser.parse_args(argv)
    try:
        _, folder = open_data("presidio_pii")
    except SettingsError as error:
        print(error)
        return 2
    rows = items(folder, "presidio_pii", "held", lambda row: row["template_id"])
    texts = [str(row["text"]) for row in rows]
    samples = secret_samples()
    sampled = [sample.text for sample in samples]
    personal, secret = [ours_of_personal_data(texts)], [ours_of_secrets(sampled)]
    if given.peers:
        personal += [peer(given.peers, name, texts) for name in ("presidio", "guardrails-pii")]
        secret += [peer(given.peers, name, sampled) for name in ("detect-secrets", "guardrails-secrets")]
    there = [[run for run in runs if run.found] for runs in (personal, secret)]
    lines = [INTRODUCTION, f"## Personal data: presidio_pii, held half, {len(rows)} texts", ""]
    lines += [*personal_data_table(rows, there[0]), *_why_not(personal)]
    lines += ["", f"## Secrets: {len(samples)} texts made by chance (`secret_samples`, seeded)", ""]
    lines += [*secrets_table(samples, there[1]), *_why_not(secret)]
    lines += ["", f"{machine()}."]
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(PAGE)
    return 0


if __name__ == "__main__":
    run_main(main)
