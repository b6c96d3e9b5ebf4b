"""How the time of each regular expression of the tree grows with repetition.

    python -m evals.benchmarks.safety.patterns

Every compiled pattern in a module, a class or a collection of ours is put to repeated characters, pairs and
words of its own, with different beginnings and ends, in the way the code uses it: ``fullmatch`` and ``match``
at the start only, all others anywhere. One that takes more than 2.5 times as long for twice the text, twice
in a row, and then 2.5³ times as long for eight times the text, is named. Exit code 1 where one is.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from inspect import getsource
from itertools import product
from types import ModuleType
from typing import Any

import regex

from app.safety import links
from app.testing.paused_collection import paused_collection
from evals.script import run_main
from graphs.drafting import stream

ROOMS = ("app", "graphs", "prompts", "tools")
SIZES = (2_000, 4_000, 8_000)
COUNTED_MS = 1.0
"""At the shortest size: what takes less there takes 25 ms for 10,000 characters, were it quadratic."""
FEW, FEW_MS = 22, 5.0
"""Characters that no pattern takes so long for but one whose time doubles with each: more would not end."""
MOST_GROWTH = 2.5
SURE_SIZES = (4_000, 32_000)
SURE_GROWTH = MOST_GROWTH**3
"""Over eight times the text, more than any bound of ours: n log n grows by 10, the square by 64. One doubling
measured beside other work is off by a quarter at times, and a thousand texts are tried for a pattern."""
ENDS = ("\x00", "1a", "=")
_KINDS = (re.Pattern, type(regex.compile("")))
_DEPTH = 4
BOUNDED = {
    links.__name__: "a text with more than 64 brackets loses them all before one of these is tried",
    stream.__name__: "matched at one place of what a model has written so far",
}
"""Modules whose patterns grow and may, and why. The functions around them are held by ``fuzz``."""
_FROM_START = frozenset({"match", "fullmatch", "pattern", "prefixmatch"})


@dataclass(frozen=True, slots=True)
class FoundPattern:
    """A compiled pattern; ``used``: the names of its methods that its own module calls."""

    name: str
    pattern: Any
    used: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class GrowingPattern:
    """One that grows faster than its text, with the text that shows it."""

    name: str
    growth: float
    ms: float
    text: str


def patterns() -> list[FoundPattern]:
    """Each pattern once, where it is first found."""
    found: dict[tuple[Any, int], FoundPattern] = {}
    for module in _modules():
        calls = _calls(module)
        for name, value in vars(module).items():
            held = [*_held(value)]
            if isinstance(value, type) and value.__module__ == module.__name__:
                held += [one for inner in vars(value).values() for one in _held(inner)]
            for one in held:
                here = FoundPattern(f"{module.__name__}.{name}", one, calls.get(name, frozenset()))
                found.setdefault((one.pattern, one.flags), here)
    return list(found.values())


def growing(of: FoundPattern) -> GrowingPattern | None:
    """The first repetition that a pattern's time grows with faster than n log n."""
    run = _runner(of)
    for before, unit, end in _repetitions(_source(of.pattern)):
        few = run(_text(before, unit, end, FEW))
        if few > FEW_MS and run(_text(before, unit, end, FEW)) > FEW_MS:
            return GrowingPattern(of.name, float("inf"), few, f"{before!r} + {unit!r} * n + {end!r}")
        first = run(_text(before, unit, end, SIZES[0]))
        if first < COUNTED_MS:
            continue
        times = [first, *(run(_text(before, unit, end, size)) for size in SIZES[1:])]
        growth = min(times[1] / times[0], times[2] / times[1])
        if growth > MOST_GROWTH and _surely(run, before, unit, end):
            return GrowingPattern(of.name, growth, times[2], f"{before!r} + {unit!r} * n + {end!r}")
    return None


def _surely(run: Callable[[str], float], before: str, unit: str, end: str) -> bool:
    """Whether what seemed to grow does over more of the same text, twice."""
    short, long = (_text(before, unit, end, size) for size in SURE_SIZES)
    few = min(run(short) for _ in range(3))
    return all(run(long) / few > SURE_GROWTH for _ in range(2))


MADE_FOR_SERVERS = (".studio", ".langgraph_login")
"""Modules that open the data folder when a LangGraph server imports them; they hold no pattern."""


