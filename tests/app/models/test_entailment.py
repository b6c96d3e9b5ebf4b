from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from app.models.chat import ModelError
from app.models.entailment import asked_model, make_entailment
from app.settings import Settings
from app.testing.openai_server import Reply, serve_model
from graphs.answer import build_answer_graph
from graphs.parts import EntailmentRequest
from tests.support.graph_parts import ask, chat, corpus

pytestmark = pytest.mark.anyio

REQUEST = EntailmentRequest("Refunds are quick.", "The refund is paid within 14 days.")


@pytest.mark.parametrize(
    ("said", "probability"),
    [
        ("yes", 1.0),
        ("No.", 0.0),
        ("**Unsure**", 0.5),
        ("Yes, because it says so", 1.0),
        ("", 0.5),
        ("42", 0.5),
    ],
)
async def test_a_models_word_is_a_probability(said: str, probability: float) -> None:
    with serve_model([Reply(content=said)]) as server:
        assert await asked_model(chat(server)).ainvoke(REQUEST) == probability
        assert "within 14 days" in server.prompt()


@pytest.mark.parametrize(
    ("says", "verdicts"),
    [("yes", ["verified"]), ("unsure", ["partial"]), ("no", [])],
    ids=["yes", "unsure", "no"],
)
async def test_only_a_partial_sentence_is_asked_about_and_what_is_said_counts(
    says: str, verdicts: list[str]
) -> None:
    def script(request: dict[str, object]) -> Reply:
        if "Quoted words" in str(request["messages"]):
            return Reply(content=says)
        return Reply(
            content="Refunds are paid out to customers within 14 days. [1] "
            if reworded
            else "The refund is paid within 14 days [1]."
        )

    for reworded in (True, False):
        with serve_model(script) as server:
            graph = build_answer_graph(
                retriever=corpus(), model=chat(server), entailment=asked_model(chat(server))
            )
            answer = await ask(graph, "When is the refund paid to customers?")
            asked = [one for one in server.requests if "Quoted words" in str(one["messages"])]
            if reworded:
                assert asked
                assert [claim.verdict for claim in answer.claims] == verdicts
            else:
                assert not asked
                assert [claim.verdict for claim in answer.claims] == ["verified"]


async def test_a_check_that_fails_leaves_the_sentence_partial() -> None:
    def script(request: dict[str, object]) -> Reply:
        if "Quoted words" in str(request["messages"]):
            return Reply(status=500)
        return Reply(content="Refunds are paid out to customers within 14 days [1].")

    with serve_model(script) as server:
        graph = build_answer_graph(
            retriever=corpus(), model=chat(server), entailment=asked_model(chat(server))
        )
        answer = await ask(graph, "When is the refund paid to customers?")
    assert [claim.verdict for claim in answer.claims] == ["partial"]
    assert "the entailment check failed" in answer.claims[0].checks["reasons"][-1]


def test_a_folder_without_a_model_is_one_clear_line(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    named = settings.answer.model_copy(update={"entailment": f"nli:{tmp_path}"})
    with pytest.raises(ModelError, match=r"there is no model\.onnx in this folder"):
        make_entailment(settings.model_copy(update={"answer": named}), ExitStack())
