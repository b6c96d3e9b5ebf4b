"""``pincite langgraph-json``: what a LangGraph server is started with, for wherever Pincite is installed."""

from __future__ import annotations

import json
from typing import Any

import typer

import app

_WHAT = (
    "Answers a question over a team's own documents; each sentence cites the exact words that support it, or "
    "the answer says that the documents do not hold it."
)
_DAYS_90 = 129_600
_SECRETS = ["authorization", "cookie", "x-api-key", "*key*", "*token*", "*secret*"]


def langgraph_json_command() -> None:
    """Print a langgraph.json for this installation: `pincite langgraph-json > langgraph.json`, then
    `langgraph dev`. Settings are read from the environment, and from .env beside it."""
    typer.echo(json.dumps(langgraph_json(), indent=2))


def langgraph_json() -> dict[str, Any]:
    """The configuration; it names the modules as they are called where this is installed. Minutes."""
    ours = app.__name__
    ttl = {"default_ttl": _DAYS_90, "sweep_interval_minutes": 60}
    return {
        "$schema": "https://langgra.ph/schema.json",
        "dependencies": ["."],
        "python_version": "3.13",
        "image_distro": "wolfi",
        "graphs": {
            "pincite": {
                "path": f"{ours}.studio:graph",
                "description": _WHAT,
            }
        },
        "checkpointer": {"ttl": {"strategy": "delete", **ttl}},
        "store": {"ttl": {"refresh_on_read": True, **ttl}},
        "http": {
            "app": f"{ours}.studio:http_app",
            "enable_custom_route_auth": True,
            "cors": {"allow_origins": []},
            "configurable_headers": {"includes": ["traceparent"], "excludes": _SECRETS},
            "logging_headers": {
                "includes": ["user-agent", "x-request-id", "traceparent"],
                "excludes": _SECRETS,
            },
        },
        "auth": {
            "path": f"{ours}.api.auth.langgraph_login:auth",
            "disable_studio_auth": True,
            "openapi": {
                "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
                "security": [{"bearer": []}, {}],
            },
        },
        "env": ".env",
    }
