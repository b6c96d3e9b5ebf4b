"""What the routes stand on: the tenants' applications, who calls, and the places there are."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from fastapi import Request

from app.answers.feedback import FeedbackStore
from app.api.repeated import Repeated
from app.api.running import Running
from app.api.tenants import Opened
from app.compose import Pincite
from app.controls.admission import Admission
from app.controls.deadline import Deadline
from app.controls.drain import Drain
from app.controls.limits.at_once import AtOnce, TooManyAtOnceError
from app.controls.limits.open import requests_at_once
from app.controls.limits.rates import RateLimitedError, RequestRates
from app.controls.limits.unavailable import LimitsUnavailableError
from app.conversations.shares import ShareStore
from app.identity.audit import AuditLog
from app.identity.caller import Caller
from app.identity.identify import Identification, key_store, make_identification
from app.identity.keys import KeyStore
from app.jobs.open import Jobs, open_jobs
from app.observability.metrics import UNAVAILABLE
from app.registry.requester import Requester
from app.safety.roles import groups_of
from app.settings import Settings
from app.toolbox.question_queue import QuestionQueueFile, questions_of


@dataclass(frozen=True)
class Service:
    """One server's. ``opened``: a tenant's application, by its name."""

    opened: Opened
    settings: Settings
    identify: Identification
    running: Running
    repeated: Repeated
    rates: RequestRates
    at_once: AtOnce
    admission: Admission
    drain: Drain
    wake: Callable[[str], None] = lambda _tenant: None
    """Say that a tenant has a new job."""

    def pincite(self, caller: Caller) -> Pincite:
        """The application of the caller's tenant. Raises ``NotAllowedError``."""
        return self.opened(caller.tenant)

    @asynccontextmanager
    async def place(self, caller: Caller) -> AsyncIterator[Deadline]:
        """One of the places for questions that are answered at the same time, and when the request ends.

        Raises:
            EndingError, RateLimitedError, TooManyAtOnceError, BusyError, DeadlinePassedError: there is none.
            LimitsUnavailableError: requests cannot be counted.
        """
        with self.drain.taken():
            async with AsyncExitStack() as held:
                yield await self.admit(caller, held)

    async def admit(self, caller: Caller, held: AsyncExitStack) -> Deadline:
        """Wait for a place, which ``held`` gives back; raises as ``place`` does."""
        self.drain.check()
        deadline = Deadline.after(self.settings.answer.deadline_s)
        who = (caller.tenant, caller.user, caller.key)
        try:
            await self.rates.count(*who)
            await held.enter_async_context(self.at_once.running(*who))
        except (RateLimitedError, TooManyAtOnceError) as error:
            self.pincite(caller).metrics.count_budget_refusal(error.of)
            raise
        except LimitsUnavailableError:
            self.pincite(caller).metrics.count_budget_refusal(UNAVAILABLE)
            raise
        await held.enter_async_context(self.admission.place(caller.tenant, caller.user, deadline))
        return deadline

    async def close(self) -> None:
        """Let go of what it counts with; its applications are closed by who opened them."""
        await self.at_once.close()
        await self.rates.close()

    @cached_property
    def keys(self) -> KeyStore:
        return key_store(self.settings)

    def requester(self, caller: Caller) -> Requester:
        """The caller as documents, jobs and uploads know them, with the groups that their roles stand for."""
        groups = groups_of(caller.groups, self.pincite(caller).settings.roles)
        return Requester(caller.user, groups, caller.may("operator"))

    def jobs(self, caller: Caller) -> Jobs:
        """The jobs of the caller's tenant."""
        return open_jobs(self.pincite(caller).corpus)

    def feedback(self, caller: Caller) -> FeedbackStore:
        """The feedback of the caller's tenant."""
        pincite = self.pincite(caller)
        path = pincite.settings.home / pincite.settings.tenant / "answers.sqlite"
        return FeedbackStore(pincite.corpus.answers, path, lambda: datetime.now(UTC))

    def shares(self, caller: Caller) -> ShareStore:
        """The shared conversations of the caller's tenant."""
        return ShareStore(self.pincite(caller).corpus.conversations, lambda: datetime.now(UTC))

    def questions(self, caller: Caller) -> QuestionQueueFile:
        """What was handed to people of the caller's tenant."""
        settings = self.pincite(caller).settings
        return questions_of(settings.home / settings.tenant)

    def audit(self, caller: Caller) -> AuditLog:
        """The audit log of the caller's tenant."""
        settings = self.pincite(caller).settings
        return AuditLog(settings.home / settings.tenant / "audit.sqlite", lambda: datetime.now(UTC))

    async def note(self, request: Request, caller: Caller, action: str, target: str) -> None:
        """Write into the audit log that the caller changes something, before it is changed."""
        name = getattr(request.state, "request_id", "")
        await asyncio.to_thread(
            self.audit(caller).note, caller.user, action, target, key=caller.key, request_id=name
        )


def make_service(
    settings: Settings, opened: Opened, wake: Callable[[str], None] = lambda _tenant: None
) -> Service:
    """A service as the settings have it. ``wake``: told of each tenant that has a new job."""
    return Service(
        opened,
        settings,
        make_identification(settings),
        Running(settings.api.resume_s),
        Repeated(),
        RequestRates(settings.limits),
        requests_at_once(settings.limits),
        Admission(settings.api.max_concurrent, settings.limits.queue),
        Drain(),
        wake,
    )
