"""What the arguments of a tool call derive from: the question, and all that the model was shown."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from graphs.parts import Parts
from graphs.state import AnswerState, EvidencePassage
from tools.policy.declaration import ToolDeclaration
from tools.policy.labels import Labels, join_all, read_labels

TOOL = "tool:"
"""Begins the id of what a tool said in its own words."""

LABELS = "labels"
"""In the metadata of such a text: labels that restrict it further, as ``Labels.entry`` has them."""
PUBLIC = "public"
"""… that the operator trusts who said it, and they say that anybody may know."""
KEPT = "kept"
"""… that the receipt is to hold it as a whole, for its citations to be checked later."""


async def argument_labels(parts: Parts, state: AnswerState, groups: Sequence[str]) -> Labels:
    """Of whatever the model writes now. Nobody can say which passage it heeded, so all of them count."""
    tenants = _tenants(parts)
    # A question made from the conversation has words of earlier answers in it.
    own_words = state["standalone"] == state["asked"]
    question = Labels("trusted" if own_words else "untrusted", tenants)
    evidence = [one for one in state["evidence"] if not one["doc_id"].startswith(TOOL)]
    keys = {(one["doc_id"], one["version"]) for one in evidence}
    known = await asyncio.to_thread(parts.readers_of, keys) if parts.readers_of and keys else {}
    found = [
        _of_readers(tenants, known.get((one["doc_id"], one["version"]), tuple(groups))) for one in evidence
    ]
    return join_all([question, read_labels(state["labels"]), *found])


def result_labels(
    parts: Parts,
    declaration: ToolDeclaration,
    arguments: Labels,
    found: Sequence[EvidencePassage],
    groups: Sequence[str],
) -> Labels:
    """Of what a tool said: never trusted; as confidential as its arguments, and, where it looked into
    something in its own words, as what whoever asks may know."""
    own = [one.get("metadata") or {} for one in found if one["doc_id"].startswith(TOOL)]
    said = any(one.get(PUBLIC) is not True for one in own)
    looked = _of_readers(_tenants(parts), groups if declaration.reads and said else ())
    restricted = [read_labels(one[LABELS]) for one in own if one.get(LABELS)]
    return join_all([Labels("untrusted", arguments.tenants, arguments.clauses), looked, *restricted])


def _tenants(parts: Parts) -> frozenset[str]:
    return frozenset({str(parts.about.get("tenant") or "default")})


def _of_readers(tenants: frozenset[str], readers: Sequence[str]) -> Labels:
    """Of a text that these groups may read, everybody of the tenant where there are none."""
    return Labels("untrusted", tenants, frozenset({frozenset(readers)}) if readers else frozenset())
