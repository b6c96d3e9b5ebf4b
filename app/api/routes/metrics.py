"""``/metrics``: numbers for Prometheus."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from fastapi import FastAPI
from fastapi.responses import Response

from app.api.auth.required import AnyCaller
from app.api.service import Service
from app.observability.metrics import Metrics, metrics_page

PAGE = "text/plain"


def add_metrics_routes(app: FastAPI, service: Service) -> None:
    """The route. Numbers of a tenant are for its operators, and for everybody where nobody has to log in."""
    watched: list[Metrics] = []

    def places() -> Mapping[str, float | Mapping[str, float]]:
        return {
            "pincite_in_flight": service.admission.running,
            "pincite_waiting": service.admission.waiting,
        }

    @app.get(
        "/metrics",
        tags=["operation"],
        response_class=Response,
        responses={200: {"content": {PAGE: {"schema": {"type": "string"}}}}},
    )
    async def metrics(caller: AnyCaller) -> Response:
        """Numbers of your tenant, as Prometheus reads them; in flight and waiting are of the whole server."""
        if service.settings.auth.required:
            caller.need("operator")
        counted = service.pincite(caller).metrics
        if not any(one is counted for one in watched):
            watched.append(counted)
            counted.watch(places)
        body, kind = await asyncio.to_thread(metrics_page, counted)
        return Response(body, media_type=kind)
