"""An answer as LangChain's standard message, as a conversation keeps it."""

from __future__ import annotations

from typing import Any

from langchain_core.messages import AIMessage
from langchain_core.messages.content import create_citation, create_text_block

from graphs.contracts import Answer


def answer_message(answer: Answer) -> AIMessage:
    """Text blocks with citations as their annotations, one for each sentence; the notices beside them.

    An answer without claims is its text alone.
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
    told = {"notices": answer.notices} if answer.notices else {}
    return AIMessage(content=blocks or answer.text, response_metadata=told)
