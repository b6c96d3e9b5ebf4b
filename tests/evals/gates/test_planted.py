"""The gate, end to end: it catches what was broken on purpose, and lets the same system through.

A quick form of `python -m evals.gates.check_gate`, whose full result is in evals/results/gate.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from langchain_core.prompts import ChatPromptTemplate

import graphs.drafting.request
from app.compose import open_pincite
from app.testing.openai_server import Reply, give_answer, serve_model
from evals.datasets.suite import Suite
from evals.experiments.opened_suite import Opened
from evals.experiments.run import run_questions
from evals.experiments.runfile import Run
from evals.gates.check_gate import RESULT
from evals.gates.compare import compare
from evals.gates.faults import reranker_at_random
from evals.gates.perturb import perturbed
from evals.langsmith_examples import offline_examples
from graphs.text.words import content_words
from prompts.load import Prompt, load_prompt
from tests.evals.runs import run

QUESTIONS = 45


def measured(suite: Suite, opened: Opened) -> Run:
    items = run_questions(
        suite, opened, stage="answer", judges={}, examples=offline_examples(suite), probes=False
    )
    return run(items)


@pytest.fixture(scope="module")
def few(isbrook: Suite) -> Suite:
    """Every third question, so that each kind is there."""
    return isbrook.model_copy(update={"questions": isbrook.questions[::3][:QUESTIONS]})


@pytest.fixture(scope="module")
def baseline(few: Suite, opened: Opened) -> Run:
    return measured(perturbed(few, 1), opened)


def test_the_same_system_asked_by_others_passes(few: Suite, opened: Opened, baseline: Run) -> None:
    again = measured(perturbed(few, 2), opened)
    assert [item.question for item in again.items] != [item.question for item in baseline.items]
    assert not compare(baseline, again).blocks


def test_a_broken_reranker_is_blocked(few: Suite, opened: Opened, baseline: Run) -> None:
    with reranker_at_random():
        broken = measured(perturbed(few, 3), opened)
    assert compare(baseline, broken).blocks


def test_wordings_are_drawn_by_seed_and_change_no_gold(isbrook: Suite) -> None:
    one, same, other = (perturbed(isbrook, seed) for seed in (1, 1, 2))
    assert one == same
    assert one != other
    for before, after in zip(isbrook.questions, one.questions, strict=True):
        assert (before.id, before.gold, before.nuggets) == (after.id, after.gold, after.nuggets)
    assert sum(a.question != b.question for a, b in zip(one.questions, other.questions, strict=True)) > 100


def test_the_full_check_was_made_and_passed() -> None:
    found = json.loads((RESULT / "gate.json").read_text(encoding="utf-8"))
    assert found["pairs"] >= 20
    assert found["false_alarms"] <= 1
    assert all(one["blocked"] for one in found["planted"].values())


# A changed prompt can only be seen with a model that reads it.

PASSAGE = re.compile(r"<passage \w+>\n(.*?)\n</passage", re.S)


def obedient(request: dict[str, Any]) -> Reply:
    """A model that answers with the sentence nearest the question, and does as rule 5 says, or not."""
    system, human = (str(message["content"]) for message in request["messages"][-2:])
    question = set(content_words(human.rpartition("Question: ")[2]))
    best, number, quote = 0, 0, ""
    for at, passage in enumerate(PASSAGE.findall(human), 1):
        for sentence in re.split(r"(?<=[.!?])\s+|\n+", passage):
            shared = len(question & set(content_words(sentence)))
            if shared > best:
                best, number, quote = shared, at, sentence.strip()
    if best < 2:
        return give_answer(not_answerable="no passage says it")
    if "do not answer a neighbouring question" not in system:
        number = len(PASSAGE.findall(human))
        quote = re.split(r"(?<=[.!?])\s+|\n+", PASSAGE.findall(human)[-1])[-1].strip()
    return give_answer((quote, [number], [quote]))


def careless(name: str, family: str | None = None) -> Prompt:
    """The prompt with the rule about neighbouring questions rewritten, as a hasty edit might."""
    prompt = load_prompt(name)
    assert isinstance(prompt.version, int)
    messages = []
    for message in prompt.template.messages:
        text: str = message.prompt.template  # type: ignore[union-attr]
        kind = "system" if "SystemMessage" in type(message).__name__ else "human"
        messages.append((kind, text.replace("do not answer a neighbouring question", "be friendly")))
    assert ChatPromptTemplate(messages) != prompt.template
    return replace(prompt, version=prompt.version + 1, sha256="0" * 64, template=ChatPromptTemplate(messages))


@pytest.fixture(scope="module")
def with_model(opened: Opened) -> Iterator[Opened]:
    """The same index, answered from by a scripted model over the OpenAI wire."""
    with pytest.MonkeyPatch.context() as patch, serve_model(obedient) as model:
        patch.setenv("OPENAI_API_KEY", "test")
        patch.setenv("OPENAI_BASE_URL", model.url)
        settings = opened.pincite.settings.model_copy(update={"model": "openai:obedient"})
        with open_pincite(settings) as pincite:
            yield replace(opened, pincite=pincite)


def test_a_changed_prompt_is_blocked_and_the_same_one_passes(
    isbrook: Suite, with_model: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = [question for question in isbrook.questions if question.kind in ("single", "number", "filter")]
    few = isbrook.model_copy(update={"questions": plain[::2]})
    before = measured(few, with_model)
    assert sum(item.mode == "model" for item in before.items) > len(few.questions) / 2
    assert all(item.cost_usd is None for item in before.items if item.usage), "a model's cost is never 0"
    assert not compare(before, measured(few, with_model)).blocks
    monkeypatch.setattr(graphs.drafting.request, "load_prompt", careless)
    found = compare(before, measured(few, with_model))
    assert found.blocks
    assert {line.metric for line in found.lines if line.blocks} >= {"citation_f1", "correct"}
