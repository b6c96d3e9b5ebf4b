"""retrieve: fetch passages in the scope of who is asking."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from langchain_core.runnables import RunnableConfig
from langgraph.runtime import Runtime

from graphs.nodes.node import Node
from graphs.parts import Parts, ask_context
from graphs.passages import merge, to_passage
from graphs.receipts import elapsed_ms, scored, with_entry
from graphs.state import AnswerState, AskContext, EvidencePassage
from tools.scoped_search import scoped_search

NARROWED = "Searched only where"
"""Begins the notice about filters that were found in the question."""

WIDER = 3
"""A second search looks at this many times the passages of the first."""

MOST = 200
"""Passages one search may be asked for."""


def make_retrieve(parts: Parts) -> Node:
    async def retrieve(
        state: AnswerState, runtime: Runtime[AskContext], config: RunnableConfig
    ) -> AnswerState:
        groups = parts.identify(runtime, config).groups
        standalone, absent, mended = state["standalone"], state["absent"], []
        if parts.spell is not None and not state["widened"]:
            spelled = await asyncio.to_thread(parts.spell, standalone, groups)
            standalone, absent = spelled.question, list(spelled.absent)
            mended = [
                f'Searched for "{meant}": no document has the word "{word}".'
                for word, meant in spelled.changes.items()
            ]
        filters, named = dict(state["narrowed"]), {}
        if parts.find_filters is not None and not state["widened"]:
            found_in = await asyncio.to_thread(parts.find_filters, standalone, groups)
            # What the caller states stands; the question may add to it, and a second look drops that again.
            named = {key: values for key, values in found_in.items() if key not in filters}
            filters |= named
        k = min(max(ask_context(runtime).top_k or parts.limits.top_k, 1), MOST)
        queries = [standalone]
        if state["widened"]:
            # The question as it was typed may find what its rewritten form lost.
            k, queries = k * WIDER, list(dict.fromkeys([standalone, state["asked"]]))
        retrieved: list[EvidencePassage] = []
        notices = [notice for notice in state["notices"] if not notice.startswith(NARROWED)] + mended
        if named:
            notices.append(f"{NARROWED} {_shown(named)}, as the question says.")
        receipt = state["receipt"]
        for query in queries:
            at, begun = elapsed_ms(receipt, parts.now()), parts.clock()
            documents = await scoped_search(parts.retriever, query, groups=groups, filters=filters, k=k)
            found = [to_passage(document) for document in documents]
            degraded = sorted({str(d.metadata["degraded"]) for d in documents if d.metadata.get("degraded")})
            retrieved = merge(retrieved, found)
            notices = list(dict.fromkeys([*notices, *degraded]))
            took = {"at": at, "ms": round((parts.clock() - begun) * 1000, 1)}
            entry = {"query": query, "k": k, "filters": filters, "found": scored(found), "degraded": degraded}
            receipt = with_entry(receipt, "retrievals", {**entry, **took})
        return {
            "standalone": standalone,
            "absent": absent,
            "retrieved": retrieved,
            "searched": [*state["searched"], *queries],
            "notices": notices,
            "receipt": receipt,
        }

    return retrieve


def _shown(filters: Mapping[str, Sequence[str]]) -> str:
    return " and ".join(f"{key} is {' or '.join(values)}" for key, values in filters.items())
