"""Drafts are found again by the same question under the same conditions, and by nothing else."""

from __future__ import annotations

import logging
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from app.answers.draft_cache import AnswerCache, DraftKey

KEY = DraftKey(
    tenant="default",
    question="How many volts?",
    filters={"version": ["2.4"]},
    groups=("hr", "sales"),
    generation=7,
    prompt="p1",
    models=("openai:a", "openai:b"),
    settings="s1",
    context={"top_k": None, "extractive": False, "gate": None},
)
OTHER: dict[str, Any] = {
    "tenant": "other",
    "question": "How many volts",
    "filters": {"version": ["2.5"]},
    "groups": ("hr",),
    "generation": 8,
    "prompt": "p2",
    "models": ("openai:b", "openai:a"),
    "settings": "s2",
    "context": {"top_k": 5, "extractive": False, "gate": None},
}
DRAFT = {"draft": [{"text": "12 volts.", "sources": [1]}]}


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "answer_cache.sqlite"


def cache_at(path: Path, clock: Clock, **bounds: int) -> AnswerCache:
    return AnswerCache(path, clock, **{"max_drafts": 1000, "max_age_s": 86_400, **bounds})


def asked(number: int) -> DraftKey:
    return replace(KEY, question=f"Question {number}?")


def test_the_same_question_finds_its_draft_and_no_other_does(path: Path, clock: Clock) -> None:
    cache = cache_at(path, clock)
    assert cache.get(KEY) is None
    assert not path.exists(), "looking makes no file"
    cache.put(KEY, DRAFT)
    assert cache.get(KEY) == DRAFT
    assert cache.get(replace(KEY, groups=["sales", "hr", "hr"])) == DRAFT
    assert set(OTHER) == {one.name for one in fields(DraftKey)}
    for name, value in OTHER.items():
        assert cache.get(replace(KEY, **{name: value})) is None, name
    assert cache.get(replace(KEY, groups=("hr,sales",))) is None
    assert cache.get(replace(KEY, groups=())) is None
    cache.put(KEY, ["new"])
    assert cache.get(KEY) == ["new"]


def test_what_is_no_json_is_refused_rather_than_cached_under_a_wrong_key(path: Path, clock: Clock) -> None:
    cache = cache_at(path, clock)
    for key, value in ((replace(KEY, filters={"version": {1, 2}}), DRAFT), (KEY, {"a": object()})):
        with pytest.raises(TypeError):
            cache.put(key, value)
    assert not path.exists()


def test_drafts_grow_old(path: Path, clock: Clock) -> None:
    cache = cache_at(path, clock, max_age_s=60)
    cache.put(KEY, DRAFT)
    clock.now += 59
    assert cache.get(KEY) == DRAFT
    clock.now += 1
    assert cache.get(KEY) is None, "use does not keep a draft young"
    cache.put(asked(1), DRAFT)
    assert count(path) == 1


def test_those_unused_for_longest_go_first(path: Path, clock: Clock) -> None:
    cache = cache_at(path, clock, max_drafts=3)
    for number in range(3):
        clock.now += 1
        cache.put(asked(number), number)
    clock.now += 1
    assert cache.get(asked(0)) == 0
    clock.now += 1
    cache.put(asked(3), 3)
    assert [cache.get(asked(number)) for number in range(4)] == [0, None, 2, 3]


def test_bytes_are_bounded(path: Path, clock: Clock) -> None:
    cache = cache_at(path, clock, max_bytes=1000)
    for number in range(10):
        clock.now += 1
        cache.put(asked(number), "é" * 199)  # 400 bytes with its quotes
    assert [number for number in range(10) if cache.get(asked(number))] == [8, 9]
    cache.put(KEY, "x" * 2000)
    assert cache.get(KEY) is None
    assert count(path) == 2, "what can never fit drives nothing out"


def test_a_change_of_the_index_ends_all_drafts_and_leaves_no_words(path: Path, clock: Clock) -> None:
    cache = cache_at(path, clock)
    cache.put(KEY, "Wintergreen")
    cache.put(replace(KEY, generation=8), "new")
    assert count(path) == 1
    cache.put(KEY, "Wintergreen, late")
    assert cache.get(replace(KEY, generation=8)) == "new"
    cache.keep_only(8)
    assert (cache.get(KEY), cache.get(replace(KEY, generation=8))) == (None, "new")
    assert b"Wintergreen" not in b"".join(one.read_bytes() for one in path.parent.iterdir())
    cache.clear()
    assert count(path) == 0


def test_a_file_that_cannot_be_used_costs_a_warning_and_nothing_else(
    path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    cache = cache_at(path, clock)
    path.write_bytes(b"no database" * 1000)
    with caplog.at_level(logging.WARNING):
        cache.put(KEY, DRAFT)
        assert cache.get(KEY) is None
    assert len(caplog.records) == 2
    assert "volts" not in caplog.text
    cache.keep_only(7)
    assert not path.exists(), "a damaged file is deleted when it is tidied"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version=9")
    connection.close()
    with caplog.at_level(logging.WARNING):
        assert cache.get(KEY) is None
    assert "format 9" in caplog.text


def test_a_value_that_was_tampered_with_is_a_miss(path: Path, clock: Clock) -> None:
    cache = cache_at(path, clock)
    cache.put(KEY, DRAFT)
    connection = sqlite3.connect(path)
    connection.execute("UPDATE drafts SET value = substr(value, 1, 5)")
    connection.commit()
    connection.close()
    assert cache.get(KEY) is None


def test_threads_may_use_it_at_the_same_time(path: Path, clock: Clock) -> None:
    cache = cache_at(path, clock)

    def use(number: int) -> Any:
        cache.put(asked(number % 5), number % 5)
        return cache.get(asked(number % 5))

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(use, range(40))) == [number % 5 for number in range(40)]


def count(path: Path) -> int:
    connection = sqlite3.connect(path)
    found: int = connection.execute("SELECT count(*) FROM drafts").fetchone()[0]
    connection.close()
    return found
