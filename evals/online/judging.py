"""Ask judges about kept answers: all that went wrong, and a seeded share of the rest, each once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from langchain_core.callbacks import get_usage_metadata_callback
from langchain_core.messages import AIMessage

from app.controls.budgets.open import open_budget
from app.corpus import Corpus
from app.models.prices import price_of
from app.online.open import online_store, open_watch
from app.online.sampling import always_taken, taken
from app.registry.registry import Registry
from evals.judges.judge import Ask, Verdict, make_asker, numbered
from evals.judges.prompt import JudgePrompt, pinned
from graphs.calling.budget import Budget, BudgetRefusedError, Payer, PlannedCall, estimated_tokens
from graphs.calling.paid_call import paid_call

ACCOUNT = "online evaluation"
"""Who pays for judges: a user of this name in the ledger."""

STEP = "judge"
OUTPUT_TOKENS = 1024
"""Tokens a verdict with its reasoning is reserved for."""

SECONDS = 180.0


@dataclass(frozen=True, slots=True)
class Judging:
    """What one run did for one judge. ``unclear``: asked without a yes or no. ``left``: not asked about,
    since ``most`` was reached or the budget was used up (``refused`` says how)."""

    judge: str
    judged: int
    unclear: int
    left: int
    refused: str = ""


def judge_kept(corpus: Corpus, prompts: Sequence[JudgePrompt], model: str, most: int) -> list[Judging]:
    """Check what is not checked yet, then ask each judge about at most ``most`` answers.

    What went wrong comes first. Each is paid for by ``ACCOUNT`` where budgets are set, before it is asked.

    Raises:
        EvalError, ModelError: the judge cannot be set up.
    """
    open_watch(corpus).check_all()
    with ExitStack() as stack:
        budget = open_budget(corpus.settings, stack)
        return [_judged(corpus, prompt, model, most, budget) for prompt in prompts]


def _judged(corpus: Corpus, prompt: JudgePrompt, model: str, most: int, budget: Budget | None) -> Judging:
    store, settings = online_store(corpus), corpus.settings.observability.online
    name = f"{prompt.name} {pinned(prompt, model)}"
    known = {answer for one in store.judged() if one.judge == name for answer in one.passed}
    wanted = [
        one
        for one in store.checked()
        if one.checks.get(prompt.applies)
        and one.id not in known
        and taken(one, settings.share, settings.seed)
    ]
    wanted.sort(key=lambda one: (not always_taken(one), one.number))
    ask = make_asker(prompt, model) if wanted else None
    judged = unclear = 0
    for number, one in enumerate(wanted[:most]):
        assert ask is not None
        answer = corpus.answers.get(one.id)
        try:
            verdict = asyncio.run(_asked(ask, prompt, model, answer, corpus.registry, budget))
        except BudgetRefusedError as error:
            return Judging(prompt.name, judged, unclear, len(wanted) - number, str(error))
        store.judge(one.id, name, prompt.applies, verdict["pass"], datetime.now(UTC))
        judged += verdict["pass"] is not None
        unclear += verdict["pass"] is None
    return Judging(prompt.name, judged, unclear, max(0, len(wanted) - most))


async def _asked(
    ask: Ask,
    prompt: JudgePrompt,
    model: str,
    answer: dict[str, Any],
    registry: Registry,
    budget: Budget | None,
) -> Verdict:
    question = str((answer.get("receipt") or {}).get("standalone") or answer["question"])
    said = " ".join(claim["text"] for claim in answer.get("claims", []))
    passages = numbered(_evidence(answer, registry))
    found: list[Verdict] = []

    async def call() -> AIMessage:
        with get_usage_metadata_callback() as used:
            found.append(await asyncio.to_thread(ask, question, said, passages))
        usage: Any = next(iter(used.usage_metadata.values()), None)
        return AIMessage("", usage_metadata=usage)

    if budget is None:
        await call()
    else:
        where = model.partition(":")[0]
        planned = PlannedCall(
            payer=Payer(f"judge-{answer['id']}", ACCOUNT),
            step=STEP,
            model=model.partition(":")[2] or model,
            endpoint=where,
            input_tokens=estimated_tokens(f"{prompt.text}{question}{said}{passages}"),
            output_tokens=OUTPUT_TOKENS,
            seconds=SECONDS,
        )
        await paid_call(
            budget, planned, call, lambda reply: price_of(planned.model, where, reply.usage_metadata).usd
        )
    return found[0]


def _evidence(answer: dict[str, Any], registry: Registry) -> list[str]:
    """The passages that were shown, as far as their versions are kept."""
    rounds = (answer.get("receipt") or {}).get("rerankings", [])
    texts = []
    for one in rounds[-1]["evidence"] if rounds else []:
        place, _, span = one["passage"].rpartition(":")
        doc_id, _, version = place.rpartition("@")
        start, _, end = span.partition("-")
        if stored := registry.stored_version(doc_id, version):
            texts.append(stored.text[int(start) : int(end)])
    return texts
