"""Run a suite through the application with LangSmith's ``evaluate``, and keep what came of it."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from typing import Any, Literal

from app.settings import Settings
from evals.datasets.suite import Question, Suite
from evals.errors import EvalError
from evals.experiments.ask import Observation, observe
from evals.experiments.grade import grade, is_right, lost
from evals.experiments.header import make_header
from evals.experiments.opened_suite import Opened, open_suite
from evals.experiments.runfile import Item, Passage, Run
from evals.langsmith_examples import Examples, offline_examples

Stage = Literal["answer", "retrieve"]
Judge = Callable[[Question, Observation], dict[str, Any]]
"""A question and what was seen -> the judgement, with ``pass`` true, false or null."""


def run_suite(
    suite: Suite,
    settings: Settings,
    *,
    preset: str,
    overrides: Mapping[str, Any] | None = None,
    stage: Stage = "answer",
    judges: Mapping[str, Judge] | None = None,
    about_judges: Mapping[str, dict[str, Any]] | None = None,
    examples: Callable[[Suite], Examples] = offline_examples,
    concurrency: int = 1,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
    note: str = "",
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    change: Callable[[Opened], Opened] = lambda opened: opened,
) -> Run:
    """Index, ask every question once, measure. ``change`` may break the opened application on purpose.

    Raises:
        EvalError: the suite and the index do not fit, or the runner lost items.
    """
    started = now()
    given = examples(suite)
    with open_suite(suite, settings) as opened:
        opened = change(opened)
        items = run_questions(
            suite,
            opened,
            stage=stage,
            judges=judges or {},
            examples=given,
            concurrency=concurrency,
            progress=progress,
        )
        header = make_header(
            suite,
            settings,
            opened,
            preset=preset,
            overrides=dict(overrides or {}),
            stage=stage,
            judges=dict(about_judges or {}),
            items=len(items),
            started=started,
            finished=now(),
            note=note,
        )
    return Run(header=header, items=items)


def run_questions(
    suite: Suite,
    opened: Opened,
    *,
    stage: Stage,
    judges: Mapping[str, Judge],
    examples: Examples,
    concurrency: int = 1,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
    probes: bool = True,
) -> list[Item]:
    """Every question of the suite as an item, in the suite's order."""
    from langsmith import tracing_context
    from langsmith.evaluation import evaluate

    questions = {question.id: question for question in suite.questions}
    done: list[str] = []

    def target(inputs: dict[str, Any]) -> dict[str, Any]:
        # Else LangChain hands the runs inside to the runner's client, which posts them.
        with tracing_context(enabled=examples.upload):
            seen = observe(opened, questions[inputs["id"]], stage, probes=probes)
        done.append(inputs["id"])
        progress(len(done), len(questions))
        return seen

    def measure(inputs: dict[str, Any], outputs: dict[str, Any]) -> Any:
        question = questions[inputs["id"]]
        metrics = grade(question, outputs, opened.names, stage)
        given = [{"key": key, "score": score} for key, score in metrics.items()]
        label = {"key": "lost", "value": lost(question, outputs, stage)}
        return {"results": [*given, label, *_judged(judges, question, outputs)]}

    # The synchronous one: aevaluate (0.15) posts traces even with upload_results=False.
    with warnings.catch_warnings(), redirect_stdout(io.StringIO()), redirect_stderr(_Terminal()):
        warnings.simplefilter("ignore")
        results = evaluate(
            target,
            data=examples.data,
            evaluators=[measure],
            client=examples.client,
            upload_results=examples.upload,
            experiment_prefix=f"pincite-{suite.name}",
            max_concurrency=concurrency,
            disable_evaluator_tracing=not examples.upload,
        )
        rows = {_id(row): row for row in results}
    if missing := [name for name in questions if name not in rows]:
        raise EvalError(f"{len(missing)} items were not run, the first is {missing[0]}; run it again")
    return [_item(question, rows[name], opened, judges) for name, question in questions.items()]


def _id(row: Any) -> str:
    return str(row["example"].inputs["id"])


def _judged(judges: Mapping[str, Judge], question: Question, seen: Observation) -> Iterable[dict[str, Any]]:
    for name, judge in judges.items():
        verdict = judge(question, seen)
        passed = verdict["pass"]
        score = None if passed is None else float(passed)
        yield {
            "key": f"judge:{name}",
            "score": score,
            "comment": str(verdict.get("comment", "")),
            "extra": verdict,
        }


def _item(question: Question, row: Any, opened: Opened, judges: Mapping[str, Judge]) -> Item:
    seen: Observation = dict(row["run"].outputs or {})
    if not seen:
        raise EvalError(f"{question.id}: the runner kept nothing ({row['run'].error}); run it again")
    results: Sequence[Any] = row["evaluation_results"]["results"]
    scores = {result.key: result for result in results}
    if "lost" not in scores:
        why = next((str(result.comment) for result in results), "no reason given")
        raise EvalError(f"{question.id}: could not be measured: {why}")
    ungated = seen.get("ungated")
    usage = seen.get("usage", {})
    return Item(
        id=question.id,
        kind=question.kind,
        question=question.question,
        groups=question.groups,
        filters=question.filters,
        answerable=question.answerable,
        documents=sorted({opened.names[gold.document] for gold in question.gold}),
        reference=question.answer,
        gold=[gold.model_dump() for gold in question.gold],
        status=seen.get("status", "failed"),
        mode=seen.get("mode"),
        text=seen.get("text", ""),
        claims=seen.get("claims", []),
        citations=seen.get("citations", []),
        reason=seen.get("reason", ""),
        retrieved=seen.get("retrieved", []),
        evidence=[Passage.model_validate(passage) for passage in seen.get("evidence", [])],
        score=seen.get("score"),
        needed=seen.get("needed"),
        lost=str(scores["lost"].value),
        ungated=_ungated(question, seen, ungated),
        metrics={
            key: None if result.score is None else float(result.score)
            for key, result in scores.items()
            if key != "lost" and not key.startswith("judge:")
        },
        judgements={name: dict(scores[f"judge:{name}"].extra or {}) for name in judges},
        usage=usage,
        cost_usd=seen.get("cost_usd") if usage else 0.0,
        steps_ms=seen.get("steps_ms", {}),
        latency_ms=seen["latency_ms"],
        notices=seen.get("notices", []),
        fallbacks=seen.get("fallbacks", []),
        problem=seen.get("problem"),
        error=seen.get("error"),
    )


def _ungated(question: Question, seen: Observation, probe: dict[str, Any] | None) -> bool | None:
    """Whether the answer was, or with the gate open would be, right; an answer where none exists is wrong."""
    said = seen if seen.get("status") == "answered" else probe
    if said is None or said["status"] != "answered":
        return None if said is None else False
    return question.answerable and is_right(question, said["status"], said["claims"])


class _Terminal(io.StringIO):
    """Swallows the runner's own progress bar; ours writes to the real standard error."""
