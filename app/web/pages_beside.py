"""The pages beside the API: their routes, and how people see what failed."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.datastructures import Headers
from starlette.types import Scope

from app.api.application import Beside
from app.api.service import Service
from app.web import assets
from app.web.page_advice import page_advice
from app.web.pages.answers import add_answer_pages
from app.web.pages.ask import add_ask_pages
from app.web.pages.document import add_document_pages
from app.web.pages.document_changes import add_document_change_pages
from app.web.pages.documents import add_documents_pages
from app.web.pages.jobs import add_job_pages
from app.web.pages.log_in import LOG_IN, add_log_in_pages
from app.web.pages.operate import add_operate_pages
from app.web.pages.search import add_search_pages
from app.web.pages.shares import add_share_pages
from app.web.pages.source import add_source_pages
from app.web.pages.sources import add_scheduled_source_pages
from app.web.pages.upload import ADD, add_upload_pages
from app.web.site import Site, by_script

OPEN_PATHS = (assets.PATH, LOG_IN)

_FOR_PROGRAMS = ("/v1/", "/healthz", "/readyz", "/metrics", "/docs", "/openapi.json", "/static/")


def make_pages() -> Beside:
    """For ``create_app``; a server of pages and API."""
    sites: list[Site] = []

    def add(app: FastAPI, service: Service) -> None:
        site = Site(service)
        sites.append(site)
        assets.add_asset_routes(app, dict(site.assets))
        add_log_in_pages(app, site)
        add_ask_pages(app, site)
        add_share_pages(app, site)
        add_search_pages(app, site)
        add_operate_pages(app, site)
        add_documents_pages(app, site)
        # Before a document's page, whose path would take its word for an id.
        add_upload_pages(app, site)
        add_document_change_pages(app, site)
        add_document_pages(app, site)
        add_job_pages(app, site)
        add_source_pages(app, site)
        add_scheduled_source_pages(app, site)
        add_answer_pages(app, site)

    def shown(scope: Scope, document: JSONResponse) -> Response:
        headers = Headers(scope=scope)
        wants_page = "text/html" in headers.get("accept", "") or headers.get("hx-request") == "true"
        if not wants_page or scope["path"].startswith(_FOR_PROGRAMS) or not sites:
            return document
        return _seen(sites[0], Request(scope), document)

    return Beside(add, shown, OPEN_PATHS, uploads=(f"POST {ADD}",))


def _seen(site: Site, request: Request, document: JSONResponse) -> Response:
    said = json.loads(bytes(document.body))
    said["detail"] = page_advice(said["code"], said["detail"])
    if said["status"] == 401:
        asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        to = f"{LOG_IN}?{urlencode({'next': asked if request.method == 'GET' else '/'})}"
        if by_script(request):
            return Response(status_code=204, headers={"hx-redirect": to})
        return RedirectResponse(to, 303)
    template = "problem_part.html" if by_script(request) else "problem.html"
    # A failure before the request's user was established has none.
    response = site.page(request, template, said["status"], said["title"], problem=said)
    for name in ("retry-after", "allow", "www-authenticate"):
        if name in document.headers:
            response.headers[name] = document.headers[name]
    return response
