"""`pincite eval run`: run a suite and show what came of it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from app.observability.tracing import tracing_is_on
from app.settings import load_settings
from evals.datasets.suite import Suite, load_suite
from evals.errors import EvalError
from evals.experiments.presets import settings_for
from evals.experiments.run import Stage, run_suite
from evals.experiments.runfile import Run, write_run
from evals.judges.calibrate import Calibration, calibrations_folder, known_calibrations
from evals.judges.judge import about, make_judges
from evals.judges.judge import chosen as chosen_judges
from evals.judges.known import judge_lines
from evals.langsmith_examples import Examples, offline_examples
from evals.metrics.proportions import none_seen
from evals.metrics.stages import ABOUT
from evals.metrics.summary import cost, latencies, losses, means, selective, tokens
from evals.metrics.table import METRICS


def run_run(
    *,
    suite: str,
    preset: str,
    overrides: Sequence[str],
    stage: str,
    judges: Sequence[str],
    judge_model: str,
    concurrency: int,
    out: Path | None,
    upload: bool | None,
    note: str,
) -> int:
    """Run, write, print. Exit code 1 when an item ended in an error."""
    if stage not in get_args(Stage):
        raise EvalError(f"--stage {stage}: there are {' and '.join(get_args(Stage))}")
    settings, given = settings_for(preset, overrides)
    chosen = load_suite(suite)
    configured = load_settings()
    prompts = chosen_judges(judges)
    model = judge_model or configured.judge_model
    made = run_suite(
        chosen,
        settings,
        preset=preset,
        overrides=given,
        stage=stage,  # type: ignore[arg-type]
        judges=make_judges(prompts, model),
        about_judges=about(prompts, model),
        examples=_examples(upload),
        concurrency=concurrency,
        progress=show_progress,
        note=note,
    )
    file = out or configured.eval_runs / f"{made.name}.jsonl"
    write_run(file, made)
    print(summary(made, known_calibrations(calibrations_folder(configured.eval_runs))))
    print(f"\nwritten: {_short(file)}")
    return int(any(item.error for item in made.items))


def _examples(upload: bool | None) -> Callable[[Suite], Examples]:
    """To LangSmith where it is configured, unless told otherwise; told to, it has to be configured."""
    if upload is False or (upload is None and not tracing_is_on()):
        # Nor does the application trace what it is asked here.
        os.environ["LANGSMITH_TRACING"] = "false"
        return offline_examples
    from evals.langsmith_sync import online_examples

    return online_examples


def show_progress(done: int, all_of_them: int) -> None:
    """How far it is, on a terminal's standard error."""
    if sys.__stderr__ is not None and sys.__stderr__.isatty():
        end = "\n" if done == all_of_them else ""
        print(f"\r{done} of {all_of_them} questions", end=end, file=sys.__stderr__, flush=True)


def summary(run: Run, known: Mapping[str, Calibration]) -> str:
    """A run as a page of text."""
    header, items = run.header, run.items
    lines = [
        f"{run.name}: {header.items} questions over {header.documents} documents "
        f"({header.passages} passages), {header.wall_s:.0f} s",
        "",
    ]
    group = ""
    for mean in means(items):
        metric = METRICS[mean.metric]
        if metric.zero:
            continue
        if metric.group != group:
            group = metric.group
            lines.append(f"{group}")
        interval = f"  {mean.low:.2f} to {mean.high:.2f}" if mean.low is not None else ""
        lines.append(f"  {metric.title:<26} {mean.mean:5.3f}  n={mean.n:<4}{interval}")
    lines += ["zero tolerance", *(_zero_line(run, key) for key, m in METRICS.items() if m.zero)]
    if lost := losses(items):
        lines.append("where the evidence was lost")
        lines += [f"  {count:>4}  {ABOUT[stage]}" for stage, count in lost.items()]
    if header.stage == "answer":
        lines += _selective_lines(run)
    lines += [f"judge {one.name}: {one.said}. {one.warning}".rstrip() for one in judge_lines(run, known)]
    lines.append("latency " + ", ".join(f"{name} {value:.0f} ms" for name, value in latencies(items).items()))
    total = cost(items)
    used = ", ".join(f"{name} {count}" for name, count in tokens(items).items())
    lines.append(f"cost {'unknown' if total is None else f'USD {total:.4f}'}{f' ({used})' if used else ''}")
    if errors := [item for item in items if item.error]:
        lines.append(f"{len(errors)} items ended in an error, the first: {errors[0].id}: {errors[0].error}")
    return "\n".join(lines)


def _zero_line(run: Run, key: str) -> str:
    values = [value for item in run.items if (value := item.metrics.get(key)) is not None]
    if not values:
        return f"  {METRICS[key].title:<26} not measured"
    total = int(sum(values))
    bound = "" if total else f"  (0 in {len(values)} items: under {none_seen(len(values)):.1%} at 95 %)"
    return f"  {METRICS[key].title:<26} {total:>5}{bound}"


def _selective_lines(run: Run) -> list[str]:
    found = selective(run.items)

    def shown(value: float | None) -> str:
        return "none" if value is None else f"{value:.3f}"

    return [
        f"abstention precision {shown(found.abstention.precision)}, recall {shown(found.abstention.recall)} "
        f"({found.abstention.abstained} abstained from, {found.abstention.unanswerable} without an answer)",
        f"score: AUROC {shown(found.auroc)}; area under risk-coverage {shown(found.area)} over {found.n} "
        f"items (best possible {shown(found.best_area)})",
    ]


def _short(file: Path) -> str:
    here: Any = Path.cwd()
    return os.path.relpath(file, here) if file.is_relative_to(here) else str(file)
