"""What one would write in an afternoon: FastAPI and LangGraph on the same retriever and model, unchecked.

    python -m evals.benchmarks.service.plain_service PORT

Retrieve, then generate; the model's tokens as server-sent events. No log-in, limits, checks or receipts.
"""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator
from typing import Any, TypedDict

import uvicorn
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from langchain_core.documents import Document
from langchain_openai import ChatOpenAI
from langgraph.config import get_stream_writer
from langgraph.graph import END, START, StateGraph
from pydantic import BaseModel

from app.compose import open_pincite
from app.settings import load_settings
from evals.script import run_main


class PlainQuestion(BaseModel):
    question: str


class PlainState(TypedDict, total=False):
    question: str
    documents: list[Document]
    text: str


def main() -> None:
    settings = load_settings(None)
    with open_pincite(settings) as pincite:
        model = ChatOpenAI(model="scripted", base_url=settings.model_base_url, api_key="none")

        async def retrieve(state: PlainState) -> PlainState:
            return {"documents": await pincite.retriever.ainvoke(state["question"])}

        async def generate(state: PlainState) -> PlainState:
            write, text = get_stream_writer(), ""
            sources = "\n\n".join(
                f"[{n}] {one.page_content}" for n, one in enumerate(state["documents"][:8], 1)
            )
            async for chunk in model.astream(
                f"Answer from these sources.\n\n{sources}\n\n{state['question']}"
            ):
                for call in chunk.tool_call_chunks:
                    text += call["args"] or ""
                    write(call["args"] or "")
            return {"text": text}

        graph = StateGraph(PlainState)
        graph.add_node("retrieve", retrieve)
        graph.add_node("generate", generate)
        graph.add_edge(START, "retrieve")
        graph.add_edge("retrieve", "generate")
        graph.add_edge("generate", END)
        compiled: Any = graph.compile()
        app = FastAPI()

        @app.post("/v1/answers")
        async def ask(asked: PlainQuestion) -> StreamingResponse:
            async def events() -> AsyncIterator[str]:
                async for piece in compiled.astream({"question": asked.question}, stream_mode="custom"):
                    yield f"event: token\ndata: {json.dumps(piece)}\n\n"
                yield "event: answer\ndata: {}\n\n"

            return StreamingResponse(events(), media_type="text/event-stream")

        uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="info")


if __name__ == "__main__":
    run_main(main)
