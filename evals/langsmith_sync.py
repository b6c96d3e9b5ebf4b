"""Bring suites and runs to LangSmith: the same command twice changes nothing."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.observability.canonical_json import canonical_json
from app.observability.redaction import redacted_data, redacted_text
from app.observability.tracing import make_client, tracing_is_on
from evals.datasets.suite import Question, Suite
from evals.errors import EvalError
from evals.experiments.runfile import Item, Run
from evals.langsmith_examples import Examples, example_id, inputs_of, outputs_of
from evals.metrics.table import METRICS

MARK = "pincite"
"""Metadata key of the examples and experiments that are ours to change."""

SENT = "pincite-sent"
"""Metadata key of the hash of what was sent."""

AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Synced:
    """A dataset, and how many of its examples were made, changed and taken away.

    ``conflicts``: questions that people changed there, and that are left as they are; `pincite eval pull`
    brings them.
    """

    dataset_id: uuid.UUID
    name: str
    created: int
    updated: int
    deleted: int
    conflicts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pulled:
    """Of a dataset, what is not as it was sent: examples that people added, and those they changed.

    ``both``: changed there and in the suite.
    """

    added: list[dict[str, Any]]
    changed: list[dict[str, Any]]
    both: tuple[str, ...]


def configured_client() -> Any:
    """A client for the configured LangSmith.

    Raises:
        EvalError: it is not configured.
    """
    if not tracing_is_on():
        raise EvalError("LangSmith is not configured: set LANGSMITH_API_KEY (and LANGSMITH_ENDPOINT)")
    return make_client()


@contextmanager
def clear_refusals() -> Iterator[None]:
    """LangSmith's errors as one line.

    Raises:
        EvalError: instead of them.
    """
    from langsmith.utils import LangSmithError

    try:
        yield
    except LangSmithError as error:
        first = (str(error).splitlines() or [""])[0][:200]
        raise EvalError(f"LangSmith did not take it ({type(error).__name__}): {first}") from None


def sync_dataset(client: Any, suite: Suite) -> Synced:
    """Make the dataset ``pincite-NAME`` equal to the suite. Examples that people added stay.

    Raises:
        EvalError: LangSmith refused.
    """
    name = f"pincite-{suite.name}"
    with clear_refusals():
        if client.has_dataset(dataset_name=name):
            dataset = client.read_dataset(dataset_name=name)
        else:
            about = {MARK: suite.name, "version": suite.version}
            dataset = client.create_dataset(
                name, description=f"Suite {suite.name} of Pincite", metadata=about
            )
        there = {example.id: example for example in client.list_examples(dataset_id=dataset.id)}
        wanted = {example_id(dataset.id, question.id): question for question in suite.questions}
        new, changed, conflicts = [], [], []
        for identity, question in wanted.items():
            record = _record(identity, question, suite.name)
            known = there.get(identity)
            if known is None:
                new.append(record)
            elif (known.inputs, known.outputs) != (record["inputs"], record["reference_outputs"]):
                if _changed_there(known):
                    conflicts.append(question.id)
                else:
                    changed.append(record)
        gone = [
            identity
            for identity, example in there.items()
            if identity not in wanted and (example.metadata or {}).get(MARK) == suite.name
        ]
        conflicts += [str(there[one].inputs.get("id")) for one in gone if _changed_there(there[one])]
        gone = [one for one in gone if not _changed_there(there[one])]
        if new:
            client.create_examples(dataset_id=dataset.id, examples=new)
        if changed:
            client.update_examples(dataset_id=dataset.id, updates=changed)
        for identity in gone:
            client.delete_example(identity)
    return Synced(dataset.id, name, len(new), len(changed), len(gone), tuple(conflicts))


def pull_dataset(client: Any, suite: Suite) -> Pulled:
    """What people added to or changed in the suite's dataset, with inputs and outputs as they are there.

    Raises:
        EvalError: there is no such dataset, or LangSmith refused.
    """
    name = f"pincite-{suite.name}"
    with clear_refusals():
        if not client.has_dataset(dataset_name=name):
            raise EvalError(
                f"there is no dataset {name}; make it with: pincite eval push --suite {suite.name}"
            )
        dataset = client.read_dataset(dataset_name=name)
        examples = list(client.list_examples(dataset_id=dataset.id))
    ours = {example_id(dataset.id, question.id): question for question in suite.questions}
    added, changed, both = [], [], []
    for example in sorted(examples, key=lambda one: str(one.id)):
        found = redacted_data({"inputs": example.inputs, "outputs": example.outputs or {}})
        if (example.metadata or {}).get(MARK) != suite.name:
            added.append(found)
        elif _changed_there(example):
            changed.append(found)
            question = ours.get(example.id)
            sent = (example.metadata or {}).get(SENT)
            if question is None or _record(example.id, question, suite.name)["metadata"][SENT] != sent:
                both.append(str((example.inputs or {}).get("id")))
    return Pulled(added, changed, tuple(both))


def _record(identity: uuid.UUID, question: Question, suite: str) -> dict[str, Any]:
    """An example as it is sent: redacted, and with the hash of what was sent."""
    inputs, outputs = redacted_data(inputs_of(question)), redacted_data(outputs_of(question))
    about = {MARK: suite, "kind": question.kind, SENT: _hash(inputs, outputs)}
    return {"id": identity, "inputs": inputs, "reference_outputs": outputs, "metadata": about}


def _changed_there(example: Any) -> bool:
    """Whether it is no longer what was sent; one that was sent before there were hashes counts as it was."""
    sent = (example.metadata or {}).get(SENT)
    return sent is not None and sent != _hash(example.inputs, example.outputs)


def _hash(inputs: Any, outputs: Any) -> str:
    return hashlib.sha256(canonical_json([inputs, outputs])).hexdigest()


def online_examples(suite: Suite) -> Examples:
    """The examples of the synchronised dataset, for a run whose results go to LangSmith as they come.

    Raises:
        EvalError: LangSmith is not configured, or refused.
    """
    client = configured_client()
    synced = sync_dataset(client, suite)
    with clear_refusals():
        ours = {example_id(synced.dataset_id, question.id) for question in suite.questions}
        data = [one for one in client.list_examples(dataset_id=synced.dataset_id) if one.id in ours]
    return Examples(data, client, upload=True)


def push_run(client: Any, suite: Suite, run: Run) -> bool:
    """Send a run as an experiment on the suite's dataset; False where it is there already.

    Raises:
        EvalError: the suite is not the run's, an earlier push was cut off, or LangSmith refused.
    """
    if suite.sha256 != run.header.dataset_sha256:
        raise EvalError(f"{run.name} was made with other questions than suite {suite.name} has now")
    synced = sync_dataset(client, suite)
    with clear_refusals():
        if client.has_project(run.name):
            known = client.read_project(project_name=run.name)
            if (known.metadata or {}).get("whole"):
                return False
            raise EvalError(
                f"the experiment {run.name} is there in part; delete it in LangSmith and push again"
            )
        about = {MARK: suite.name, **run.header.model_dump(mode="json", exclude={"packages", "machine"})}
        project = client.create_project(
            run.name,
            reference_dataset_id=synced.dataset_id,
            metadata=about,
            description=run.header.note or None,
        )
        started = datetime.fromisoformat(run.header.started)

        def send(item: Item) -> None:
            _send_item(client, project, synced.dataset_id, item, started)

        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(send, run.items))
        client.flush(timeout=30)
        client.update_project(project.id, metadata={**about, "whole": True})
    return True


def _send_item(client: Any, project: Any, dataset: uuid.UUID, item: Item, started: datetime) -> None:
    identity = uuid.uuid5(project.id, item.id)
    client.create_run(
        name="pincite.ask",
        run_type="chain",
        id=identity,
        project_name=project.name,
        reference_example_id=example_id(dataset, item.id),
        inputs={"question": item.question, "filters": item.filters, "groups": item.groups},
        outputs=item.model_dump(include={"status", "mode", "text", "claims", "citations", "reason", "score"}),
        error=item.error,
        start_time=started,
        end_time=started + timedelta(milliseconds=item.latency_ms),
        extra={"metadata": {"kind": item.kind, "lost": item.lost}},
    )
    say: Callable[..., Any] = client.create_feedback
    for key, metric in METRICS.items():
        value = item.metrics.get(key)
        if value is not None and (metric.gates or metric.zero):
            say(run_id=identity, trace_id=identity, session_id=project.id, key=key, score=value)
    for name, verdict in item.judgements.items():
        if verdict.get("pass") is not None:
            say(
                run_id=identity,
                trace_id=identity,
                session_id=project.id,
                key=f"judge:{name}",
                score=float(verdict["pass"]),
                comment=redacted_text(verdict.get("comment") or "") or None,
            )
