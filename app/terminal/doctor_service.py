"""The lines of ``pincite doctor`` about ``pincite serve``: where, for whom, within what bounds."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel

from app.errors import SettingsError
from app.models.unpriced import unpriced_told
from app.settings import Settings
from app.terminal.doctor_shared import shared_checks
from app.terminal.health import HealthCheck


def service_checks(settings: Settings) -> Iterator[HealthCheck]:
    """What a server with these settings would be; nothing is started. Only a Redis that is set is asked."""
    yield _address(settings)
    yield _callers(settings)
    yield from _standing(settings)
    yield _bounds(
        "budgets", settings.budgets, {"shadow", "when_spent", "unknown_usd_per_mtok", "prices", "keep_days"}
    )
    if told := unpriced_told(settings):
        yield HealthCheck("missing", "prices", told)
    yield _bounds("limits", settings.limits, {"storage", "queue", "drain_s"})
    yield from shared_checks(settings)
    logs = "as JSON, one object a line" if settings.observability.log_format == "json" else "as text"
    yield HealthCheck("ok", "serve metrics and logs", f"metrics at /metrics; logs {logs}")


def _standing(settings: Settings) -> Iterator[HealthCheck]:
    from app.api.standing import not_shared, servers_on

    running = servers_on(settings)
    if running > 1:
        told = f"{running} run on this data folder; each has for itself: {not_shared(settings)}"
        yield HealthCheck("ok", "servers", told)
    elif running:
        yield HealthCheck("ok", "servers", "one runs on this data folder")


def _address(settings: Settings) -> HealthCheck:
    from app.api.serve import is_loopback, refuse_unknown_callers

    at = f"http://{settings.api.host}:{settings.api.port}"
    try:
        refuse_unknown_callers(settings.api.host, settings)
    except SettingsError as error:
        return HealthCheck("broken", "serve", f"would not start at {at}: {error}")
    if not is_loopback(settings.api.host):
        return HealthCheck("ok", "serve", f"at {at}, which others can reach")
    try:
        refuse_unknown_callers("0.0.0.0", settings)  # noqa: S104 - asked about, not listened on
    except SettingsError as error:
        return HealthCheck("ok", "serve", f"at {at}, from this machine only; beyond it, not yet: {error}")
    return HealthCheck("ok", "serve", f"at {at}, from this machine only; with --host 0.0.0.0 beyond it")


def _callers(settings: Settings) -> HealthCheck:
    from app.identity.identify import key_store

    auth = settings.auth
    valid = key_store(settings).count_valid()
    known = [f"{valid} valid key{'' if valid == 1 else 's'}"]
    if auth.issuer is not None:
        known.append(f"tokens of {auth.issuer}")
    if auth.required:
        told = f"only with a key or token: {', '.join(known)}"
    else:
        told = f"anybody who reaches it, as {', '.join(auth.anonymous_roles) or 'nobody'}; {', '.join(known)}"
    return HealthCheck("ok", "serve callers", told)


def _bounds(what: str, group: BaseModel, others: set[str]) -> HealthCheck:
    found = {name: value for name, value in group if name not in others and value is not None}
    if not found:
        return HealthCheck("off", f"serve {what}", f"none is set (PINCITE_{what.upper()}__…)")
    return HealthCheck("ok", f"serve {what}", ", ".join(f"{name} {value:g}" for name, value in found.items()))
