"""``/info`` and ``/assistants``: what LangGraph's clients ask first."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Annotated, Any

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field

from app.api.auth.required import Asker
from app.api.contract.problem import ProblemDocument
from app.api.routes.path_names import PathName
from app.api.service import Service
from app.api.wire.langgraph.assistant_names import GRAPH, assistant_id, assistant_name
from app.api.wire.langgraph.run_request import RunContext
from app.api.wire.model_names import ChosenModel, model_names

NO_ASSISTANT: dict[int | str, dict[str, Any]] = {
    404: {"model": ProblemDocument, "description": "There is no such assistant."}
}


class AssistantSearch(BaseModel):
    """Which assistants. Other parameters are passed over."""

    model_config = ConfigDict(extra="allow")

    graph_id: str | None = Field(None, max_length=100)
    limit: Annotated[int, Field(ge=1, le=1000)] = 10
    offset: Annotated[int, Field(ge=0, le=1_000_000)] = 0


def add_assistant_routes(app: FastAPI, service: Service) -> None:
    """The routes."""
    since = datetime.now(UTC).isoformat()

    @app.get("/info", tags=["langgraph"])
    async def info(_caller: Asker) -> dict[str, Any]:
        """What this server has of LangGraph's API, as its clients ask for it."""
        flags = {"assistants": True, "crons": False, "langsmith": False}
        return {"version": "pincite", "langgraph_py_version": version("langgraph"), "flags": flags}

    @app.post("/assistants/search", tags=["langgraph"])
    async def search(asked: AssistantSearch, caller: Asker) -> list[dict[str, Any]]:
        """The assistants: one for each model that `/v1/models` names."""
        if asked.graph_id not in (None, GRAPH):
            return []
        names = model_names(service.pincite(caller).settings)
        found = [_assistant(name, model, since) for name, model in names.items()]
        return found[asked.offset : asked.offset + asked.limit]

    @app.get("/assistants/{assistant_id}", tags=["langgraph"], responses=NO_ASSISTANT)
    async def assistant(assistant_id: PathName, caller: Asker) -> dict[str, Any]:
        """One assistant, by its id or its model's name."""
        settings = service.pincite(caller).settings
        name = assistant_name(settings, assistant_id)
        return _assistant(name, model_names(settings)[name], since)

    @app.get("/assistants/{assistant_id}/schemas", tags=["langgraph"], responses=NO_ASSISTANT)
    async def schemas(assistant_id: PathName, caller: Asker) -> dict[str, Any]:
        """What goes into the graph and what comes out of it, as JSON schemas."""
        pincite = service.pincite(caller)
        assistant_name(pincite.settings, assistant_id)
        graph = pincite.graph
        put_in = await asyncio.to_thread(graph.get_input_jsonschema)
        comes_out = await asyncio.to_thread(graph.get_output_jsonschema)
        return {
            "graph_id": GRAPH,
            "input_schema": put_in,
            "output_schema": comes_out,
            "state_schema": comes_out,
            "config_schema": {},
            "context_schema": RunContext.model_json_schema(),
        }

    @app.get("/assistants/{assistant_id}/graph", tags=["langgraph"], responses=NO_ASSISTANT)
    async def drawn(assistant_id: PathName, caller: Asker) -> dict[str, Any]:
        """The graph's nodes and edges."""
        pincite = service.pincite(caller)
        assistant_name(pincite.settings, assistant_id)
        return dict(await asyncio.to_thread(lambda: pincite.graph.get_graph().to_json()))


def _assistant(name: str, model: ChosenModel, since: str) -> dict[str, Any]:
    how = {"extractive": model.extractive, "chain": model.chain}
    return {
        "assistant_id": assistant_id(name),
        "graph_id": GRAPH,
        "name": name,
        "description": None,
        "version": 1,
        "config": {},
        "context": {key: value for key, value in how.items() if value},
        "metadata": {"created_by": "system"},
        "created_at": since,
        "updated_at": since,
    }
