"""The graph alone, with your own retriever and your own model: here a list of texts and a scripted reply.

python examples/own_parts.py
"""

import asyncio
from typing import Any

from langchain_core.documents import Document
from langchain_core.language_models.fake_chat_models import FakeListChatModel
from langchain_core.retrievers import BaseRetriever

from pincite.graphs.answer import build_answer_graph


class Shelf(BaseRetriever):
    """Two documents; every question gets both."""

    def _get_relevant_documents(self, query: str, *, run_manager: Any) -> list[Document]:
        return [
            Document("Returns are free for 30 days. Keep the box.", metadata={"source": "returns.md"}),
            Document("The shop opens at nine.", metadata={"source": "hours.md"}),
        ]


graph = build_answer_graph(
    retriever=Shelf(), model=FakeListChatModel(responses=["Returns are free for 30 days [1]."])
)
result = asyncio.run(graph.ainvoke({"question": "How long are returns free?"}))
print(result["answer"]["text"])
for citation in result["answer"]["citations"]:
    place = f"{citation['uri']}, {citation['start']}-{citation['end']}"
    print(f"[{citation['number']}] {place}: {citation['quote']}")
