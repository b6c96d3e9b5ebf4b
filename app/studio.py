"""What ``langgraph.json`` points at: the graph for Studio and the ``langgraph dev`` server, and our routes.

The graph is made when this module is imported, because the server asks for a name that holds one; indexes
and models are opened at the first question.
"""

from __future__ import annotations

from langchain_core.runnables import RunnableConfig
from langgraph.runtime import Runtime

from app.api.application import create_app
from app.compose import open_pincite
from app.process.beginning import begin_process
from graphs.parts import Principal
from graphs.state import AskContext


def server_principal(_runtime: Runtime[AskContext], config: RunnableConfig) -> Principal:
    """Who asks, as the server's authentication says; never as the caller says.

    Without authentication on the server everybody is anonymous and in no group.
    """
    user = (config.get("configurable") or {}).get("langgraph_auth_user")
    if not user:
        return Principal()
    groups = user.get("groups") or user.get("permissions") or []
    return Principal(str(user.get("identity") or "anonymous"), tuple(str(group) for group in groups))


begin_process()
_pincite = open_pincite(identify=server_principal)

graph = _pincite.graph

http_app = create_app(lambda: _pincite, _pincite.settings.api.max_concurrent)
