"""Which items hang together: those whose gold is in the same document, directly or through others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def clusters(items: Iterable[tuple[str, Sequence[str]]]) -> dict[str, str]:
    """A cluster for each item of (id, documents): connected through shared documents.

    An item without documents is a cluster of its own.

    >>> clusters([("q1", ["a"]), ("q2", ["a", "b"]), ("q3", ["b"]), ("q4", [])])
    {'q1': 'a', 'q2': 'a', 'q3': 'a', 'q4': 'item q4'}
    """
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        parent.setdefault(name, name)
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    given = [(item, list(documents)) for item, documents in items]
    for _, documents in given:
        for other in documents[1:]:
            first, second = sorted((root(documents[0]), root(other)))
            parent[second] = first
    return {item: root(documents[0]) if documents else f"item {item}" for item, documents in given}
