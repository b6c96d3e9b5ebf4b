"""Compare two runs of the same questions, and say whether the second may go out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from evals.errors import EvalError
from evals.experiments.runfile import Item, Run
from evals.gates.clusters import clusters
from evals.gates.inference import PairedDifference, holm, paired_difference
from evals.metrics.table import METRICS

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """One metric in both runs over the items where both have it. ``p`` is adjusted where it gates."""

    metric: str
    baseline: float
    candidate: float
    difference: PairedDifference
    gates: bool = False
    p: float | None = None
    blocks: bool = False


@dataclass(frozen=True, slots=True)
class Zero:
    """A thing that must not happen: how often it does in each run, and in which items of the candidate."""

    metric: str
    baseline: int
    candidate: int
    items: list[str]


@dataclass(frozen=True, slots=True)
class Slice:
    """One metric on the items of one kind."""

    kind: str
    metric: str
    n: int
    baseline: float
    candidate: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """``blocks`` is the verdict; ``reasons`` has a line for each thing that blocks."""

    baseline: str
    candidate: str
    margin: float | None
    lines: list[ComparisonRow]
    zeros: list[Zero]
    slices: list[Slice]
    newly_failing: list[str]
    newly_passing: list[str]
    notes: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    @property
    def blocks(self) -> bool:
        return bool(self.reasons)


def compare(baseline: Run, candidate: Run, margin: float | None = None, level: float = LEVEL) -> Comparison:
    """Pair the items by id and compare every metric.

    Without ``margin`` a gating metric blocks when its fall is beyond chance: Holm's adjusted one-sided p is
    at most ``1 - level``. With one, each gating metric must be shown not to have fallen by more than the
    margin: the lower one-sided bound is above it (non-inferiority, an intersection-union test, in which each
    test has the full level: Berger 1982, Technometrics 24). What must not happen blocks whenever it does.

    Raises:
        EvalError: the runs are not of the same questions.
    """
    pairs = pair(baseline, candidate)
    of = clusters((item.id, item.documents) for item, _ in pairs)
    lines = [line for key in METRICS if not METRICS[key].zero and (line := _line(key, pairs, of, level))]
    p_values = {line.metric: line.difference.p_worse for line in lines if METRICS[line.metric].gates}
    adjusted = holm(p_values)
    lines = [_judged(line, adjusted.get(line.metric), margin, level) for line in lines]
    zeros = [_zero(key, pairs) for key, metric in METRICS.items() if metric.zero]
    reasons = [_why(line, margin, level) for line in lines if line.blocks]
    reasons += [
        f"{METRICS[zero.metric].title}: {zero.candidate} in {', '.join(zero.items[:5])}"
        for zero in zeros
        if zero.candidate
    ]
    broken = [item.id for item in candidate.items if item.error]
    if broken:
        reasons.append(f"{len(broken)} items ended in an error, the first is {broken[0]}")
    return Comparison(
        baseline=baseline.name,
        candidate=candidate.name,
        margin=margin,
        lines=lines,
        zeros=zeros,
        slices=_slices(pairs),
        newly_failing=[old.id for old, new in pairs if _ok(old) and not _ok(new)],
        newly_passing=[old.id for old, new in pairs if not _ok(old) and _ok(new)],
        notes=_notes(baseline, candidate),
        reasons=reasons,
    )


def pair(baseline: Run, candidate: Run) -> list[tuple[Item, Item]]:
    """The items of two runs, by id.

    Raises:
        EvalError: another suite, dataset or stage, or other ids.
    """
    old, new = baseline.header, candidate.header
    if old.suite != new.suite:
        raise EvalError(f"the runs are of different suites: {old.suite} and {new.suite}")
    if old.stage != new.stage:
        raise EvalError(f"one run is of the stage {old.stage}, the other of {new.stage}")
    if old.dataset_sha256 != new.dataset_sha256:
        raise EvalError(
            f"the questions of {new.suite} are not those of the baseline (sha256 {old.dataset_sha256[:12]} "
            f"and {new.dataset_sha256[:12]}); run the baseline again"
        )
    ours = {item.id: item for item in candidate.items}
    theirs = {item.id for item in baseline.items}
    if other := sorted(theirs ^ ours.keys()):
        raise EvalError(f"the runs do not have the same items: {len(other)} are in one only, e.g. {other[0]}")
    return [(item, ours[item.id]) for item in baseline.items]


def _line(
    key: str, pairs: Sequence[tuple[Item, Item]], of: dict[str, str], level: float
) -> ComparisonRow | None:
    both = [
        (old.id, a, b)
        for old, new in pairs
        if (a := old.metrics.get(key)) is not None and (b := new.metrics.get(key)) is not None
    ]
    if not both:
        return None
    found = paired_difference([b - a for _, a, b in both], [of[name] for name, _, _ in both], level)
    return ComparisonRow(
        key, sum(a for _, a, _ in both) / len(both), sum(b for _, _, b in both) / len(both), found
    )


def _judged(line: ComparisonRow, p: float | None, margin: float | None, level: float) -> ComparisonRow:
    if p is None:
        return line
    blocks = p <= 1 - level if margin is None else not line.difference.least > -margin
    return ComparisonRow(line.metric, line.baseline, line.candidate, line.difference, True, p, blocks)


def _why(line: ComparisonRow, margin: float | None, level: float) -> str:
    change = f"{METRICS[line.metric].title}: {line.baseline:.3f} to {line.candidate:.3f}"
    if margin is None:
        return f"{change}, at best {line.difference.most:+.3f} at {level:.0%} (adjusted p {line.p:.3f})"
    return f"{change}, at worst {line.difference.least:+.3f} at {level:.0%}; {-margin:+.3f} is allowed"


def _zero(key: str, pairs: Sequence[tuple[Item, Item]]) -> Zero:
    new = {item.id: item.metrics.get(key) or 0 for _, item in pairs}
    return Zero(
        key,
        int(sum(item.metrics.get(key) or 0 for item, _ in pairs)),
        int(sum(new.values())),
        [name for name, count in new.items() if count],
    )


def _slices(pairs: Sequence[tuple[Item, Item]]) -> list[Slice]:
    found: list[Slice] = []
    for kind in dict.fromkeys(old.kind for old, _ in pairs):
        some = [(old, new) for old, new in pairs if old.kind == kind]
        for key in ("correct", "evidence_recall", "citation_f1"):
            both = [
                (a, b)
                for old, new in some
                if (a := old.metrics.get(key)) is not None and (b := new.metrics.get(key)) is not None
            ]
            if both:
                before, after = (sum(side) / len(both) for side in zip(*both, strict=True))
                found.append(Slice(kind, key, len(both), before, after))
    return found


def _ok(item: Item) -> bool:
    return bool(item.metrics.get("correct"))


def _notes(baseline: Run, candidate: Run) -> list[str]:
    old, new = baseline.header, candidate.header
    notes: list[str] = []
    if old.corpus_sha256 != new.corpus_sha256:
        notes.append("the documents in the index differ")
    if old.settings != new.settings:
        notes.append(f"the settings differ ({old.preset} {old.settings}, {new.preset} {new.settings})")
    changed = [
        name
        for name in sorted(old.prompts.keys() | new.prompts.keys())
        if old.prompts.get(name) != new.prompts.get(name)
    ]
    if changed:
        notes.append(f"prompts differ: {', '.join(changed)}")
    if old.models != new.models:
        notes.append(
            f"models differ: {', '.join(old.models) or 'none'} and {', '.join(new.models) or 'none'}"
        )
    if old.embedder != new.embedder:
        notes.append(f"embedders differ: {old.embedder} and {new.embedder}")
    return notes
