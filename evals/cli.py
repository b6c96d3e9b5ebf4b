"""``pincite eval``: measure the application. Heavy modules are imported by the command that needs them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

evaluation = typer.Typer(
    help="Measure answers: run a suite, compare two runs, report.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

RunsArgument = Annotated[
    Optional[list[str]],  # noqa: UP045 - typer reads the annotation at run time
    typer.Argument(help="Runs: files, names, latest, or baseline."),
]
JudgeModelOption = Annotated[
    str,
    typer.Option("--judge-model", help="Model that judges, e.g. openai:gpt-4o-mini; PINCITE_JUDGE_MODEL."),
]


@evaluation.command()
def run(
    suite: Annotated[str, typer.Option("--suite", help="Name of a suite, or the folder of one.")] = "isbrook",
    preset: Annotated[
        str,
        typer.Option(
            "--preset", help="extractive, lexical, dense, fast, wide, local; configured: your settings."
        ),
    ] = "extractive",
    overrides: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--set", help="One setting more, e.g. retrieval.top_k=10; may be repeated."),
    ] = None,
    stage: Annotated[
        str, typer.Option("--stage", help="answer, or retrieve for the retriever alone.")
    ] = "answer",
    judge: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--judge", help="A model judge to ask too; may be repeated, `all` for each."),
    ] = None,
    judge_model: JudgeModelOption = "",
    concurrency: Annotated[
        int, typer.Option("--concurrency", min=1, max=32, help="Questions at a time.")
    ] = 1,
    out: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--out", help="File to write; by default a new one in PINCITE_EVAL_RUNS."),
    ] = None,
    upload: Annotated[
        Optional[bool],  # noqa: UP045
        typer.Option("--upload/--no-upload", help="Send results to LangSmith; on where it is configured."),
    ] = None,
    note: Annotated[str, typer.Option("--note", help="What this run is for; kept in its file.")] = "",
) -> None:
    """Ask every question of a suite once, measure, and write the run as one file of JSON lines."""
    from evals.terminal.running import run_run

    raise typer.Exit(
        run_run(
            suite=suite,
            preset=preset,
            overrides=overrides or [],
            stage=stage,
            judges=judge or [],
            judge_model=judge_model,
            concurrency=concurrency,
            out=out,
            upload=upload,
            note=note,
        )
    )


@evaluation.command()
def compare(
    baseline: Annotated[str, typer.Argument(help="The run that stands: a file, a name, or baseline.")],
    candidate: Annotated[str, typer.Argument(help="The run that wants in: a file, a name, or latest.")],
    margin: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option("--margin", min=0, help="Non-inferiority: show that nothing fell by more, e.g. 0.05."),
    ] = None,
) -> None:
    """Say what changed and whether it is beyond chance. Exit code 1 when the candidate is blocked."""
    from evals.terminal.comparing import run_compare

    raise typer.Exit(run_compare(baseline, candidate, margin))


@evaluation.command()
def power(
    baseline: Annotated[str, typer.Argument(help="A run to take the spread from.")],
    other: Annotated[
        Optional[str],  # noqa: UP045
        typer.Argument(help="A second run, to measure how far two runs differ instead of assuming it."),
    ] = None,
    difference: Annotated[
        float, typer.Option("--difference", min=0.0001, max=1, help="The difference to be shown.")
    ] = 0.05,
    correlation: Annotated[
        float, typer.Option("--correlation", min=0, max=0.999, help="Assumed between two runs.")
    ] = 0.8,
    chance: Annotated[float, typer.Option("--power", min=0.5, max=0.999, help="Chance to see it.")] = 0.8,
) -> None:
    """Say how many items a difference takes, and what difference this many items can show."""
    from evals.terminal.comparing import run_power

    raise typer.Exit(run_power(baseline, other, difference, correlation, chance))


@evaluation.command()
def baseline(
    run: Annotated[str, typer.Argument(help="The run that becomes the baseline.")] = "latest",
    out: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--out", help="File to write; by default the suite's in evals/results/baseline."),
    ] = None,
) -> None:
    """Keep a run, without its passages, as the one that others are compared with."""
    from evals.terminal.comparing import run_baseline

    raise typer.Exit(run_baseline(run, out))


@evaluation.command()
def report(
    runs: RunsArgument = None,
    out: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--out", help="File to write; by default report.html beside the folder of runs."),
    ] = None,
    against: Annotated[
        str, typer.Option("--against", help="Run to compare with; by default the suite's baseline.")
    ] = "",
    most: Annotated[int, typer.Option("--items", min=0, help="Items shown in full.")] = 24,
) -> None:
    """Write one HTML page about the newest run, with the others as its history."""
    from evals.terminal.reporting import run_report

    raise typer.Exit(run_report(runs or [], out, against, most))


@evaluation.command()
def calibrate(
    judge: Annotated[str, typer.Argument(help="The judge, e.g. unsupported-claim.")],
    labels: Annotated[Path, typer.Argument(help="What people said: one JSON object a line.")],
    judge_model: JudgeModelOption = "",
    out: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--out", help="Folder to keep it in; by default where reports look for it."),
    ] = None,
) -> None:
    """Measure a judge against people's labels. Exit code 1 when it is not to be relied on."""
    from evals.terminal.calibrating import run_calibrate

    raise typer.Exit(run_calibrate(judge, labels, judge_model, out))


@evaluation.command()
def gate(
    run: Annotated[str, typer.Argument(help="A run without a model: a file, a name, or latest.")] = "latest",
    most_wrong: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option(
            "--most-wrong", min=0.01, max=0.99, help="Share of answers that may be wrong, e.g. 0.1."
        ),
    ] = None,
    out: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--out", help="File to write; by default a new one beside the folder of runs."),
    ] = None,
) -> None:
    """From which score on are at most so many answers wrong? Exit code 1 when no score shows that."""
    from evals.terminal.gating import run_gate

    raise typer.Exit(run_gate(run, most_wrong, out))


@evaluation.command()
def online(
    judge: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--judge", help="A model judge to ask; may be repeated. All when left out."),
    ] = None,
    judge_model: JudgeModelOption = "",
    most: Annotated[
        int, typer.Option("--most", min=1, help="Answers each judge is asked about at most.")
    ] = 100,
) -> None:
    """Judge kept answers of the data folder: all that went wrong, and a share of the rest, weighted."""
    from evals.terminal.judging_online import run_online

    raise typer.Exit(run_online(judge or [], judge_model, most))


@evaluation.command()
def feedback(
    queue: Annotated[
        int, typer.Option("--queue", min=0, help="Answers to put into LangSmith's annotation queue at most.")
    ] = 0,
) -> None:
    """Make feedback on kept answers and on their LangSmith runs equal, both ways."""
    from evals.terminal.syncing_feedback import run_feedback

    raise typer.Exit(run_feedback(queue))


@evaluation.command()
def push(
    runs: RunsArgument = None,
    suite: Annotated[str, typer.Option("--suite", help="Name of a suite, or the folder of one.")] = "isbrook",
) -> None:
    """Bring a suite, and runs of it, to LangSmith. The same command twice changes nothing."""
    from evals.terminal.pushing import run_push

    raise typer.Exit(run_push(suite, runs or []))


@evaluation.command()
def pull(
    suite: Annotated[str, typer.Option("--suite", help="Name of a suite, or the folder of one.")] = "isbrook",
    out: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--out", help="File to write; by default standard output."),
    ] = None,
) -> None:
    """Bring what people added to or changed in a suite's LangSmith dataset. Exit code 1 on a conflict."""
    from evals.terminal.pushing import run_pull

    raise typer.Exit(run_pull(suite, out))