def _modules() -> Iterator[ModuleType]:
    for room in ROOMS:
        package = importlib.import_module(room)
        for found in pkgutil.walk_packages(package.__path__, f"{room}."):
            if found.name.endswith(MADE_FOR_SERVERS):
                continue
            yield importlib.import_module(found.name)


def _held(value: Any, depth: int = 0) -> Iterator[Any]:
    """Patterns in a value, in its members and in theirs."""
    if isinstance(value, _KINDS):
        yield value
    elif depth < _DEPTH and isinstance(value, tuple | list | set | frozenset):
        for one in value:
            yield from _held(one, depth + 1)
    elif depth < _DEPTH and isinstance(value, dict):
        for one in (*value.keys(), *value.values()):
            yield from _held(one, depth + 1)
    elif depth < _DEPTH and is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from _held(getattr(value, field.name, None), depth + 1)


def _calls(module: ModuleType) -> dict[str, frozenset[str]]:
    """Of each name the attributes that are read of it."""
    found: dict[str, set[str]] = {}
    for node in ast.walk(ast.parse(getsource(module) or "")):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found.setdefault(node.value.id, set()).add(node.attr)
    return {name: frozenset(methods) for name, methods in found.items()}


def _runner(of: FoundPattern) -> Callable[[str], float]:
    """Milliseconds of this thread that the pattern takes for a text, as it is used."""
    from_start = bool(of.used) and of.used <= _FROM_START
    whole = from_start and "match" not in of.used
    is_bytes = isinstance(of.pattern.pattern, bytes)

    def run(text: str) -> float:
        given = text.encode("utf-8", "replace") if is_bytes else text
        with paused_collection():
            start = time.thread_time()
            if whole:
                of.pattern.fullmatch(given)
            elif from_start:
                of.pattern.match(given)
            else:
                for _ in of.pattern.finditer(given):
                    pass
            return (time.thread_time() - start) * 1000

    return run


def _source(pattern: Any) -> str:
    written = pattern.pattern
    return written.decode("latin-1") if isinstance(written, bytes) else str(written)


_GROUPS = re.compile(r"\(\?(?:P?<\w+>|P=\w+|<?[=!]|[a-zA-Z]*:)?")
_CLASSES = ((re.compile(r"\\p\{[^}]*\}|\\[wS]"), "a"), (re.compile(r"\\d"), "1"), (re.compile(r"\\s"), " "))


def _repetitions(source: str) -> Iterator[tuple[str, str, str]]:
    """(beginning, what is repeated, end), of the pattern's own characters and words, and common ones."""
    plain = _GROUPS.sub("(", source)
    for kind, example in _CLASSES:
        plain = kind.sub(example, plain)
    plain = re.sub(r"\\[bBAZz]", "", plain).replace("\\n", "\n").replace("\\t", "\t")
    own = list(dict.fromkeys(re.sub(r"\\(.)", r"\1", plain)))[:40]
    runs = list(dict.fromkeys(re.findall(r"[A-Za-z]{2,}", plain)))[:12]
    single = list(dict.fromkeys([*own, *" \na1.,-_<[(|\\\t", *runs]))
    joined = [one + other for one, other in product(own[:12], repeat=2) if one != other]
    joined += [run + after for run, after in product(runs, " 1")]
    for unit in [*single, *joined]:
        for end in ENDS:
            yield "", unit, end
    for before, unit in product(own[:10], repeat=2):
        yield before, unit, "\x00"


def _text(before: str, unit: str, end: str, length: int) -> str:
    return f"{before}{unit * (length // len(unit))}{end}"


def grows(of: Sequence[FoundPattern]) -> list[GrowingPattern]:
    """Those that grow with no bound around them."""
    free = [one for one in of if one.name.rpartition(".")[0] not in BOUNDED]
    return [found for one in free if (found := growing(one))]


def main() -> int:
    every = patterns()
    found = grows(every)
    for one in found:
        print(f"{one.name}: {one.growth:.1f} times as long for twice the text, {one.ms:.0f} ms: {one.text}")
    print(f"{len(every)} patterns, {len(found)} grow faster than their text")
    return 1 if found else 0


if __name__ == "__main__":
    run_main(main)
