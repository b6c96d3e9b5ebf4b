"""LangGraph's API, where no LangGraph server has it."""

from __future__ import annotations

from fastapi import FastAPI

from app.api.service import Service
from app.api.wire.langgraph.assistants import add_assistant_routes
from app.api.wire.langgraph.protocol import add_protocol_routes
from app.api.wire.langgraph.runs import add_run_routes
from app.api.wire.langgraph.thread_runs import ThreadRuns
from app.api.wire.langgraph.threads import add_thread_wire_routes

LANGGRAPH_PATHS = ("/info", "/assistants", "/threads", "/runs")
"""By their beginning."""


def add_langgraph_routes(app: FastAPI, service: Service) -> None:
    """The routes."""
    runs = ThreadRuns()
    add_assistant_routes(app, service)
    add_thread_wire_routes(app, service, runs)
    add_run_routes(app, service, runs)
    add_protocol_routes(app, service, runs)
