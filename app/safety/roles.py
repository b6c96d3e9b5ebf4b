"""Roles of a tenant: a group that stands for others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from langchain_core.runnables import RunnableConfig
from langgraph.runtime import Runtime

from graphs.parts import Identify, Principal
from graphs.state import AskContext


def with_roles(identify: Identify, roles: Mapping[str, Sequence[str]]) -> Identify:
    """Who asks, with the groups that their roles stand for."""
    if not roles:
        return identify

    def identify_with_roles(runtime: Runtime[AskContext], config: RunnableConfig) -> Principal:
        principal = identify(runtime, config)
        return replace(principal, groups=groups_of(principal.groups, roles))

    return identify_with_roles


def groups_of(held: Iterable[str], roles: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The groups, then those that they stand for; a role may stand for roles.

    >>> groups_of(["lead"], {"lead": ["hr", "staff"], "staff": ["everyday"]})
    ('lead', 'hr', 'staff', 'everyday')
    """
    found = dict.fromkeys(held)
    waiting = list(found)
    while waiting:
        for group in roles.get(waiting.pop(), ()):
            if group not in found:
                found[group] = None
                waiting.append(group)
    return tuple(found)
