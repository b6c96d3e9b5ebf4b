"""Labels of what an MCP tool says: ``_meta.ifc``, as ``tools.policy.ifc`` reads them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import reduce
from typing import Any

from app.registry.registry import Registry
from tools.policy.ifc import MOST_READERS, PRIVATE

CitedVersion = tuple[str, str]
"""A document's id, and the version."""


def ifc_meta(registry: Registry, tenant: str, versions: Collection[CitedVersion]) -> dict[str, Any]:
    """The label of what has words of these versions in it: never trusted, and known to who may read all.

    A version that is not stored, such as what another tool said, makes it private.
    """
    known = registry.readers_of(set(versions)) if versions else {}
    if any(one not in known for one in versions):
        return _label(PRIVATE)
    return _label(confidentiality(tenant, known.values()))


def private_meta() -> dict[str, Any]:
    """The label of what was made of the caller's own words: who may know those is not known here."""
    return _label(PRIVATE)


def confidentiality(tenant: str, readers: Iterable[Collection[str]]) -> str | list[str]:
    """Who may know what derives from documents with these readers; those of none are the tenant's.

    >>> confidentiality("acme", [(), ("hr", "board"), ("hr",)])
    ['hr']
    >>> confidentiality("acme", [()]), confidentiality("acme", [("hr",), ("legal",)])
    (['tenant:acme'], 'private')
    """
    clauses = [set(one) for one in readers if one]
    if not clauses:
        return [f"tenant:{tenant}"]
    # A label can name one set of readers; who is in any group of the intersection may read them all.
    common = reduce(set.__and__, clauses)
    if not 0 < len(common) <= MOST_READERS or not common.isdisjoint(RESERVED):
        return PRIVATE
    return sorted(common)


RESERVED = frozenset({"public", PRIVATE})
"""Words of labels themselves: groups of these names would say something else."""


def _label(readers: str | list[str]) -> dict[str, Any]:
    return {"ifc": {"integrity": "untrusted", "confidentiality": readers}}
