"""Results that are held in memory: made once, waited for, bounded."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.storage.held import Held


def made(log: list[str], name: str) -> Callable[[], str]:
    def make() -> str:
        log.append(name)
        return name.upper()

    return make


def test_what_is_held_is_not_made_again_and_the_longest_unused_goes() -> None:
    held: Held[str, str] = Held(2)
    log: list[str] = []
    for name in ("a", "b", "a", "c", "a", "b"):
        assert held.get(name, made(log, name)) == name.upper()
    assert log == ["a", "b", "c", "b"]


def test_who_asks_while_it_is_made_waits_for_it() -> None:
    held: Held[str, object] = Held(2)
    begun, go_on = threading.Event(), threading.Event()
    log: list[str] = []

    def slow() -> object:
        log.append("made")
        begun.set()
        go_on.wait(10)
        return object()

    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(held.get, "key", slow)
        assert begun.wait(10)
        others = [pool.submit(held.get, "key", slow) for _ in range(7)]
        go_on.set()
        assert {id(one.result(10)) for one in others} == {id(first.result(10))}
    assert log == ["made"]


def test_a_failure_reaches_all_who_wait_and_is_not_held() -> None:
    held: Held[str, str] = Held(2)
    begun, go_on = threading.Event(), threading.Event()

    def fail() -> str:
        begun.set()
        go_on.wait(10)
        raise OSError("no network")

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(held.get, "key", fail)
        assert begun.wait(10)
        second = pool.submit(held.get, "key", fail)
        go_on.set()
        for one in (first, second):
            with pytest.raises(OSError, match="no network"):
                one.result(10)
    assert held.get("key", lambda: "made") == "made"
