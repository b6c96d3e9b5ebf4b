"""Nobody is shown what they may not read, and the search for leaks sees those that are there."""

from __future__ import annotations

import random
from pathlib import Path

from evals.benchmarks.safety.access import measure
from evals.benchmarks.safety.access_corpus import owned

FAST = (
    "ask",
    "ask a model, drafts kept",
    "threads",
    "search",
    "query a table",
    "list and read",
    "stored answers",
    "HTTP",
)


def test_no_road_shows_what_may_not_be_read_and_planted_leaks_are_seen(tmp_path: Path) -> None:
    records = measure(tmp_path, questions=100, seed=11, least=10, roads=FAST)
    assert {name: one.leaks for name, one in records.items() if one.leaks} == {}
    assert {name for name, one in records.items() if not one.shown} == set()
    assert sum(one.seen for one in records.values()) > 20


def test_words_of_documents_are_nobody_elses() -> None:
    made = owned(random.Random(3))  # noqa: S311
    words = [word for one in made for word in one.words]
    assert len(words) == len(set(words)) == 6 * len(made)
    assert {one.tenant for one in made} == {"north", "south"}
    assert not any(
        word in other.text for one in made[:20] for word in one.words for other in made if other is not one
    )


def test_planted_documents_do_not_say_who_may_read_them() -> None:
    made = owned(random.Random(3), planted=10)  # noqa: S311
    silent = [one for one in made if one.groups and "groups:" not in one.text]
    assert len(silent) == 10
    assert all(not one.is_for(one.tenant, ()) for one in silent)
