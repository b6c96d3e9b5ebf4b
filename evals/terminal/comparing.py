"""`pincite eval compare`, `power` and `baseline`: two runs as text, and a verdict."""

from __future__ import annotations

from pathlib import Path

from app.settings import load_settings
from evals.experiments.find import baseline_file, find_run
from evals.experiments.runfile import without_evidence, write_run
from evals.gates.clusters import clusters
from evals.gates.compare import Comparison, ComparisonRow, compare, pair
from evals.gates.power import Spread, detectable, items_needed, spread_between, spread_within
from evals.metrics.table import GATING, METRICS

SHOWN = 20


def run_compare(baseline: str, candidate: str, margin: float | None) -> int:
    """Print the comparison; 1 when it blocks."""
    runs = load_settings().eval_runs
    new = find_run(candidate, runs)
    old = find_run(baseline, runs, new.header.suite)
    found = compare(old, new, margin)
    print(shown(found))
    return int(found.blocks)


def run_baseline(run: str, out: Path | None) -> int:
    """Keep a run as the baseline."""
    runs = load_settings().eval_runs
    found = find_run(run, runs)
    file = out or baseline_file(runs, found.header.suite)
    write_run(file, without_evidence(found))
    print(f"{found.name} is the baseline now: {file}")
    return 0


def run_power(baseline: str, other: str | None, difference: float, correlation: float, power: float) -> int:
    """Print a line for each gating metric."""
    runs = load_settings().eval_runs
    first = find_run(baseline, runs)
    second = find_run(other, runs) if other else None
    pairs = pair(first, second or first)
    of = clusters((item.id, item.documents) for item, _ in pairs)
    how = "measured on two runs" if second else f"one run, correlation {correlation:g} with the next assumed"
    print(f"one-sided 5 % test, power {power:.0%}, spread {how}")
    alone, strict = 0.05, 0.05 / len(GATING)
    wanted = f"items for {difference:g}"
    print(f"{'':<26} {'items':>6} {'shows':>7}   {wanted:>16}   with Holm, {len(GATING)} metrics")
    for key in GATING:
        both = [
            (old.id, a, b)
            for old, new in pairs
            if (a := old.metrics.get(key)) is not None and (b := new.metrics.get(key)) is not None
        ]
        if not both:
            continue
        names = [of[name] for name, _, _ in both]
        before, after = [a for _, a, _ in both], [b for _, _, b in both]
        spread = spread_between(before, after, names) if second else spread_within(before, names, correlation)
        print(_power_line(METRICS[key].title, len(both), spread, difference, alone, strict, power))
    return 0


def _power_line(
    title: str, n: int, spread: Spread, difference: float, alone: float, strict: float, power: float
) -> str:
    if spread.sd == 0:
        return f"{title:<26} {n:>6}   no spread: nothing differs, so nothing can be said"
    return (
        f"{title:<26} {n:>6} {detectable(n, spread, alone, power):>7.3f}   "
        f"{items_needed(difference, spread, alone, power):>16}   "
        f"{detectable(n, spread, strict, power):.3f}, {items_needed(difference, spread, strict, power)}"
        f"   (clusters x{spread.effect:.1f})"
    )


def shown(found: Comparison) -> str:
    """A comparison as text: verdict last, where the eye is."""
    rows = [f"{found.baseline}  ->  {found.candidate}", *(f"note: {note}" for note in found.notes), ""]
    head = f"{'':<26} {'before':>7} {'after':>7} {'change':>8}   95 % interval       n"
    rows += [head, *(_line(line) for line in found.lines)]
    rows.append("gates: * (Holm-adjusted one-sided p); the others inform")
    for zero in found.zeros:
        named = f"  {', '.join(zero.items[:SHOWN])}" if zero.items else ""
        rows.append(f"{METRICS[zero.metric].title:<26} {zero.baseline:>7} {zero.candidate:>7}{named}")
    rows.append("")
    kinds = dict.fromkeys(part.kind for part in found.slices)
    for kind in kinds:
        some = [part for part in found.slices if part.kind == kind]
        moved = "; ".join(
            f"{METRICS[part.metric].title} {part.baseline:.2f} to {part.candidate:.2f}" for part in some
        )
        rows.append(f"{kind} (n={some[0].n}): {moved}")
    rows.append(f"newly failing ({len(found.newly_failing)}): {_names(found.newly_failing)}")
    rows.append(f"newly passing ({len(found.newly_passing)}): {_names(found.newly_passing)}")
    rows.append("")
    if found.blocks:
        rows += ["BLOCKED", *(f"  {reason}" for reason in found.reasons)]
    elif found.margin is None:
        rows.append("passes: nothing got worse beyond chance")
    else:
        rows.append(f"passes: nothing fell by more than {found.margin:g}")
    return "\n".join(rows)


def _line(line: ComparisonRow) -> str:
    change = line.difference
    p = f"  p={line.p:.3f}{' BLOCKS' if line.blocks else ''}" if line.p is not None else ""
    title = f"{METRICS[line.metric].title}{' *' if line.gates else ''}"
    interval = f"{change.low:+.3f} to {change.high:+.3f}"
    return (
        f"{title:<26} {line.baseline:>7.3f} {line.candidate:>7.3f} {change.mean:>+8.3f}   {interval:<18} "
        f"{change.n:>3}{p}"
    )


def _names(names: list[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return (", ".join(names[:SHOWN]) or "none") + more
