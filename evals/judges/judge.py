"""Ask a model one yes-or-no question about an answer, through openevals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from evals.datasets.suite import Question
from evals.errors import EvalError, needs_extra
from evals.judges.prompt import JudgePrompt, judge_names, load_judge, pinned
from graphs.calling.call import describe_failure, is_retryable

ATTEMPTS = 3
NO_MODEL = "no judging model: name one with --judge-model or PINCITE_JUDGE_MODEL"

Verdict = dict[str, Any]
"""``pass`` is true, false, or null where it was not judged; then ``why`` says why."""

Ask = Callable[[str, str, str], Verdict]
"""(question, answer, passages) -> verdict."""


def chosen(names: Sequence[str]) -> list[JudgePrompt]:
    """The judges asked for; ``all`` is each of them.

    Raises:
        EvalError: there is no such judge.
    """
    wanted = judge_names() if "all" in names else list(dict.fromkeys(names))
    return [load_judge(name) for name in wanted]


def about(prompts: Sequence[JudgePrompt], model: str | None) -> dict[str, dict[str, Any]]:
    """What a run's header says of its judges; without a model that they did not run."""
    if model is None:
        return {prompt.name: {"not_run": NO_MODEL} for prompt in prompts}
    return {
        prompt.name: {
            "judge": pinned(prompt, model),
            "model": model,
            "prompt_version": prompt.version,
            "prompt_sha256": prompt.sha256,
        }
        for prompt in prompts
    }


def make_asker(prompt: JudgePrompt, model: str) -> Ask:
    """The judge: ``prompt`` asked of ``model`` at temperature 0, tried again when the server is busy.

    Raises:
        EvalError: openevals is missing.
        ModelError: the model cannot be set up.
    """
    try:
        from openevals.llm import create_llm_as_judge
    except ImportError:
        raise needs_extra("openevals") from None
    from app.models.chat import make_chat_model
    from app.settings import AnswerSettings

    judge = create_llm_as_judge(
        prompt=prompt.text,
        feedback_key=prompt.name,
        judge=make_chat_model(model, AnswerSettings.model_construct()),
    )

    def ask(question: str, answer: str, passages: str) -> Verdict:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                result: Any = judge(inputs=question, outputs=answer, context=passages)
            except Exception as error:  # providers share no base class
                if attempt < ATTEMPTS and is_retryable(error):
                    continue
                return {"pass": None, "why": describe_failure(error)}
            if not isinstance(result, Mapping) or not isinstance(result.get("score"), bool):
                return {"pass": None, "why": "the model gave no yes or no"}
            return {"pass": result["score"], "comment": str(result.get("comment") or "")[:500]}
        raise AssertionError("unreachable")

    return ask


def make_judges(
    prompts: Sequence[JudgePrompt], model: str | None
) -> dict[str, Callable[[Question, dict[str, Any]], Verdict]]:
    """Judges of a run's items; none without a model."""
    if model is None:
        return {}
    return {prompt.name: _of_item(prompt, make_asker(prompt, model)) for prompt in prompts}


def _of_item(prompt: JudgePrompt, ask: Ask) -> Callable[[Question, dict[str, Any]], Verdict]:
    def judge(question: Question, seen: dict[str, Any]) -> Verdict:
        if seen.get("status") != prompt.applies:
            return {"pass": None, "why": "does not apply"}
        answer = " ".join(str(claim["text"]) for claim in seen.get("claims", []))
        return ask(asked(question), answer, numbered([hit.get("text") or "" for hit in seen["evidence"]]))

    return judge


def asked(question: Question) -> str:
    """The question with the turns before it."""
    turns = [f"{turn.get('role', 'user')}: {turn.get('content', '')}" for turn in question.history]
    return "\n".join([*turns, question.question])


def numbered(passages: Sequence[str]) -> str:
    """Passages as one text."""
    return "\n\n".join(f"[{number}] {text}" for number, text in enumerate(passages, 1)) or "(none)"


def check_model(model: str | None) -> str:
    """The model, where one must be named.

    Raises:
        EvalError: there is none.
    """
    if not model:
        raise EvalError(NO_MODEL)
    return model
