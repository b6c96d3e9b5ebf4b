"""The FastAPI application: its routes, what every request goes through, and how failures are said."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from app.api.contract.problem import ProblemDocument
from app.api.middleware.identity import IdentifiedRequests
from app.api.middleware.other_pages import let_pages_read
from app.api.middleware.request_body import RequestBody
from app.api.middleware.request_id import RequestIds
from app.api.middleware.request_place import LOOPBACK_NAMES, RequestPlace
from app.api.problem import (
    PROBLEM_TYPE,
    UNEXPECTED,
    ProblemShown,
    as_problem,
    expected_problem,
    problem,
)
from app.api.routes.answers import add_answer_routes
from app.api.routes.approvals import add_approval_routes
from app.api.routes.checks import add_check_routes
from app.api.routes.document_changes import add_document_change_routes
from app.api.routes.documents import add_document_routes
from app.api.routes.facets import add_facet_routes
from app.api.routes.feedback import add_feedback_routes
from app.api.routes.jobs import add_job_routes
from app.api.routes.keys import add_key_routes
from app.api.routes.metrics import add_metrics_routes
from app.api.routes.operation import add_operation_routes
from app.api.routes.pages import add_page_routes
from app.api.routes.questions import add_question_routes
from app.api.routes.reference import add_reference_routes
from app.api.routes.search import add_search_routes
from app.api.routes.shares import add_share_routes
from app.api.routes.sources import add_source_routes
from app.api.routes.threads import add_thread_routes
from app.api.routes.uploads import FILES, add_upload_routes
from app.api.routes.usage import add_usage_routes
from app.api.service import Service
from app.api.wire.ag_ui import add_ag_ui_routes
from app.api.wire.chat_completions import add_chat_routes
from app.api.wire.langgraph.routes import LANGGRAPH_PATHS, add_langgraph_routes
from app.api.wire.mcp.http import PATH as MCP_PATH
from app.api.wire.mcp.http import add_mcp_routes
from app.api.wire.openai_errors import OPENAI_PATHS, OpenAiErrorDocument, as_asked
from app.api.wire.responses import add_responses_routes
from app.errors import PinciteError
from app.settings import Settings

logger = logging.getLogger(__name__)

OURS = ("/v1/", "/healthz", "/readyz", "/metrics", "/docs", "/openapi.json")
"""Our paths, by their beginning, on a server that has others beside them."""

_NOT_JSON = "The body is not said to be JSON."

_ANY: dict[int | str, dict[str, Any]] = {
    status: {"model": ProblemDocument, "description": why}
    for status, why in {
        400: "The request is no HTTP or JSON that can be read.",
        401: "No valid key or token was shown, and one is needed.",
        403: "The caller, or the page that asks, may not.",
        409: "The request with the same `Idempotency-Key` is being done.",
        408: "The body did not come in time.",
        413: "The body is too large.",
        421: "The server is not asked by that name.",
        422: "Something in the request is wrong; `errors` says where.",
        429: "Too many requests; see `Retry-After`.",
        500: "The server broke down, or could not answer.",
        503: "The server is busy, stopping, or lacks something; see `Retry-After`.",
    }.items()
}


@dataclass(frozen=True)
class Beside:
    """What a server has beside the API, as pages for people. ``shown``: how they see what failed; on the
    paths of ``open_paths``, by their beginning, they need not be known; the bodies of ``uploads``, by method
    and the beginning of the path, are files."""

    add: Callable[[FastAPI, Service], None] = lambda _app, _service: None
    shown: ProblemShown = as_problem
    open_paths: tuple[str, ...] = ()
    uploads: tuple[str, ...] = ()


def create_app(
    service: Service,
    ours: tuple[str, ...] = ("/",),
    lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]] | None = None,
    beside: Beside = Beside(),
) -> FastAPI:
    """The HTTP API of a service. ``ours``: paths, by their beginning, that its bounds are for. ``lifespan``
    is entered while a server runs it."""
    app = FastAPI(
        title="Pincite",
        summary="Answers with the exact words that support them.",
        docs_url=None,
        redoc_url=None,
        responses=_ANY,
        lifespan=_lasting(service, lifespan),
    )
    add_operation_routes(app, service)
    add_metrics_routes(app, service)
    add_answer_routes(app, service)
    add_approval_routes(app, service)
    add_thread_routes(app, service)
    add_share_routes(app, service)
    add_feedback_routes(app, service)
    add_question_routes(app, service)
    add_check_routes(app, service)
    add_key_routes(app, service)
    add_usage_routes(app, service)
    add_chat_routes(app, service)
    add_responses_routes(app, service)
    add_ag_ui_routes(app, service)
    # A LangGraph server has an MCP and an API of its own at these paths.
    if MCP_PATH.startswith(ours):
        add_mcp_routes(app, service)
    if all(path.startswith(ours) for path in LANGGRAPH_PATHS):
        add_langgraph_routes(app, service)
    add_facet_routes(app, service)
    add_search_routes(app, service)
    add_document_routes(app, service)
    add_document_change_routes(app, service)
    add_page_routes(app, service)
    add_upload_routes(app, service)
    add_job_routes(app, service)
    add_source_routes(app, service)
    add_reference_routes(app)
    beside.add(app, service)
    _add_failures(app, beside.shown)
    describe = app.openapi
    app.openapi = lambda: _as_it_is(describe())  # type: ignore[method-assign]
    # The last that is added is the first that a request meets.
    api = service.settings.api
    app.add_middleware(
        RequestBody,
        most=api.max_body_kb * 1024,
        seconds=api.body_timeout_s,
        uploads=(*FILES, *beside.uploads),
        most_upload=int(service.settings.ingest.max_file_mb * 1024 * 1024),
        ours=ours,
    )
    app.add_middleware(
        IdentifiedRequests,
        identify=service.identify,
        ours=ours,
        open_paths=beside.open_paths,
        shown=beside.shown,
    )
    app.add_middleware(RequestPlace, hosts=hosts_of(service.settings), origins=api.origins, ours=ours)
    if api.origins and "/".startswith(ours):
        # A LangGraph server has its own (``http.cors``).
        let_pages_read(app, api.origins)
    app.add_middleware(RequestIds, ours=ours)
    return app


def _lasting(
    service: Service, inner: Callable[[FastAPI], AbstractAsyncContextManager[None]] | None
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lasting(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(service.close)
            if inner is not None:
                await stack.enter_async_context(inner(app))
            yield

    return lasting


def hosts_of(settings: Settings) -> list[str]:
    """The names that a server may be asked by: as set; its own on loopback; any beyond it, where callers must
    log in."""
    if settings.api.hosts:
        return [*settings.api.hosts, *LOOPBACK_NAMES]
    return ["*"] if settings.auth.required else list(LOOPBACK_NAMES)


def _as_it_is(schema: dict[str, Any]) -> dict[str, Any]:
    """The description with what FastAPI has no word for: problem documents have a media type of their own,
    a response to HEAD has no body, and JSON must be said to be that."""
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            if "application/json" in operation.get("requestBody", {}).get("content", {}):
                model = OpenAiErrorDocument if path.startswith(OPENAI_PATHS) else ProblemDocument
                of = {"schema": {"$ref": f"#/components/schemas/{model.__name__}"}}
                said = {"description": _NOT_JSON, "content": {"application/json": of}}
                operation["responses"].setdefault("415", said)
            for response in operation["responses"].values():
                if method == "head":
                    response.pop("content", None)
                content = response.get("content", {})
                ref = content.get("application/json", {}).get("schema", {}).get("$ref", "")
                if ref.endswith(f"/{ProblemDocument.__name__}"):
                    content[PROBLEM_TYPE] = content.pop("application/json")
    return schema


def _add_failures(app: FastAPI, shown: ProblemShown) -> None:
    def seen(request: Request, document: JSONResponse, param: str | None = None) -> Response:
        return shown(request.scope, as_asked(request, document, param))

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        # FastAPI leaves a body as bytes that is not said to be JSON, and then misses an object.
        if isinstance(error.body, bytes):
            detail = "send the body as JSON, with the header Content-Type: application/json"
            return seen(request, problem(415, "not-json", detail))
        found = [
            {"at": ".".join(str(part) for part in item["loc"]), "message": item["msg"]}
            for item in error.errors()
        ]
        said = problem(422, "invalid-request", f"{found[0]['at']}: {found[0]['message']}", errors=found)
        param = found[0]["at"].removeprefix("body.")
        return seen(request, said, None if param.isdecimal() else param)

    @app.exception_handler(HTTPException)
    async def http_error(request: Request, error: HTTPException) -> Response:
        detail = str(error.detail)
        if error.status_code == 404:
            # No route of ours says this itself: those have codes of their own.
            detail += ": there is no such path; /docs has those there are, and OpenAI's clients need /v1"
        response = problem(error.status_code, f"http-{error.status_code}", detail)
        response.headers.update(error.headers or {})
        return seen(request, response)

    @app.exception_handler(PinciteError)
    async def expected(request: Request, error: PinciteError) -> Response:
        return seen(request, expected_problem(error), getattr(error, "param", None))

    @app.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> Response:
        # The server's own log of it goes where no handler is, and names no request.
        name = getattr(request.state, "request_id", "")
        logger.error("request %s broke down", name, exc_info=error)
        detail = f"{UNEXPECTED} The request is {name}." if name else UNEXPECTED
        return seen(request, problem(500, "internal-error", detail))
