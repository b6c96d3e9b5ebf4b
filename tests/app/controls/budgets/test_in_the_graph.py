"""Every model call of a question is paid for, whatever becomes of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.controls.budgets.accounts import Cost
from app.controls.budgets.budget import LedgerBudget
from app.controls.budgets.usage import budget_headers
from app.models.entailment import asked_model
from app.testing.openai_server import Reply, Script, ScriptedModel, give_answer, serve_model
from graphs.answer import build_answer_graph
from graphs.calling.breaker import Breakers
from graphs.calling.budget import Payer
from graphs.calling.chains import ChainModel
from graphs.limits import Limits
from graphs.parts import PriceQuote
from tests.support.budgets import budget, call, checked_sums, ledger, rows
from tests.support.graph_parts import ask, chat, corpus, first_sentence, gate, said

pytestmark = pytest.mark.anyio

Scripted = Callable[[Script], ScriptedModel]
QUESTION = "When is the refund paid?"
DRAFT = give_answer(("The refund is paid within 14 days.", [1], []))
USED = 150
"""Tokens that the scripted server reports for each call."""

CENT = 10_000_000


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def scripted() -> Any:
    from contextlib import ExitStack

    with ExitStack() as stack:
        yield lambda script: stack.enter_context(serve_model(script))


def price(model: str, _where: str, usage: Any) -> PriceQuote:
    """A cent a token; a dear model costs ten."""
    if not usage or "unknown" in model:
        return PriceQuote(None, "test")
    tokens = usage["input_tokens"] + usage["output_tokens"]
    return PriceQuote(tokens * (10 if "dear" in model else 1) / 100, "test")


def estimate(model: str, where: str, read: int, written: int) -> PriceQuote:
    return price(model, where, {"input_tokens": read, "output_tokens": written})


def graph(held: LedgerBudget, *models: Any, **parts: Any) -> Any:
    return build_answer_graph(
        retriever=corpus(),
        model=models[0],
        fallback_models=models[1:],
        price=price,
        budget=held,
        gate=gate(1.0),
        breakers=Breakers(failures=100),
        limits=Limits(model_attempts=2),
        **parts,
    )


async def test_a_call_is_settled_at_what_it_cost(tmp_path: Path, scripted: Scripted) -> None:
    server = scripted([DRAFT])
    held = budget(ledger(tmp_path, user_day_usd=1000, tenant_month_tokens=100_000), estimate)
    answer = await ask(graph(held, chat(server, max_tokens=100)), QUESTION)
    assert answer.status == "answered"
    ((state, reserved, spent),) = rows(tmp_path)
    assert (state, spent) == ("settled", USED * CENT)
    assert reserved > spent
    told = answer.receipt["budget"]
    assert (told["settled_usd"], told["settled_tokens"], told["calls"]) == (1.5, USED, 1)
    assert told["reserved_usd"] == reserved / 1e9
    assert {(one["of"], one["per"]): one["remaining_usd"] for one in told["remaining"]} == {
        ("user", "day"): 998.5,
        ("tenant", "month"): None,
    }
    assert budget_headers(answer.receipt)["X-Budget-Remaining-Tokens"] == str(100_000 - USED)
    checked_sums(tmp_path)


async def test_no_model_is_asked_where_it_is_not_paid_for(tmp_path: Path, scripted: Scripted) -> None:
    server = scripted([DRAFT])
    held = budget(ledger(tmp_path, user_day_usd=0.5), estimate)
    answer = await ask(graph(held, chat(server, max_tokens=100), extractor=first_sentence()), QUESTION)
    assert not server.requests
    assert answer.status == "failed"
    assert answer.problem is not None
    assert (answer.problem.code, answer.problem.retryable) == ("budget-exceeded", False)
    refused = answer.receipt["budget"]["refused"]
    assert (refused["of"], refused["per"], refused["step"]) == ("user", "day", "generate")


async def test_an_answer_without_a_model_by_a_setting(tmp_path: Path, scripted: Scripted) -> None:
    server = scripted([DRAFT])
    held = budget(ledger(tmp_path, user_day_usd=0.5), estimate, "extractive")
    built = graph(held, chat(server, max_tokens=100), extractor=first_sentence())
    answer = await ask(built, QUESTION, messages=said("What of devices?", "They may be returned."))
    assert not server.requests
    assert (answer.status, answer.mode) == ("answered", "extractive")
    assert any("the budget is spent" in notice for notice in answer.notices)
    assert answer.receipt["budget"]["refused"]["code"] == "budget-exceeded"


async def test_a_reservation_priced_at_the_wrong_tier(tmp_path: Path, scripted: Scripted) -> None:
    """As where a request is priced once, at its first model: here the dearer one that is fallen back to is
    held at its own price."""
    down = scripted([Reply(status=400)])
    dear = scripted([DRAFT])
    models = chat(down, "cheap", max_tokens=100), chat(dear, "dear", max_tokens=100)
    roomy = budget(ledger(tmp_path, user_day_usd=1000), estimate)
    await ask(graph(roomy, *models), QUESTION)
    (cheap, _), (of_dear, spent) = rows(
        tmp_path, "SELECT reserved_nano, spent_nano FROM calls ORDER BY reserved_nano"
    )
    assert of_dear == 10 * cheap
    assert spent == 10 * USED * CENT
    # Enough for the first, not for the second: it is not asked.
    other = tmp_path / "other"
    tight = budget(ledger(other, user_day_usd=2 * cheap / 1e9), estimate)
    answer = await ask(graph(tight, *models), QUESTION)
    assert answer.problem is not None
    assert answer.problem.code == "budget-exceeded"
    assert len(dear.requests) == 1


async def test_retries_are_paid_one_by_one(tmp_path: Path, scripted: Scripted) -> None:
    """A refused call costs nothing, a broken one what was reserved, since nobody counted; then an answer."""
    server = scripted([Reply(status=429, headers={"retry-after": "0"}), DRAFT])
    held = budget(ledger(tmp_path, user_day_usd=1000), estimate)
    await ask(graph(held, chat(server, max_tokens=100)), QUESTION)
    assert sorted((state, spent) for state, _, spent in rows(tmp_path)) == [
        ("released", 0),
        ("settled", USED * CENT),
    ]
    broken = scripted([Reply(status=500, headers={"retry-after": "0"}), DRAFT])
    held = budget(ledger(tmp_path / "b", user_day_usd=1000), estimate)
    answer = await ask(graph(held, chat(broken, max_tokens=100)), QUESTION)
    (_, kept, first), (_, _, second) = rows(
        tmp_path / "b", "SELECT state, reserved_nano, spent_nano FROM calls ORDER BY spent_nano DESC"
    )
    assert (first, second) == (kept, USED * CENT)
    assert answer.receipt["budget"]["settled_usd"] == (first + second) / 1e9
    checked_sums(tmp_path / "b")


async def test_a_cancelled_call_is_charged_and_nothing_stays_held(tmp_path: Path, scripted: Scripted) -> None:
    server = scripted([Reply(hang_s=30)])
    held = budget(ledger(tmp_path, user_day_usd=1000), estimate)
    task = asyncio.ensure_future(ask(graph(held, chat(server, max_tokens=100)), QUESTION))
    while not server.requests:  # noqa: ASYNC110 - set by the server's thread
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    held.close()
    ((state, reserved, spent),) = rows(tmp_path)
    assert state == "settled"
    assert spent == reserved > 0


async def test_who_is_cancelled_while_reserving_holds_nothing(tmp_path: Path) -> None:
    kept = ledger(tmp_path, user_day_usd=1000)
    held = budget(kept)
    tasks = [asyncio.ensure_future(held.reserve(call(Payer(f"r{n}", "ann")))) for n in range(20)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    found = await asyncio.gather(*tasks, return_exceptions=True)
    held.close()
    given = [one for one in found if not isinstance(one, BaseException)]
    assert len(given) == 10
    assert sum(one.held_nano for one in kept.all_sums() if one.account.of == "tenant") == 2 * 10 * 100 * CENT


async def test_an_unknown_price_is_charged_at_the_ceiling(tmp_path: Path, scripted: Scripted) -> None:
    server = scripted([DRAFT])
    held = budget(ledger(tmp_path, user_day_usd=1000), estimate)
    await ask(graph(held, chat(server, "unknown", max_tokens=100)), QUESTION)
    ((_, reserved, spent),) = rows(tmp_path)
    assert spent == USED * 100_000  # 100 dollars a million
    assert reserved > spent


async def test_a_model_that_runs_here_is_not_paid(tmp_path: Path, scripted: Scripted) -> None:
    held = budget(ledger(tmp_path, user_day_usd=0.01), estimate)
    answer = await ask(graph(held, ChainModel(chat(scripted([DRAFT])), runs_here=True)), QUESTION)
    assert answer.status == "answered"
    assert not (tmp_path / "ledger.sqlite").exists()


async def test_follow_ups_and_readers_are_paid_too(tmp_path: Path, scripted: Scripted) -> None:
    def script(request: dict[str, Any]) -> Reply:
        text = str(request["messages"])
        if "Quoted words" in text:
            return Reply(content="yes")
        if "<passage" in text:
            return give_answer(("Refunds are paid out to customers within 14 days.", [1], []))
        return Reply(content="When is the refund of a device paid to customers?")

    server = scripted(script)
    held = budget(ledger(tmp_path, user_day_usd=1000), estimate)
    built = graph(held, chat(server), entailment=asked_model(chat(server), held))
    answer = await ask(built, "And when is the refund paid?", messages=said("What of devices?", "Returned."))
    assert answer.status == "answered"
    steps = [step for (step,) in rows(tmp_path, "SELECT step FROM calls")]
    assert sorted(steps) == ["contextualize", "entailment", "generate"]
    assert len(server.requests) == 3
    assert answer.receipt["budget"]["calls"] == 3


async def test_a_ledger_that_cannot_be_written_answers_nobody(tmp_path: Path, scripted: Scripted) -> None:
    (tmp_path / "ledger.sqlite").write_bytes(b"no database at all" * 100)
    server = scripted([DRAFT])
    answer = await ask(graph(budget(ledger(tmp_path, user_day_usd=1000)), chat(server)), QUESTION)
    assert not server.requests
    assert answer.problem is not None
    assert answer.problem.code == "budget-unavailable"
    assert answer.problem.message.endswith("ask again in a minute.")
    shadow = budget(ledger(tmp_path, user_day_usd=1000, shadow=True))
    assert (await ask(graph(shadow, chat(server)), QUESTION)).status == "answered"


async def test_a_hosts_budget_that_breaks_answers_nobody(scripted: Scripted) -> None:
    class Broken:
        when_spent = "refuse"

        async def reserve(self, _call: Any) -> Any:
            raise ZeroDivisionError

        async def state(self, _payer: Any) -> dict[str, Any]:
            return {}

    server = scripted([DRAFT])
    broken: Any = Broken()
    answer = await ask(graph(broken, chat(server)), QUESTION)
    assert not server.requests
    assert answer.problem is not None
    assert answer.problem.code == "budget-unavailable"


async def test_what_was_let_out_stands_where_a_second_draft_is_not_paid(
    tmp_path: Path, scripted: Scripted
) -> None:
    """The first draft spent the budget; its good sentence had left, the rest fell."""
    draft = give_answer(
        ("The refund is paid within 14 days.", [1], []),
        ("The moon is made of cheese.", [1], []),
        ("Everybody gets a pony in May.", [1], []),
    )
    server = scripted([draft])
    kept = ledger(tmp_path, tenant_day_usd=1000)
    held = budget(kept, estimate)
    built = graph(held, chat(server))

    def spend(_request: dict[str, Any]) -> Reply:
        (day,) = (one for one in kept.all_sums() if (one.account.of, one.account.per) == ("tenant", "day"))
        left = 1000 * 100 * CENT - day.held_nano
        assert isinstance(kept.reserve(call(), Cost(left, 1)), str)
        return draft

    server._script = spend
    answer = await ask(built, QUESTION)
    assert answer.status == "answered"
    assert [claim.text for claim in answer.claims] == ["The refund is paid within 14 days."]
    assert len(server.requests) == 1
