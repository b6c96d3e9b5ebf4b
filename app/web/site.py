"""What all pages share: templates, assets, who looks, and the headers that keep a page to itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from app.api.service import Service
from app.identity.caller import Caller
from app.web import answer_parts, document_words, receipt_parts, wording
from app.web.addresses import document_address, source_address
from app.web.assets import Asset, read_assets
from app.web.plain_words import plain_words

TEMPLATES = Path(__file__).parent / "templates"

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Nothing inline, nothing from elsewhere, in nobody's frame."""

HEADERS = {
    "content-security-policy": POLICY,
    "cache-control": "no-store",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


@dataclass(frozen=True)
class Site:
    """The pages of one server."""

    service: Service

    def page(
        self, request: Request, template: str, status: int = 200, title: str = "", **known: Any
    ) -> HTMLResponse:
        """A whole page; where htmx asks for a part of one, the template's block ``main`` alone."""
        return HTMLResponse(self.written(request, template, title=title, **known), status, HEADERS)

    def part(self, request: Request, template: str, status: int = 200, **known: Any) -> HTMLResponse:
        """A piece of a page, as a script asks for it."""
        return HTMLResponse(self.written(request, template, **known), status, HEADERS)

    def written(self, request: Request, template: str, **known: Any) -> Markup:
        """A template as text. ``known`` is escaped where it is put in, whatever it holds."""
        caller: Caller | None = getattr(request.state, "caller", None)
        text = self._templates.get_template(template).render(
            {
                "caller": caller,
                "path": request.url.path,
                "login": self.service.settings.auth,
                "answers_kept": self.service.settings.answers.keep,
                **known,
            }
        )
        return Markup(text)

    @cached_property
    def assets(self) -> Mapping[str, Asset]:
        return read_assets()

    @cached_property
    def _templates(self) -> Environment:
        templates = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        templates.globals["asset"] = lambda name: self.assets[name].address
        templates.globals.update(
            source_address=source_address,
            pages_of=pages_of,
            pieces=answer_parts.excerpt_pieces,
            numbers=lambda excerpt: {mark.citation for mark in excerpt.marks},
            plain_words=plain_words,
            verdict_words=answer_parts.verdict_words,
            mode_words=answer_parts.mode_words,
            risk_words=answer_parts.risk_words,
            statuses=answer_parts.STATUSES,
            states=answer_parts.STATES,
            step_words=receipt_parts.step_words,
        )
        templates.globals.update(
            document_address=document_address,
            kind_words=document_words.kind_words,
            readers_words=document_words.readers_words,
            risks_of=document_words.risks_of,
            hidden_words=document_words.hidden_words,
            cited_words=document_words.cited_words,
            done_words=document_words.done_words,
            job_words=document_words.job_words,
            job_name=document_words.job_name,
        )
        templates.filters.update(
            {
                "day": wording.day,
                "moment": wording.moment,
                "count": wording.count,
                "bytes": wording.size,
                "time": wording.milliseconds,
            }
        )
        return templates


def pages_of(caller: Caller | None) -> list[tuple[str, str]]:
    """The pages that a person may open, each (address, name)."""
    if caller is None:
        return []
    found: list[tuple[str, str]] = []
    if caller.may("asker"):
        found += [("/", "Ask"), ("/search", "Search"), ("/documents", "Documents"), ("/answers", "Answers")]
    if caller.may("contributor"):
        found.append(("/jobs", "Jobs"))
    if caller.may("operator"):
        found.append(("/operate", "Operate"))
    elif caller.may("reviewer"):
        found.append(("/operate/questions", "Questions"))
    return found


def by_script(request: Request) -> bool:
    """Whether htmx asks, for a piece of a page."""
    return request.headers.get("hx-request") == "true"
