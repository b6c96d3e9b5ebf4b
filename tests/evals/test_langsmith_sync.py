"""Datasets and experiments over LangSmith's own wire."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from evals.datasets.suite import Question, Suite
from evals.errors import EvalError
from evals.experiments.opened_suite import Opened
from evals.experiments.run import run_questions
from evals.langsmith_sync import configured_client, online_examples, pull_dataset, push_run, sync_dataset
from tests.evals.runs import item, run
from tests.support.langsmith_store import LangSmithStore, serve_store


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[LangSmithStore]:
    with serve_store() as serving:
        monkeypatch.setenv("LANGSMITH_ENDPOINT", serving.url)
        monkeypatch.setenv("LANGSMITH_API_KEY", "test-key")
        yield serving


def question(name: str, text: str = "What?") -> Question:
    return Question(id=name, kind="single", question=text, answerable=False)


def suite(*questions: Question) -> Suite:
    return Suite(
        name="toy",
        version=1,
        sha256="d" * 64,
        questions=list(questions),
        documents=None,
        source="s",
        restricted={},
    )


def test_the_same_push_twice_changes_nothing(store: LangSmithStore) -> None:
    client = configured_client()
    first = sync_dataset(client, suite(question("a"), question("b")))
    assert (first.created, first.updated, first.deleted) == (2, 0, 0)
    wrote = len(store.writes)
    again = sync_dataset(client, suite(question("a"), question("b")))
    assert (again.created, again.updated, again.deleted) == (0, 0, 0)
    assert len(store.writes) == wrote
    assert [d["name"] for d in store.datasets.values()] == ["pincite-toy"]


def test_a_dataset_follows_its_suite_and_keeps_what_people_added(store: LangSmithStore) -> None:
    client = configured_client()
    synced = sync_dataset(client, suite(question("a"), question("b")))
    by_hand = {"inputs": {"question": "by hand"}, "outputs": {}, "dataset_id": str(synced.dataset_id)}
    store.write("POST", "/examples/bulk", [{"id": "22222222-2222-2222-2222-222222222222", **by_hand}])
    after = sync_dataset(client, suite(question("a", "What now?"), question("c")))
    assert (after.created, after.updated, after.deleted) == (1, 1, 1)
    asked = sorted(example["inputs"]["question"] for example in store.examples.values())
    assert asked == ["What now?", "What?", "by hand"]


def test_more_examples_than_a_page_are_all_seen(store: LangSmithStore) -> None:
    many = [question(f"q{number}") for number in range(250)]
    client = configured_client()
    assert sync_dataset(client, suite(*many)).created == 250
    assert sync_dataset(client, suite(*many)).created == 0


def test_a_run_becomes_an_experiment_once(store: LangSmithStore) -> None:
    client = configured_client()
    chosen = suite(question("a"), question("b"))
    judged = {"off-question": {"pass": True, "comment": "it does"}, "unsupported-claim": {"pass": None}}
    made = run([item("a", judgements=judged), item("b", right=False)])
    assert push_run(client, chosen, made)
    (session,) = store.sessions.values()
    (dataset,) = store.datasets
    assert (session["name"], session["reference_dataset_id"]) == (made.name, dataset)
    examples = {example["inputs"]["id"]: identity for identity, example in store.examples.items()}
    sent = {one["inputs"]["question"]: one for one in store.runs.values()}
    assert sent["What of a?"]["reference_example_id"] == examples["a"]
    assert sent["What of a?"]["outputs"]["text"] == "That. [1]"
    right = [one["score"] for one in store.feedback if one["key"] == "correct"]
    assert sorted(right) == [0.0, 1.0]
    judged_keys = [one["key"] for one in store.feedback if one["key"].startswith("judge:")]
    assert judged_keys == ["judge:off-question"]
    assert {one["session_id"] for one in store.feedback} == {session["id"]}
    wrote = len(store.writes)
    assert not push_run(client, chosen, made)
    assert len(store.writes) == wrote


def test_a_push_that_was_cut_off_is_said(store: LangSmithStore) -> None:
    client = configured_client()
    client.create_project("toy-extractive-1")
    with pytest.raises(EvalError, match="in part; delete it"):
        push_run(client, suite(question("a")), run([item("a")]))


def test_a_run_of_other_questions_is_not_sent(store: LangSmithStore) -> None:
    with pytest.raises(EvalError, match="other questions"):
        push_run(configured_client(), suite(question("a")), run([item("a")], dataset_sha256="e" * 64))
    assert store.writes == []


def test_a_refusal_is_one_line(store: LangSmithStore) -> None:
    store.refuse = 403
    with pytest.raises(EvalError, match="LangSmith did not take it") as caught:
        sync_dataset(configured_client(), suite(question("a")))
    assert "\n" not in str(caught.value)


def test_without_a_key_it_says_which_variable_to_set() -> None:
    with pytest.raises(EvalError, match="LANGSMITH_API_KEY"):
        configured_client()


def test_results_go_to_langsmith_as_they_come(store: LangSmithStore, opened: Opened, isbrook: Suite) -> None:
    few = isbrook.model_copy(update={"questions": isbrook.questions[:2]})
    examples = online_examples(few)
    items = run_questions(few, opened, stage="answer", judges={}, examples=examples)
    examples.client.flush(timeout=10)
    assert [one.id for one in items] == [one.id for one in few.questions]
    (session,) = store.sessions.values()
    assert session["name"].startswith("pincite-isbrook")
    linked = {one.get("reference_example_id") for one in store.runs.values()} - {None}
    assert linked == set(store.examples)
    assert {one["key"] for one in store.feedback} >= {"correct", "span_ndcg@10", "lost"}


def test_home_is_not_named(tmp_path: Path, store: LangSmithStore) -> None:
    """Nothing of this machine but its kind goes along."""
    push_run(configured_client(), suite(question("a")), run([item("a")], machine={"system": "secret-host"}))
    assert "secret-host" not in str(store.sessions)


def test_what_people_changed_there_is_kept_and_said(store: LangSmithStore) -> None:
    client = configured_client()
    synced = sync_dataset(client, suite(question("a"), question("b"), question("c")))
    examples = {one["inputs"]["id"]: one for one in store.examples.values()}
    examples["a"]["outputs"]["answer"] = "as a person has it"
    examples["c"]["outputs"]["answer"] = "another"
    store.write(
        "POST",
        "/examples/bulk",
        [
            {
                "id": "22222222-2222-2222-2222-222222222222",
                "inputs": {"question": "by hand, says jane@corp.example"},
                "outputs": {},
                "dataset_id": str(synced.dataset_id),
            }
        ],
    )
    after = sync_dataset(client, suite(question("a", "What now?"), question("b", "What then?")))
    assert (after.updated, after.deleted, sorted(after.conflicts)) == (1, 0, ["a", "c"])
    assert examples["a"]["inputs"]["question"] == "What?"
    found = pull_dataset(client, suite(question("a", "What now?"), question("b", "What then?")))
    assert [one["inputs"]["question"] for one in found.added] == ["by hand, says [e-mail]"]
    assert sorted(one["inputs"]["id"] for one in found.changed) == ["a", "c"]
    assert sorted(found.both) == ["a", "c"]
    unchanged = pull_dataset(client, suite(question("a"), question("b", "What then?"), question("c")))
    assert unchanged.both == (), "changed there only"


def test_examples_are_redacted_before_they_are_sent(store: LangSmithStore) -> None:
    sync_dataset(configured_client(), suite(question("a", "Does jane@corp.example use ghp_" + "aB3" * 12)))
    assert "jane" not in str(store.examples)
    assert "aB3aB3" not in str(store.examples)


def test_a_dataset_that_is_not_there_cannot_be_brought(store: LangSmithStore) -> None:
    with pytest.raises(EvalError, match="pincite eval push --suite toy"):
        pull_dataset(configured_client(), suite(question("a")))
