"""An answer as LangChain's standard message, as a conversation keeps it."""

from __future__ import annotations

from typing import Any

from langchain_core.messages import AIMessage
from langchain_core.messages.content import create_citation, create_text_block

from graphs.contracts import Answer
from graphs.receipts import Receipt

ANSWER_ID = "answer_id"
"""Where a message's ``response_metadata`` names the answer that it tells, as it is stored."""


def told_message(text: str, receipt: Receipt) -> AIMessage:
    """An answer without sentences of documents, which the receipt is of."""
    return AIMessage(text, response_metadata={ANSWER_ID: receipt.get("id", "")})


def answer_message(answer: Answer, answer_id: str) -> AIMessage:
    """Text blocks with citations as their annotations, one for each sentence; the notices beside them.

    An answer without claims is its text alone. ``answer_id`` names it where it is stored.
    """
    by_number = {citation.number: citation for citation in answer.citations}
    blocks: list[Any] = []
    for claim in answer.claims:
        annotations: list[Any] = [
            create_citation(
                url=by_number[number].uri,
                title=by_number[number].title,
                start_index=0,
                end_index=len(claim.text),
                cited_text=by_number[number].quote,
                doc_id=by_number[number].doc_id,
                version=by_number[number].version,
                source_start=by_number[number].start,
                source_end=by_number[number].end,
            )
            for number in claim.citations
        ]
        blocks.append(create_text_block(f"{claim.text} ", annotations=annotations))
    told = {ANSWER_ID: answer_id, **({"notices": answer.notices} if answer.notices else {})}
    return AIMessage(content=blocks or answer.text, response_metadata=told)
