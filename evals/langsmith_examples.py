"""The questions of a suite as LangSmith examples: offline by default, or those of a synchronised dataset."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from evals.datasets.suite import Question, Suite

NAMESPACE = uuid.UUID("6f2ee1b1-7f0b-5f5e-9c57-0e5f3d6a9a11")


@dataclass(frozen=True)
class Examples:
    """What ``evaluate`` is given: examples, the client it uses, and whether results go to LangSmith."""

    data: Sequence[Any]
    client: Any
    upload: bool


def offline_examples(suite: Suite) -> Examples:
    """Examples that no server knows, and a client that connects to none."""
    from langsmith import Client
    from langsmith.schemas import Example, LangSmithInfo

    # With `info` given nothing is asked of a server, and without batching there is no sending thread.
    client = Client(
        api_url="http://127.0.0.1:9", api_key="none", info=LangSmithInfo(), auto_batch_tracing=False
    )
    dataset = uuid.uuid5(NAMESPACE, suite.name)
    created = datetime(2026, 1, 1, tzinfo=UTC)
    data = [
        Example(
            id=example_id(dataset, question.id),
            dataset_id=dataset,
            created_at=created,
            modified_at=created,
            inputs=inputs_of(question),
            outputs=outputs_of(question),
        )
        for question in suite.questions
    ]
    return Examples(data, client, upload=False)


def inputs_of(question: Question) -> dict[str, Any]:
    """What is asked, and by whom."""
    return question.model_dump(include={"id", "question", "history", "filters", "groups"})


def outputs_of(question: Question) -> dict[str, Any]:
    """What is right."""
    return question.model_dump(include={"answer", "answerable", "nuggets", "gold"})


def example_id(dataset: uuid.UUID, question: str) -> uuid.UUID:
    """The same question of the same dataset is the same example, however often it is sent."""
    return uuid.uuid5(dataset, question)
