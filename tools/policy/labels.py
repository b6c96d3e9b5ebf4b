"""Labels: whether what a value derives from can be trusted, and who may know it. Joins only ever restrict.

Confidentiality is a conjunction of disjunctions, as in disjunction category labels (Stefan, Russo, Mitchell
and Mazières, 2011): a document that hr or the board may read has the one clause {hr, board}; what derives
from two documents has the clauses of both, and may be known to whoever has a group of each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any, Literal

from tools.policy.declaration import Level

Integrity = Literal["trusted", "untrusted"]
"""trusted: the operator's, or the person's who asks, for their own question. Documents and what tools say
never are."""

Clauses = frozenset[frozenset[str]]


@dataclass(frozen=True, slots=True)
class Labels:
    """Of a value. ``tenants``: those it belongs to, none where it is public. ``clauses``: whoever is to know
    it must be in a group of each."""

    integrity: Integrity = "trusted"
    tenants: frozenset[str] = frozenset()
    clauses: Clauses = frozenset()

    def join(self, other: Labels) -> Labels:
        """The labels of what derives from both.

        >>> question = Labels("trusted", frozenset({"acme"}))
        >>> page = Labels("untrusted", frozenset({"acme"}), frozenset({frozenset({"hr"})}))
        >>> question.join(page).integrity, question.join(page).level
        ('untrusted', 'groups')
        """
        untrusted = "untrusted" in (self.integrity, other.integrity)
        clauses = self.clauses | other.clauses
        # One that holds another says nothing more: whoever is in the smaller is in it.
        least = frozenset(one for one in clauses if not any(less < one for less in clauses))
        return Labels("untrusted" if untrusted else "trusted", self.tenants | other.tenants, least)

    @property
    def level(self) -> Level:
        """The least that a tool must be allowed to be given this. Two tenants' is nobody's to know."""
        if self.clauses or len(self.tenants) > 1:
            return "groups"
        return "tenant" if self.tenants else "public"

    def known_to(self, tenant: str, groups: Iterable[str]) -> bool:
        """Whether somebody of this tenant who is in these groups may know it."""
        mine = frozenset(groups)
        return self.tenants <= {tenant} and all(clause & mine for clause in self.clauses)

    def entry(self) -> dict[str, Any]:
        """As JSON data, for a receipt and for the state."""
        return {
            "integrity": self.integrity,
            "tenants": sorted(self.tenants),
            "groups": sorted(sorted(clause) for clause in self.clauses),
        }


def join_all(labels: Iterable[Labels]) -> Labels:
    """The labels of what derives from all of them; of none: trusted and public."""
    return reduce(Labels.join, labels, Labels())


def read_labels(entry: Mapping[str, Any]) -> Labels:
    """What ``Labels.entry`` wrote; trusted and public where it is empty."""
    if not entry:
        return Labels()
    clauses = frozenset(frozenset(clause) for clause in entry["groups"])
    return Labels(entry["integrity"], frozenset(entry["tenants"]), clauses)
